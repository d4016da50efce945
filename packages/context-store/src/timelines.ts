import type { TimelineIndex, VersionEntry } from '@bzzz/temporal-nav'
import type { Backend, VersionRow } from './backend.ts'
import { PAGE } from './listing.ts'
import type { CallOptions, HistoryOptions } from './queries.ts'
import { entryOf } from './rows.ts'

/** Timelines as navigators see them, of the keys that may be read. */
export class Timelines {
  readonly index: TimelineIndex
  /** As `index`, but its entries are the rows themselves: the one that is meant needs no second look-up. */
  readonly rowIndex: TimelineIndex
  readonly #ready: (key: string, options?: CallOptions) => Backend

  /** @param ready gives the backend where this key may be read now; else it throws. */
  constructor(ready: (key: string, options?: CallOptions) => Backend) {
    this.#ready = ready
    this.index = this.#timelines(entryOf)
    this.rowIndex = this.#timelines((row) => row)
  }

  /** The versions of a timeline, a page at a time. */
  *rows(key: string, options: HistoryOptions): Iterable<VersionRow> {
    const { reverse = false } = options
    let from = options.from ?? 1
    let to = options.to ?? Number.MAX_SAFE_INTEGER
    for (;;) {
      const page = this.#ready(key, options).range(key, from, to, reverse, PAGE)
      yield* page
      const last = page.at(-1)
      if (page.length < PAGE || !last) return
      if (reverse) to = last.version - 1
      else from = last.version + 1
    }
  }

  #timelines(entry: (row: VersionRow) => VersionEntry): TimelineIndex {
    const found = (row: VersionRow | undefined): VersionEntry | undefined => row && entry(row)
    return {
      first: async (key, options) => found(this.#ready(key, options).version(key, 1)),
      latest: async (key, options) => found(this.#ready(key, options).head(key)),
      at: async (key, version, options) => found(this.#ready(key, options).version(key, version)),
      asOf: async (key, time, options) => found(this.#ready(key, options).asOf(key, time)),
      range: (key, range, options) => this.#entries(key, { ...range, ...options }, entry),
      aliveBefore: async (key, version, options) =>
        found(this.#ready(key, options).aliveBefore(key, version)),
    }
  }

  async *#entries(
    key: string,
    options: HistoryOptions,
    entry: (row: VersionRow) => VersionEntry,
  ): AsyncIterable<VersionEntry> {
    for (const row of this.rows(key, options)) {
      options.signal?.throwIfAborted()
      yield entry(row)
    }
  }
}
