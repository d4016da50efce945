import { LRUCache } from 'lru-cache'
import type { VersionRow } from './backend.ts'

const CACHE_BYTES = 8 * 1024 * 1024
const ROW_BYTES = 512

/** The newest version of a context, and the number of the context in its file. */
interface Written {
  readonly context: number
  readonly row: VersionRow
}

/**
 * What was written last to each context: whoever goes on with one needs no look-up for what the next
 * version follows. Only for use inside a transaction, in which no other process can write.
 */
export class WrittenHeads {
  readonly #written = new LRUCache<string, Written>({
    maxSize: CACHE_BYTES,
    sizeCalculation: ({ row }) => ROW_BYTES + row.record.length,
  })
  #seen = 0

  /** @param dataVersion is another one whenever another process has written before this transaction. */
  begin(dataVersion: number): void {
    if (dataVersion !== this.#seen) this.clear()
    this.#seen = dataVersion
  }

  get(key: string): Written | undefined {
    return this.#written.get(key)
  }

  set(context: number, row: VersionRow): void {
    this.#written.set(row.key, { context, row })
  }

  delete(key: string): void {
    this.#written.delete(key)
  }

  clear(): void {
    if (this.#written.size > 0) this.#written.clear()
  }
}
