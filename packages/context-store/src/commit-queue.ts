import type { Backend } from './backend.ts'

interface Job {
  readonly work: () => unknown
  readonly signal: AbortSignal | undefined
  readonly resolve: (value: unknown) => void
  readonly reject: (reason: unknown) => void
}

// Enough that a disk's wait is shared by many; few enough that a commit is no pause for readers.
const MAX_GROUP = 256

/**
 * Commits what is asked for at once in one transaction, so that all of it waits for the disk once. A
 * piece of work that throws undoes itself alone; a commit that fails fails all of its group.
 */
export class CommitQueue {
  readonly #backend: Backend
  readonly #committed: () => void
  #jobs: Job[] = []
  #scheduled = false

  /** @param committed called after each commit, before those who wait for it. */
  constructor(backend: Backend, committed: () => void) {
    this.#backend = backend
    this.#committed = committed
  }

  async run<Result>(work: () => Result, signal?: AbortSignal): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      this.#jobs.push({ work, signal, resolve: resolve as (value: unknown) => void, reject })
      this.#schedule()
    })
  }

  /** Commits what is waiting, now. */
  flush(): void {
    while (this.#jobs.length > 0) this.#commit(this.#jobs.splice(0, MAX_GROUP))
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    // After the events that are at hand: what they write is in the group.
    setImmediate(() => {
      this.#scheduled = false
      this.#commit(this.#jobs.splice(0, MAX_GROUP))
      if (this.#jobs.length > 0) this.#schedule()
    })
  }

  #commit(group: readonly Job[]): void {
    const done: (() => void)[] = []
    const alone = group.length === 1
    try {
      this.#backend.transaction(() => {
        for (const { work, signal, resolve, reject } of group) {
          try {
            signal?.throwIfAborted()
            const result = alone ? work() : this.#backend.savepoint(work)
            done.push(() => resolve(result))
          } catch (error) {
            if (alone) throw error
            done.push(() => reject(error))
          }
        }
      })
    } catch (error) {
      for (const { reject } of group) reject(error)
      return
    }
    if (group.length > 0) this.#committed()
    for (const settle of done) settle()
  }
}
