import type { ContextStore } from '@bzzz/context-store'
import { CHUNK_BYTES } from './sync-messages.ts'

/** The chunk of a content at an offset, for another node; undefined where the content is not here. */
export async function chunkOf(
  store: ContextStore,
  id: string,
  offset: number,
): Promise<{ bytes: Uint8Array; size: number } | undefined> {
  const size = await store.contentSize(id)
  if (size === undefined) return undefined
  if (offset === 0 && size <= CHUNK_BYTES) {
    const whole = await store.content(id)
    return whole && { bytes: whole, size }
  }
  const pieces: Uint8Array[] = []
  for await (const piece of store.contentStream(id, { start: offset, end: offset + CHUNK_BYTES }))
    pieces.push(piece)
  // Most often a chunk is just one of the pieces in which the store has it.
  const [only] = pieces
  return { bytes: only && pieces.length === 1 ? only : Buffer.concat(pieces), size }
}
