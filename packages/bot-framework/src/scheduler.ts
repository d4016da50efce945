import type { Clock } from './clock.ts'

/** One run of a task. */
export interface TaskRun {
  /** When it was due, by the clock: where it had to wait for others, that is before it started. */
  readonly dueAt: number
  readonly startedAt: number
  /** Counted from 1. */
  readonly number: number
  /** Aborted when the task is cancelled, or the scheduler's patience has an end. */
  readonly signal: AbortSignal
}

export type Task = (run: TaskRun) => void | Promise<void>

/** What became of a task. */
export interface TaskCounts {
  readonly runs: number
  /** Runs that threw. */
  readonly failures: number
  /** Times at which it was due and did not run: its last run was not done, or the queue was full. */
  readonly missed: number
  /** What the last run that failed threw. */
  readonly error?: unknown
}

export interface ScheduledTask {
  readonly counts: TaskCounts
  /** No more runs; one that is going on is told by its signal. */
  cancel(): void
  /** Settled when it will not run again. It never rejects: see `failures`. */
  readonly finished: Promise<TaskCounts>
}

/** Whether an interval is from start to start (`rate`), or from end to start (`delay`). */
export interface EveryOptions {
  readonly mode?: 'rate' | 'delay'
  /** Milliseconds to the first run. The interval if left out. */
  readonly firstMs?: number
}

export interface CronOptions {
  /** An IANA name, such as Europe/Vienna. UTC if left out. */
  readonly timezone?: string
}

export interface SchedulerCounts {
  /** Runs that go on. */
  readonly running: number
  /** Runs that are due and wait for their turn. */
  readonly waiting: number
  /** Tasks that are not finished. */
  readonly tasks: number
}

export interface StopOptions {
  /** How long runs may go on before their signals are aborted, in milliseconds. 5,000 if left out. */
  readonly graceMs?: number
  /** How long they may then take to end. 1,000 if left out. */
  readonly abortMs?: number
}

/** What a stop did. */
export interface StopReport {
  /** Runs that were due, waited, and were never started. */
  readonly dropped: number
  /** Runs whose signal was aborted. */
  readonly aborted: number
  /** Those of them that did not end even then. They are not waited for. */
  readonly abandoned: number
}

/** Runs tasks when they are due, so many at once. A task never runs beside itself. */
export interface Scheduler {
  readonly counts: SchedulerCounts
  /** As soon as there is room. @throws `ERR_BOT_QUEUE_FULL`, `ERR_BOT_CLOSED`. */
  now(task: Task): ScheduledTask
  /** Once, after so many milliseconds. @throws `ERR_BOT_OPTION`, `ERR_BOT_CLOSED`. */
  after(ms: number, task: Task): ScheduledTask
  /** Again and again, until it is cancelled. @throws `ERR_BOT_OPTION`, `ERR_BOT_CLOSED`. */
  every(ms: number, task: Task, options?: EveryOptions): ScheduledTask
  /**
   * At the times of a cron expression of 5 fields, or 6 with seconds first.
   *
   * @throws `ERR_BOT_OPTION` for an expression or time zone that cannot be, or a time that never comes;
   * `ERR_BOT_CLOSED`.
   */
  cron(expression: string, task: Task, options?: CronOptions): ScheduledTask
  /** Starts nothing any more, and waits for what goes on. Every call gives the same report. */
  stop(options?: StopOptions): Promise<StopReport>
}

export interface SchedulerInit {
  readonly clock: Clock
  /** How many runs go on at once. 64 if left out. */
  readonly concurrency?: number
  /** How many runs that are due wait for their turn. 10,000 if left out. */
  readonly queue?: number
  /** Told of every run that throws. */
  readonly onError?: (error: unknown) => void
}
