import { contentIdOf, verifyRecord } from '@bzzz/context-store'
import { EXIT } from '@bzzz/runtime'
import { keyOf, parse } from '@bzzz/ucxl-address'
import { ucxiOf } from './contexts.ts'
import type { Desk } from './desk.ts'

interface Found {
  readonly version: number
  readonly writer: string
  /** Why it does not hold; undefined where it does. */
  readonly broken?: string
  /** Why its bytes could not be checked: they are not here. */
  readonly unchecked?: string
}

/**
 * Checks every version of a context from its bytes alone: the signature, that it follows the one before,
 * and that the content is what was signed.
 *
 * @returns 1 where one does not hold.
 */
export async function verifyContext(text: string, desk: Desk): Promise<number> {
  const { home, signal } = desk
  await ucxiOf(desk).timeline(text, { limit: 1, signal })
  const found: Found[] = []
  let previous: string | null = null
  for await (const { id, record } of home.store.history(keyOf(parse(text)), { signal })) {
    const { version, writer } = record
    const said = { version, writer }
    let broken: string | undefined
    try {
      if (verifyRecord(record).id !== id) broken = 'its id is another one'
    } catch (error) {
      broken = error instanceof Error ? error.message : String(error)
    }
    if (record.previous !== previous) broken ??= 'it does not follow the version before it'
    previous = id
    const content = record.content === null ? undefined : await bytesOf(record.content, desk)
    if (content && contentIdOf(content) !== record.content) broken ??= 'its content is another one'
    const isMissing = record.content !== null && !content
    found.push({
      ...said,
      ...(broken !== undefined && { broken }),
      ...(isMissing && { unchecked: 'its content is not here' }),
    })
  }
  const holds = found.every(({ broken }) => broken === undefined)
  desk.result({ holds, versions: found })
  for (const { version, writer, broken, unchecked } of found) {
    const verdict = broken === undefined ? 'holds' : `BROKEN: ${broken}`
    desk.say(
      `${String(version).padStart(4)}  ${verdict}${unchecked ? `, but ${unchecked}` : ''}  ${writer}`,
    )
  }
  return holds ? EXIT.done : EXIT.failed
}

async function bytesOf(id: string, { home }: Desk): Promise<Uint8Array | undefined> {
  try {
    return await home.store.content(id)
  } catch {
    // Redacted or dropped by a rule: the record stays, and can be checked.
    return undefined
  }
}
