import { LRUCache } from 'lru-cache'
import type { FullRow, SharedRecord } from './backend.ts'
import type { VersionRecord } from './record.ts'

// How much is kept, in bytes and in number.
const CACHE_BYTES = 32 * 1024 * 1024
const CACHE_ROWS = 20_000
const ROW_BYTES = 512

/** Newest versions with their bytes, so that the ones in use need no query. */
export class HeadCache {
  readonly #rows = new LRUCache<string, FullRow>({
    max: CACHE_ROWS,
    maxSize: CACHE_BYTES,
    sizeCalculation: ({ record, bytes }) => ROW_BYTES + record.length + (bytes?.length ?? 0),
  })
  readonly #dataVersion: () => number
  #seen = 0
  #fresh = false

  /** @param dataVersion changes whenever another process has written. */
  constructor(dataVersion: () => number) {
    this.#dataVersion = dataVersion
  }

  get(key: string): FullRow | undefined {
    this.#refresh()
    const row = this.#rows.get(key)
    return row && owned(row)
  }

  /** Keeps what {@link get} did not know, and gives it. */
  keep(key: string, row: FullRow | undefined): FullRow | undefined {
    // Rows without their bytes are not kept: these may come at any time.
    if (!row?.bytes) return row
    this.#rows.set(key, { ...row, shared: shareRecord(row.record) })
    // Who is the first to ask may be the last: the record is parsed where it is looked at.
    return owned(row)
  }

  delete(key: string): void {
    this.#rows.delete(key)
  }

  clear(): void {
    if (this.#rows.size > 0) this.#rows.clear()
  }

  /**
   * Takes away what another process may have made old, once in each turn of the event loop: nothing
   * that happens within one can tell this process of a write elsewhere.
   */
  #refresh(): void {
    if (this.#fresh) return
    this.#fresh = true
    setImmediate(() => {
      this.#fresh = false
    })
    const version = this.#dataVersion()
    if (version !== this.#seen) this.clear()
    this.#seen = version
  }
}

function owned({ bytes, ...row }: FullRow): FullRow {
  return { ...row, bytes: bytes && copyOf(bytes) }
}

/** The record of a text, parsed when it is first asked for, and the same one each time. */
function shareRecord(text: string): SharedRecord {
  let record: VersionRecord | undefined
  return { get: () => (record ??= deepFreeze(JSON.parse(text) as VersionRecord)) }
}

function deepFreeze<Value extends object>(value: Value): Value {
  for (const part of Object.values(value)) {
    if (typeof part === 'object' && part !== null) deepFreeze(part as object)
  }
  return Object.freeze(value)
}

/** A copy from the pool of small buffers, which is three times as fast as memory of its own. */
function copyOf(bytes: Uint8Array): Uint8Array {
  const { buffer, byteOffset, length } = Buffer.from(bytes)
  return new Uint8Array(buffer, byteOffset, length)
}
