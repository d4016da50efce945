import type { Backend } from './backend.ts'
import type { Schedule } from './change-feed.ts'

interface Job {
  readonly work: () => unknown
  readonly prepared: Promise<void> | undefined
  readonly signal: AbortSignal | undefined
  readonly resolve: (value: unknown) => void
  readonly reject: (reason: unknown) => void
}

// Enough that a disk's wait is shared by many; few enough that a commit is no pause for readers.
const MAX_GROUP = 256
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
 * the order in which it was asked for. A piece of work that throws undoes itself alone, for which the others may be done a second time; a
 * commit that fails fails all of its group.
 */
export class CommitQueue {
  readonly #backend: Backend
  readonly #committed: () => void
  readonly #schedule: Schedule
  #jobs: Job[] = []
  /** The jobs that are being prepared to be committed next. */
  #next: readonly Job[] = []
  #isDue = false
  /** Whether something failed in the last group that had to be told apart. */
  #wary = false

  /** @param committed called after each commit, before those who wait for it. */
  constructor(backend: Backend, schedule: Schedule, committed: () => void) {
    this.#backend = backend
    this.#schedule = schedule
    this.#committed = committed
  }

  async run<Result>(work: () => Result, { signal, prepare }: JobOptions = {}): Promise<Result> {
    const isAlone = this.#jobs.length === 0 && this.#next.length === 0
    const prepared = isAlone ? undefined : prepare?.().catch(() => {})
    return new Promise<Result>((resolve, reject) => {
      const settle = { resolve: resolve as (value: unknown) => void, reject }
      this.#jobs.push({ work, signal, prepared, ...settle })
      this.#later()
    })
  }

  /** Commits what is waiting, now. */
  flush(): void {
    this.#commitNext()
    while (this.#jobs.length > 0) this.#commit(this.#jobs.splice(0, MAX_GROUP))
  }

  #later(): void {
    if (this.#isDue) return
    this.#isDue = true
    // After the events that are at hand: what they write is in the group.
    setImmediate(() => {
      this.#next = this.#jobs.splice(0, MAX_GROUP)
      const preparing = this.#next.flatMap(({ prepared }) => prepared ?? [])
      if (preparing.length === 0) this.#turn()
      else this.#turnAfter(preparing)
    })
  }

  /** Commits what is next when all of it is prepared, or when that takes too long. */
  #turnAfter(preparing: readonly Promise<void>[]): void {
    let isOver = false
    const turn = (): void => {
      if (isOver) return
      isOver = true
      cancel()
      this.#turn()
    }
    const cancel = this.#schedule(turn, PATIENCE_MS)
    void Promise.all(preparing).then(turn)
  }

  #turn(): void {
    this.#isDue = false
    this.#commitNext()
    if (this.#jobs.length > 0) this.#later()
  }

  #commitNext(): void {
    const group = this.#next
    this.#next = []
    this.#commit(group)
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
