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
// So many are committed together before it pays to do so while others are prepared, which are not so
// few that a commit of their own would cost more than to wait for them.
const MIN_GROUP = 16
const MIN_REST = 4
// Commits that wait for the disk together: what comes with the second one is small beside the wait.
const MAX_UNTOLD = 2
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

/** Tells whoever waits for a piece of work how it went, or that it was lost. */
interface Outcome {
  readonly settle: () => void
  readonly reject: (reason: unknown) => void
}

/**
 * Commits what is asked for at once in one transaction, so that all of it waits for the disk once, in
 * the order in which it was asked for. A piece of work that throws undoes itself alone, for which the
 * others may be done a second time; a commit that fails fails all of its group.
 *
 * Of many, a half is committed while the other half is prepared, and both wait for the disk together.
 * Once a wait has failed, so does all that is asked for: what the disk has is not known any more.
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
  /** Of what was committed, and may not be on the disk yet. */
  #untold: Outcome[] = []
  #untoldCommits = 0
  /** Why the disk could not be waited for. */
  #failure: { readonly error: unknown } | undefined

  /** @param committed called when commits are durable, before those who wait for them. */
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
    const rest = waiting - ready
    const enough = Math.min(Math.max(Math.ceil(waiting / 2), MIN_GROUP), MAX_GROUP)
    if (rest === 0 || (ready >= enough && rest >= MIN_REST)) {
      this.#commitFirst(Math.min(ready, MAX_GROUP))
      return
    }
    // While it has to wait anyway.
    this.#tell()
    this.#stopWaiting ??= this.#schedule(() => this.#commitFirst(MAX_GROUP), PATIENCE_MS)
  }

  #commitFirst(count: number): void {
    this.#stopWaiting?.()
    this.#stopWaiting = undefined
    this.#commit(this.#jobs.splice(0, count))
    const isLast = this.#jobs.length === 0
    if (isLast || !this.#backend.awaitDisk || this.#untoldCommits >= MAX_UNTOLD) this.#tell()
    if (!isLast) this.#later()
  }

  #commit(group: readonly Job[]): void {
    if (group.length === 0) return
    try {
      if (this.#failure) throw this.#failure.error
      const outcomes = (this.#wary ? undefined : this.#together(group)) ?? this.#apart(group)
      for (const outcome of outcomes) this.#untold.push(outcome)
      this.#untoldCommits++
    } catch (error) {
      for (const { reject } of group) reject(error)
    }
  }

  /** Waits for the disk, where that is asked for, and tells of what was committed. */
  #tell(): void {
    const outcomes = this.#untold
    if (outcomes.length === 0) return
    this.#untold = []
    this.#untoldCommits = 0
    try {
      this.#backend.awaitDisk?.()
    } catch (error) {
      this.#failure = { error }
      for (const { reject } of outcomes) reject(error)
      return
    }
    this.#committed()
    for (const { settle } of outcomes) settle()
  }

  /** Undefined where one of several threw: nothing was kept of any. */
  #together(group: readonly Job[]): Outcome[] | undefined {
    let threw = false
    try {
      return this.#backend.transaction(() =>
        group.map((job) => {
          threw = true
          const outcome = done(job)
          threw = false
          return outcome
        }),
      )
    } catch (error) {
      // A commit that failed is not tried again: a disk may say of the second one that all is well.
      if (!threw || group.length === 1) throw error
      return undefined
    }
  }

  /** With a savepoint for each, which costs a fifth of a write and more: for groups in which one fails. */
  #apart(group: readonly Job[]): Outcome[] {
    this.#wary = false
    return this.#backend.transaction(() =>
      group.map((job) => {
        try {
          return this.#backend.savepoint(() => done(job))
        } catch (error) {
          this.#wary = true
          return { settle: () => job.reject(error), reject: job.reject }
        }
      }),
    )
  }
}

/** Does a piece of work; what tells of it is for when it is committed. */
function done({ work, signal, resolve, reject }: Job): Outcome {
  signal?.throwIfAborted()
  const result = work()
  return { settle: () => resolve(result), reject }
}
