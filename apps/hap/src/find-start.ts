import { DECISION_MEDIA_TYPE } from '@bzzz/decision-schema'
import { parseKey, safeParse } from '@bzzz/ucxl-address'
import type { Desk } from './desk.ts'

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i
const ALL = 'ucxl://any:any@any:any/*^/**'
const SHOWN = 20

/** What a person means by a word: an address, an id, or a part of the path of one decision. */
export async function findStart(
  start: string,
  { home, signal }: Pick<Desk, 'home' | 'signal'>,
): Promise<{ readonly address: string } | { readonly candidates: readonly string[] }> {
  if (UUID.test(start) || safeParse(start).success) return { address: start }
  const word = start.toLowerCase()
  const named: string[] = []
  const others: string[] = []
  for await (const { record } of home.store.list(ALL, { signal })) {
    if (record.content_type !== DECISION_MEDIA_TYPE || record.content === null) continue
    const path = record.key.slice(record.key.indexOf('/') + 1).toLowerCase()
    const name = path.slice(path.lastIndexOf('/') + 1)
    const isNamed = name === word || name.startsWith(`${word}.`)
    const list = isNamed ? named : others
    if ((isNamed || path.includes(word)) && list.length < SHOWN) {
      list.push(parseKey(record.key).toString())
    }
  }
  // The name itself is meant before others that have it in them.
  const found = named.length > 0 ? named : others
  const [only] = found
  return only !== undefined && found.length === 1 ? { address: only } : { candidates: found }
}
