import type { Schedule } from '@bzzz/context-store'
import type { View } from './stage.ts'

interface Job {
  readonly owner: View
  readonly what: string
  readonly stop: AbortController
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const
const SPIN_MS = 120

/** What is under way: each with a signal, so that nothing has to be waited for. */
export class Work {
  readonly #jobs = new Set<Job>()
  readonly #schedule: Schedule
  readonly #onChange: () => void
  readonly #onError: (error: unknown) => void
  #frame = 0
  #stopSpinning: (() => void) | undefined

  constructor(
    schedule: Schedule,
    on: { readonly onChange: () => void; readonly onError: (error: unknown) => void },
  ) {
    this.#schedule = schedule
    this.#onChange = on.onChange
    this.#onError = on.onError
  }

  /** What is done for a view, with a spinner in front; undefined where nothing is. */
  of(view: View): string | undefined {
    const jobs = [...this.#jobs].filter(({ owner }) => owner === view)
    const job = jobs.at(-1)
    return job && `${FRAMES[this.#frame % FRAMES.length]} ${job.what} … (Esc cancels)`
  }

  start<Result>(init: {
    readonly owner: View
    readonly what: string
    readonly work: (signal: AbortSignal) => Promise<Result>
    readonly done: (result: Result) => void
  }): void {
    const { owner, what, work, done } = init
    for (const job of this.#jobs) if (job.owner === owner && job.what === what) this.#end(job)
    const job: Job = { owner, what, stop: new AbortController() }
    this.#jobs.add(job)
    this.#spin()
    void this.#finish(job, work(job.stop.signal), done)
  }

  /** What was cancelled says nothing any more, whether it heeded its signal or not. */
  async #finish<Result>(
    job: Job,
    working: Promise<Result>,
    done: (result: Result) => void,
  ): Promise<void> {
    try {
      const result = await working
      if (this.#jobs.delete(job)) done(result)
    } catch (error) {
      this.#jobs.delete(job)
      if (!job.stop.signal.aborted) this.#onError(error)
    }
    this.#onChange()
  }

  /** Ends what is done for a view. @returns false where nothing was. */
  cancel(view: View): boolean {
    const jobs = [...this.#jobs].filter(({ owner }) => owner === view)
    for (const job of jobs) this.#end(job)
    return jobs.length > 0
  }

  /** Ends all. */
  stop(): void {
    for (const job of this.#jobs) this.#end(job)
    this.#stopSpinning?.()
  }

  #end(job: Job): void {
    this.#jobs.delete(job)
    job.stop.abort()
  }

  #spin(): void {
    if (this.#stopSpinning) return
    this.#stopSpinning = this.#schedule(() => {
      this.#stopSpinning = undefined
      this.#frame++
      this.#onChange()
      if (this.#jobs.size > 0) this.#spin()
    }, SPIN_MS)
  }
}
