import { safeParse } from '@bzzz/ucxl-address'
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
  const found: string[] = []
  for await (const { record } of home.store.list(ALL, { signal })) {
    const isDecision = record.content_type?.includes('decision+json') ?? false
    if (!isDecision || record.content === null) continue
    const path = record.key.slice(record.key.indexOf('/') + 1)
    const address = `ucxl://${record.key.slice(0, record.key.indexOf('/'))}/*^/${path}`
    // The name itself is meant before others that have it in them.
    const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase()
    if (name === word || name.startsWith(`${word}.`)) return { address }
    if (path.toLowerCase().includes(word) && found.length < SHOWN) found.push(address)
  }
  const [only, ...others] = found
  return only !== undefined && others.length === 0 ? { address: only } : { candidates: found }
}
