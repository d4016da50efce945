import { cronTimes } from './cron.ts'
import type { Clock } from './clock.ts'
import { BotError, duration, optionError, wholeNumber } from './errors.ts'
import { RunQueue } from './run-queue.ts'
import { TimedTask } from './timed-task.ts'
import { within } from './within.ts'
import type {
  CronOptions,
  EveryOptions,
  ScheduledTask,
  Scheduler,
  SchedulerCounts,
  SchedulerInit,
  StopOptions,
  StopReport,
  Task,
} from './scheduler.ts'

/** Makes a scheduler. @throws `ERR_BOT_OPTION`. */
export function createScheduler(init: SchedulerInit): Scheduler {
  return new ClockScheduler(init)
}

class ClockScheduler implements Scheduler {
  readonly #clock: Clock
  readonly #runs: RunQueue
  readonly #onError: (error: unknown) => void
  readonly #tasks = new Set<TimedTask>()
  #stopped: Promise<StopReport> | undefined

  constructor({ clock, concurrency = 64, queue = 10_000, onError = () => {} }: SchedulerInit) {
    this.#clock = clock
    this.#onError = onError
    this.#runs = new RunQueue(
      wholeNumber('concurrency', concurrency, 1),
      wholeNumber('queue', queue, 0),
    )
  }

  get counts(): SchedulerCounts {
    return { running: this.#runs.running, waiting: this.#runs.waiting, tasks: this.#tasks.size }
  }

  now(task: Task): ScheduledTask {
    const timed = this.#task(task, () => undefined)
    if (timed.due()) return timed
    timed.cancel()
    throw new BotError(
      'ERR_BOT_QUEUE_FULL',
      `Expected room for a run, got ${this.#runs.running} that go on and ${this.#runs.waiting} that wait`,
    )
  }

  after(ms: number, task: Task): ScheduledTask {
    duration('ms', ms)
    const timed = this.#task(task, () => undefined)
    timed.wait(this.#clock.now() + ms)
    return timed
  }

  every(ms: number, task: Task, options: EveryOptions = {}): ScheduledTask {
    const { mode = 'rate', firstMs = ms } = options
    if (!(duration('interval', ms) > 0)) throw optionError('interval', 'more than 0 ms', ms)
    duration('firstMs', firstMs)
    const rate = mode === 'rate'
    const timed = this.#task(task, (due) => (rate ? due + ms : this.#clock.now() + ms), !rate)
    timed.wait(this.#clock.now() + firstMs)
    return timed
  }

  cron(expression: string, task: Task, options: CronOptions = {}): ScheduledTask {
    const next = cronTimes(expression, options.timezone ?? 'UTC')
    const first = next(this.#clock.now())
    if (first === undefined) {
      throw optionError('a cron expression', 'one whose time comes', JSON.stringify(expression))
    }
    const timed = this.#task(task, next)
    timed.wait(first)
    return timed
  }

  async stop(options: StopOptions = {}): Promise<StopReport> {
    const { graceMs = 5_000, abortMs = 1_000 } = options
    duration('graceMs', graceMs)
    duration('abortMs', abortMs)
    return (this.#stopped ??= this.#end(graceMs, abortMs))
  }

  async #end(graceMs: number, abortMs: number): Promise<StopReport> {
    const dropped = this.#runs.clear()
    for (const task of this.#tasks) task.retire()
    await this.#idleWithin(graceMs)
    const late = [...this.#tasks]
    for (const task of late) task.cancel()
    if (late.length > 0) await this.#idleWithin(abortMs)
    return { dropped, aborted: late.length, abandoned: this.#runs.running }
  }

  async #idleWithin(ms: number): Promise<void> {
    await within(this.#clock, ms, this.#runs.idle())
  }

  #task(task: Task, next: (due: number) => number | undefined, afterEnd = false): TimedTask {
    if (this.#stopped) throw new BotError('ERR_BOT_CLOSED', 'The scheduler was stopped')
    const timed = new TimedTask({
      clock: this.#clock,
      runs: this.#runs,
      task,
      next,
      afterEnd,
      onError: this.#onError,
      onFinish: () => this.#tasks.delete(timed),
    })
    this.#tasks.add(timed)
    return timed
  }
}
