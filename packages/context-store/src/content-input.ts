import type { Backend, Stage } from './backend.ts'
import { contentIdOf, createContentHash } from './content-id.ts'
import { StoreError } from './errors.ts'
import type { ContentSource } from './store.ts'
import type { ReadyContent } from './write-versions.ts'

// A stream that is shorter is one piece, and never kept beside the contents.
const SMALL_BYTES = 256 * 1024

/** Bytes that are at hand. @throws `ERR_STORE_CONTENT_TOO_LARGE` where there are more than `max`. */
export function contentOf(bytes: Uint8Array, max: number): ReadyContent {
  assertSize(bytes.length, max)
  return { id: contentIdOf(bytes), size: bytes.length, bytes }
}

/**
 * Reads a stream of bytes to its end. What is longer than a piece is kept as it comes, so that no more
 * than that of it is in memory.
 *
 * @throws `ERR_STORE_CONTENT_TOO_LARGE` as soon as there are more than `max` bytes.
 */
export async function readContent(
  source: Exclude<ContentSource, Uint8Array>,
  backend: () => Backend,
  max: number,
  signal: AbortSignal | undefined,
): Promise<ReadyContent> {
  const hash = createContentHash()
  let small: Uint8Array[] = []
  let stage: Stage | undefined
  let size = 0
  const keep = (to: Stage, piece: Uint8Array): void => {
    hash.add(piece)
    to.add(piece)
  }
  try {
    for await (const piece of source) {
      signal?.throwIfAborted()
      size += piece.length
      assertSize(size, max)
      if (stage) keep(stage, piece)
      else {
        small.push(new Uint8Array(piece))
        if (size > SMALL_BYTES) {
          stage = backend().stage()
          for (const held of small) keep(stage, held)
          small = []
        }
      }
    }
    if (stage) return { id: hash.id(), size, bytes: stage }
    const [only] = small
    // In one call: to begin a hash and to end it takes longer than to hash a kilobyte.
    return contentOf(only && small.length === 1 ? only : Buffer.concat(small), max)
  } catch (error) {
    stage?.drop()
    throw error
  }
}

/** Takes away what was kept of bytes that are not wanted in the end. */
export function dropContent(content: ReadyContent | null): void {
  if (content && !(content.bytes instanceof Uint8Array)) content.bytes.drop()
}

function assertSize(size: number, max: number): void {
  if (size <= max) return
  throw new StoreError(
    'ERR_STORE_CONTENT_TOO_LARGE',
    `Expected at most ${max} bytes, got ${size} or more`,
  )
}
