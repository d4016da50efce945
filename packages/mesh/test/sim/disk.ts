import { createMemoryStore, type ContextStore, type VersionRecord } from '@bzzz/context-store'
import type { Identity } from '@bzzz/identity'
import { tampered } from '../participants.ts'

const LATER = Date.UTC(2100)

interface Entry {
  /** When it was written, in simulated milliseconds. */
  readonly at: number
  readonly records: readonly VersionRecord[]
  readonly content?: { readonly id: string; readonly bytes: Uint8Array }
}

export interface DiskInit {
  readonly writer: Identity
  /** What the node takes the time to be, in milliseconds since 1970. */
  readonly now: () => number
  /** Simulated milliseconds. */
  readonly clock: () => number
}

/** What a node's disk has: all that was written, or in a power cut not the last of it. */
export class SimDisk {
  readonly #init: DiskInit
  #log: Entry[] = []
  #flushed = 0

  constructor(init: DiskInit) {
    this.#init = init
  }

  /** Opens a store with what is on the disk, as a process does when it starts. */
  async open(): Promise<ContextStore> {
    let isOpen = false
    const store = createMemoryStore({
      writer: this.#init.writer,
      // What is on the disk was checked when it was written.
      now: () => (isOpen ? this.#init.now() : LATER),
      // Neither the search nor the writes of other processes are looked at here.
      schedule: () => () => {},
    })
    const log = this.#log
    for (const { records, content } of log) {
      if (content) await store.addContent(content.id, content.bytes)
      if (records.length > 0) await store.append(records)
    }
    isOpen = true
    const note = (entry: Omit<Entry, 'at'>): void => {
      // A process that crashed writes no more.
      if (log === this.#log) log.push({ at: this.#init.clock(), ...entry })
    }
    return tampered(store, {
      put: async (write, options) => {
        const version = await store.put(write, options)
        const { content: id } = version.record
        const bytes = id === null ? undefined : await store.content(id)
        note({ records: [version.record], ...(id && bytes && { content: { id, bytes } }) })
        return version
      },
      append: async (records, options) => {
        const added = await store.append(records, options)
        note({ records: [...records] })
        return added
      },
      addContent: async (id, given, options) => {
        await store.addContent(id, given, options)
        const bytes = await store.content(id)
        if (bytes) note({ records: [], content: { id, bytes } })
      },
      sync: async () => {
        if (log === this.#log) this.#flushed = log.length
      },
    })
  }

  /**
   * The power fails: what was written in these last milliseconds, and not flushed, is gone.
   *
   * @returns how many writes.
   */
  crash(lostMs: number): number {
    const since = this.#init.clock() - lostMs
    const kept = this.#log.filter(({ at }, place) => place < this.#flushed || at <= since)
    const lost = this.#log.length - kept.length
    this.#log = kept
    return lost
  }
}
