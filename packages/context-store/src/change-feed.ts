import type { Backend } from './backend.ts'
import { storedOf } from './rows.ts'
import type { Change } from './queries.ts'

type Listener = (changes: readonly Change[]) => void

// How soon the writes of another process are seen.
const POLL_MS = 200
const PAGE = 256

/** Tells listeners what was added to a store, in its order and without a gap, whoever added it. */
export class ChangeFeed {
  readonly #backend: Backend
  readonly #schedule: Schedule
  readonly #listeners = new Set<Listener>()
  #told = 0
  #stopPolling: (() => void) | undefined

  constructor(backend: Backend, schedule: Schedule) {
    this.#backend = backend
    this.#schedule = schedule
  }

  watch(listener: Listener): () => void {
    // Each call has an entry of its own, so that ending one ends no other of the same listener.
    const entry: Listener = (changes) => listener(changes)
    if (this.#listeners.size === 0) this.#start()
    this.#listeners.add(entry)
    return () => {
      this.#listeners.delete(entry)
      if (this.#listeners.size === 0) this.close()
    }
  }

  /** Reads what was added since the last time, and tells it. */
  tell(): void {
    if (this.#listeners.size === 0) return
    for (;;) {
      const rows = this.#backend.changes(this.#told, PAGE)
      const last = rows.at(-1)
      if (!last) return
      this.#told = last.sequence
      const changes = rows.map((row) => ({ sequence: row.sequence, ...storedOf(row) }))
      for (const listener of this.#listeners) {
        try {
          listener(changes)
        } catch {
          // A listener's failure is its own.
        }
      }
      if (rows.length < PAGE) return
    }
  }

  close(): void {
    this.#stopPolling?.()
    this.#stopPolling = undefined
    this.#listeners.clear()
  }

  #start(): void {
    this.#told = this.#backend.lastSequence()
    const poll = (): void => {
      this.#stopPolling = this.#schedule(() => {
        poll()
        if (this.#backend.changedElsewhere()) this.tell()
      }, POLL_MS)
    }
    poll()
  }
}

/** Calls back once after so many milliseconds; what it gives takes that back. */
export type Schedule = (run: () => void, milliseconds: number) => () => void
