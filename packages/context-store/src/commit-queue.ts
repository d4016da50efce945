import type { Backend } from './backend.ts'
import type { Schedule } from './change-feed.ts'

interface Job {
  readonly work: () => unknown
  readonly signal: AbortSignal | undefined
  readonly resolve: (value: unknown) => void
  readonly reject: (reason: unknown) => void
  /** Whether what is done ahead of it is done. */
  isReady: boolean
}

// Enough that a disk's wait is shared by many; few enough that a commit is no pause for readers.
const MAX_GROUP = 256
// So many wait for the disk together before it pays to commit some of them while others are prepared.
const MIN_GROUP = 16
// Milliseconds that a group waits for what is done ahead: threads may be held by what is slower by far.
const PATIENCE_MS = 50

/** What a piece of work may come with. */
export interface JobOptions {
  readonly signal?: AbortSignal | undefined
  /**
   * Does ahead, and beside the main thread, what of the work can be done so. It is called where the
   * work is not alone, and may fail: then the work does all by itself.
   */
  readonly prepare?: (() => Promise<void>) | undefined
}

/**
 * Commits what is asked for at once in one transaction, so that all of it waits for the disk once, in
 * the order in which it was asked for. A piece of work that throws undoes itself alone, for which the
 * others may be done a second time; a commit that fails fails all of its group.
 *
 * Of many, a half is committed while the other half is prepared.
 */
export class CommitQueue {
  readonly #backend: Backend
  readonly #committed: () => void
  readonly #schedule: Schedule
  #jobs: Job[] = []
  #isDue = false
  /** Ends the wait for what is being prepared. */
  #stopWaiting: (() => void) | undefined
  /** Whether something failed in the last group that had to be told apart. */
  #wary = false

  /** @param committed called after each commit, before those who wait for it. */
  constructor(backend: Backend, schedule: Schedule, committed: () => void) {
    this.#backend = backend
    this.#schedule = schedule
    this.#committed = committed
  }

  async run<Result>(work: () => Result, { signal, prepare }: JobOptions = {}): Promise<Result> {
    const isAlone = this.#jobs.length === 0
    const prepared = isAlone ? undefined : prepare?.()
    return new Promise<Result>((resolve, reject) => {
      const settle = { resolve: resolve as (value: unknown) => void, reject }
      const job: Job = { work, signal, isReady: !prepared, ...settle }
      this.#jobs.push(job)
      const ready = (): void => {
        job.isReady = true
        this.#later()
      }
      if (prepared) void prepared.then(ready, ready)
      else this.#later()
    })
  }

  /** Commits what is waiting, now. */
  flush(): void {
    while (this.#jobs.length > 0) this.#commitFirst(MAX_GROUP)
  }

  #later(): void {
    if (this.#isDue) return
    this.#isDue = true
    // After the events that are at hand: what they write is in the group.
    setImmediate(() => {
      this.#isDue = false
      this.#turn()
    })
  }

  /** Commits those in front that are ready, if they are enough; else when they are, or after a while. */
  #turn(): void {
    const waiting = this.#jobs.length
    if (waiting === 0) return
    const unready = this.#jobs.findIndex(({ isReady }) => !isReady)
    const ready = unready === -1 ? waiting : unready
    const half = Math.ceil(waiting / 2)
    const enough = Math.min(waiting, Math.max(half, MIN_GROUP), MAX_GROUP)
    if (ready >= enough) this.#commitFirst(Math.min(ready, MAX_GROUP))
    else this.#stopWaiting ??= this.#schedule(() => this.#commitFirst(MAX_GROUP), PATIENCE_MS)
  }

  #commitFirst(count: number): void {
    this.#stopWaiting?.()
    this.#stopWaiting = undefined
    this.#commit(this.#jobs.splice(0, count))
    if (this.#jobs.length > 0) this.#later()
  }

  #commit(group: readonly Job[]): void {
    if (group.length === 0) return
    let settled: (() => void)[]
    try {
      settled = (this.#wary ? undefined : this.#together(group)) ?? this.#apart(group)
    } catch (error) {
      for (const { reject } of group) reject(error)
      return
    }
    this.#committed()
    for (const settle of settled) settle()
  }

  /** Undefined where one of several threw: nothing was kept of any. */
  #together(group: readonly Job[]): (() => void)[] | undefined {
    let threw = false
    try {
      return this.#backend.transaction(() =>
        group.map((job) => {
          threw = true
          const settle = done(job)
          threw = false
          return settle
        }),
      )
    } catch (error) {
      // A commit that failed is not tried again: a disk may say of the second one that all is well.
      if (!threw || group.length === 1) throw error
      return undefined
    }
  }

  /** With a savepoint for each, which costs a fifth of a write and more: for groups in which one fails. */
  #apart(group: readonly Job[]): (() => void)[] {
    this.#wary = false
    return this.#backend.transaction(() =>
      group.map((job) => {
        try {
          return this.#backend.savepoint(() => done(job))
        } catch (error) {
          this.#wary = true
          return () => job.reject(error)
        }
      }),
    )
  }
}

/** Does a piece of work; what tells of it is for when it is committed. */
function done({ work, signal, resolve }: Job): () => void {
  signal?.throwIfAborted()
  const result = work()
  return () => resolve(result)
}
