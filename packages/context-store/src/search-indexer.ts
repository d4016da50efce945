import type { Backend } from './backend.ts'
import type { Schedule } from './change-feed.ts'
import { storedOf } from './rows.ts'
import { searchableText } from './search-text.ts'

const BATCH = 100
const DELAY_MS = 200
// A writer that never rests is waited for at most so often: two seconds.
const MAX_DELAYS = 10

/**
 * Keeps the search up to date behind the writers: words are added in batches, since adding those of
 * each version by itself would cost several times the write, and when the writers rest.
 */
export class SearchIndexer {
  readonly #backend: Backend
  readonly #schedule: Schedule
  #stop: (() => void) | undefined
  /** Whether something was written since the last look. */
  #busy = false
  #delays = 0

  constructor(backend: Backend, schedule: Schedule) {
    this.#backend = backend
    this.#schedule = schedule
  }

  /** Something was written: it is indexed when the writer rests, or before long. */
  note(): void {
    this.#busy = true
    this.#later()
  }

  #later(): void {
    this.#stop ??= this.#schedule(() => {
      this.#stop = undefined
      if (this.#busy && this.#delays < MAX_DELAYS) {
        this.#busy = false
        this.#delays += 1
        this.#later()
        return
      }
      this.#delays = 0
      try {
        if (this.#batch() === BATCH) this.#later()
      } catch {
        // A disk that is full, say. Nothing is lost: the next search tries again, and says why not.
      }
    }, DELAY_MS)
  }

  /** Indexes all that was written, a batch at a time. */
  async catchUp(signal: AbortSignal | undefined): Promise<void> {
    while (this.#batch() === BATCH) {
      await new Promise(setImmediate)
      signal?.throwIfAborted()
    }
  }

  close(): void {
    this.#stop?.()
    this.#stop = undefined
  }

  #batch(): number {
    const backend = this.#backend
    if (backend.unsearched(1).length === 0) return 0
    return backend.transaction(() => {
      const rows = backend.unsearched(BATCH)
      for (const row of rows) {
        const { content_type: type, encryption, tags = [] } = storedOf(row).record
        // The first piece is as much as is searched.
        const bytes = row.content && !encryption ? backend.contentPiece(row.content, 0) : undefined
        backend.putSearch({
          key: row.key,
          version: row.version,
          text: bytes ? searchableText(bytes, type) : null,
          tags: row.content === null ? '' : tags.join('\n'),
        })
      }
      return rows.length
    })
  }
}
