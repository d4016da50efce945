import type { ContextStore, VersionRecord } from '@bzzz/context-store'
import { MANY_BYTES, MAX_MANY, MAX_MANY_RECORDS } from './messages.ts'

/** What came after a version of each of several timelines. */
export interface Many {
  /** How many of them are told to their ends: those that were asked for first. */
  readonly answered: number
  readonly records: VersionRecord[]
  /** Contents that came along, as far as they are small; in the bytes after the head, in this order. */
  readonly contents: [id: string, size: number][]
  readonly body: Uint8Array
}

/** Contents that come along are at most this long, in bytes; larger ones are asked for one by one. */
const SMALL_BYTES = 4096

/** Answers many timelines at once: as many as fit one message, records and small contents. */
export async function manyOf(
  store: ContextStore,
  asked: readonly (readonly [key: string, after: number])[],
): Promise<Many> {
  const records: VersionRecord[] = []
  const contents = new Map<string, Uint8Array>()
  let bytes = 0
  let answered = 0
  for (const [key, after] of asked.slice(0, MAX_MANY)) {
    const own: VersionRecord[] = []
    for await (const { record } of store.history(key, { from: after + 1 })) {
      own.push(record)
      bytes += JSON.stringify(record).length
      if (records.length + own.length > MAX_MANY_RECORDS || bytes > MANY_BYTES) break
    }
    if (records.length + own.length > MAX_MANY_RECORDS || bytes > MANY_BYTES) break
    records.push(...own)
    answered++
    for (const { content: id, size } of own) {
      if (id === null || size > SMALL_BYTES || bytes + size > MANY_BYTES || contents.has(id))
        continue
      const content = await store.content(id).catch(() => undefined)
      if (!content) continue
      contents.set(id, content)
      bytes += content.length
    }
  }
  return {
    answered,
    records,
    contents: [...contents].map(([id, { length }]) => [id, length]),
    body: Buffer.concat([...contents.values()]),
  }
}
