import type { Clock } from './clock.ts'
import type { RunQueue, Runnable } from './run-queue.ts'
import type { ScheduledTask, Task, TaskCounts } from './scheduler.ts'

interface TimedTaskInit {
  readonly clock: Clock
  readonly runs: RunQueue
  readonly task: Task
  /** The time after a moment at which it is due again; undefined where it is not. */
  readonly next: (due: number) => number | undefined
  /** Whether the next time is known only when a run has ended. */
  readonly afterEnd: boolean
  readonly onError: (error: unknown) => void
  readonly onFinish: () => void
}

/** A task, when it is due, and what became of it. */
export class TimedTask implements ScheduledTask, Runnable {
  readonly finished: Promise<TaskCounts>
  readonly #init: TimedTaskInit
  readonly #finish: (counts: TaskCounts) => void
  #counts: { runs: number; failures: number; missed: number; error?: unknown } = {
    runs: 0,
    failures: 0,
    missed: 0,
  }
  #cancelTimer: (() => void) | undefined
  #running: AbortController | undefined
  #dueAt = 0
  #queued = false
  #over = false

  constructor(init: TimedTaskInit) {
    this.#init = init
    const { promise, resolve } = Promise.withResolvers<TaskCounts>()
    this.finished = promise
    this.#finish = resolve
  }

  get counts(): TaskCounts {
    return { ...this.#counts }
  }

  /** Waits until a moment at which it is due. */
  wait(at: number): void {
    const ms = at - this.#init.clock.now()
    this.#cancelTimer = this.#init.clock.schedule(ms, () => {
      this.#cancelTimer = undefined
      if (!this.#init.afterEnd) this.#waitAgain(at)
      if (!this.due(at)) this.#counts.missed++
      this.#settle()
    })
  }

  /** It is due now. False where it cannot run: it does already, or there is no room. */
  due(at = this.#init.clock.now()): boolean {
    if (this.#queued || this.#running) return false
    this.#dueAt = at
    this.#queued = true
    if (this.#init.runs.add(this)) return true
    this.#queued = false
    if (this.#init.afterEnd) this.#waitAgain(at)
    return false
  }

  async start(): Promise<void> {
    const { clock, task, onError, afterEnd } = this.#init
    this.#queued = false
    this.#running = new AbortController()
    const { signal } = this.#running
    const number = ++this.#counts.runs
    try {
      await task({ dueAt: this.#dueAt, startedAt: clock.now(), number, signal })
    } catch (error) {
      this.#counts.failures++
      this.#counts.error = error
      onError(error)
    } finally {
      this.#running = undefined
      if (afterEnd && !this.#over) this.#waitAgain(this.#dueAt)
      this.#settle()
    }
  }

  cancel(): void {
    this.retire()
    this.#running?.abort()
  }

  /** No more runs, but the one that goes on may end. */
  retire(): void {
    this.#over = true
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    this.#init.runs.remove(this)
    this.#queued = false
    this.#settle()
  }

  #waitAgain(due: number): void {
    if (this.#over) return
    let next = this.#init.next(due)
    // Where the clock was held up, times are behind it: these are over, and counted.
    const now = this.#init.clock.now()
    while (next !== undefined && next <= now && next > due) {
      this.#counts.missed++
      const later: number | undefined = this.#init.next(next)
      if (later === undefined || later <= next) break
      next = later
    }
    if (next !== undefined) this.wait(next)
  }

  #settle(): void {
    if (this.#cancelTimer || this.#queued || this.#running) return
    this.#over = true
    this.#finish(this.counts)
    this.#init.onFinish()
  }
}
