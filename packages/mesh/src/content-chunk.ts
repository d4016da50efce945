import type { ContextStore } from '@bzzz/context-store'
import { CHUNK_BYTES } from './sync-messages.ts'

// Contents whose length one other node is remembered to have asked for.
const KEPT_SIZES = 64

/** Contents that another node is reading, chunk by chunk: none is held between two of them. */
export class OpenContents {
  readonly #store: ContextStore
  readonly #sizes = new Map<string, number>()

  constructor(store: ContextStore) {
    this.#store = store
  }

  /** The chunk at an offset; undefined where the content is not here. */
  async chunk(
    id: string,
    offset: number,
  ): Promise<{ bytes: Uint8Array; size: number } | undefined> {
    const known = this.#sizes.get(id)
    if (known === undefined) {
      const whole = await this.#store.content(id)
      if (!whole) return undefined
      const [oldest] = this.#sizes.keys()
      if (this.#sizes.size >= KEPT_SIZES && oldest !== undefined) this.#sizes.delete(oldest)
      if (whole.length > CHUNK_BYTES) this.#sizes.set(id, whole.length)
      return { bytes: whole.subarray(offset, offset + CHUNK_BYTES), size: whole.length }
    }
    const end = Math.min(known, offset + CHUNK_BYTES)
    const pieces: Uint8Array[] = []
    for await (const piece of this.#store.contentStream(id, { start: offset, end }))
      pieces.push(piece)
    // Most often a chunk is just one of the pieces in which the store has it.
    const [only] = pieces
    const bytes = only && pieces.length === 1 ? only : Buffer.concat(pieces)
    return { bytes, size: known }
  }
}
