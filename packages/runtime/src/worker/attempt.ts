import type { Schedule } from '@bzzz/context-store'
import { toInstant } from '@bzzz/temporal-nav'
import { RuntimeError, type RuntimeErrorCode } from '../errors.ts'
import type { Answered, Ask, Handler, Result, Work } from '../handlers/handler.ts'
import type { ClaimBody } from '../tasks/claim.ts'
import type { Desk } from './desk.ts'
import { Printed } from './printed.ts'
import type { Questions } from './questions.ts'
import type { Reading } from './reading.ts'

export interface AttemptInit {
  readonly task: string
  readonly taskVersion: number
  readonly lease: number
  readonly attempt: number
  readonly desk: Desk
  readonly handler: Handler
  readonly reading: Reading
  readonly questions: Questions
  /** Told when it begins to wait for an answer, and when it has one. */
  readonly onWaiting: (question: string | undefined) => void
  /** Told of each claim that was written. */
  readonly onClaim: (stored: Awaited<ReturnType<Desk['claim']>>) => void
  /** Why this attempt may not go on, by all that is visible now; undefined where it may. */
  readonly check: (attempt: Attempt) => Promise<End | undefined>
  readonly now: () => number
  readonly schedule: Schedule
  readonly leaseMs: number
  readonly settleMs: number
  readonly timeLimitMs: number
}

/** How an attempt ends that is not done. */
export interface End {
  readonly state: 'failed' | 'released' | 'withdrawn'
  readonly code: RuntimeErrorCode
  readonly reason: string
}

/** What became of an attempt. */
export type Ended = { readonly state: 'done'; readonly result: string } | End

// A handler that was told to end, and did not, is not waited for any more.
const HANDLER_END_MS = 5000
const MOST_QUESTIONS = 32

/** One attempt of this worker at a task: from the claim to the last word on it. */
export class Attempt {
  readonly #init: AttemptInit
  readonly #stop = new AbortController()
  readonly #printed = new Printed()
  #body: ClaimBody
  #isClaimed = false
  #end: End | undefined
  #kept: string | undefined
  // Claims are written one after the other: a renewal must not come after the last word.
  #writing: Promise<unknown> = Promise.resolve()
  #cancelBeat: (() => void) | undefined
  #isOver = false
  #isWaiting = false

  constructor(init: AttemptInit) {
    this.#init = init
    const { task, taskVersion, lease, attempt, now, leaseMs } = init
    const time = now()
    this.#body = {
      task,
      task_version: taskVersion,
      state: 'claimed',
      lease,
      attempt,
      since: toInstant(time),
      until: toInstant(time + leaseMs),
    }
  }

  get lease(): number {
    return this.#body.lease
  }

  /** When its lease ends unless it is renewed; undefined before it is claimed. */
  get until(): number | undefined {
    return this.#isClaimed ? Date.parse(this.#body.until) : undefined
  }

  /** True while somebody is to answer a question: it costs nothing. */
  get isWaiting(): boolean {
    return this.#isWaiting
  }

  /** Ends it. The first reason counts. */
  end(end: End): void {
    if (this.#end) return
    this.#end = end
    this.#stop.abort(new RuntimeError(end.code, end.reason))
  }

  /** Runs it to its end. Rejects only where the last word on it could not be written. */
  async run(): Promise<Ended> {
    let ended: Ended
    let more: Partial<ClaimBody> = {}
    try {
      await this.#claim({})
      this.#beat()
      await this.#sleep(this.#init.settleMs)
      await this.#assertMine()
      const { result, decision } = await this.#work()
      ended = { state: 'done', result }
      more = { result, ...(decision !== undefined && { decision }) }
    } catch (error) {
      ended = this.#end ?? endOf(error)
    }
    this.#isOver = true
    this.#cancelBeat?.()
    await this.#writing.catch(() => {})
    // What could not be claimed has nothing to be said of.
    if (!this.#isClaimed) return ended
    await this.#keepPrinted().catch(() => {})
    if (ended.state !== 'done') more = { code: ended.code, reason: ended.reason.slice(0, 4000) }
    const log = this.#kept === undefined ? {} : { log: this.#kept }
    await this.#claim({ state: ended.state, ...log, ...more })
    return ended
  }

  async #work(): Promise<{ readonly result: string; readonly decision: string | undefined }> {
    const { task, taskVersion, desk, questions } = this.#init
    const { signal } = this.#stop
    const read = new Set<string>()
    const answers = await questions.answered(task, { signal })
    let title = ''
    let outcome: Result | Ask
    for (;;) {
      outcome = await this.#withinLimit(async (limit) => {
        const work = await this.#read(answers, limit)
        title = work.title
        return this.#handle(work, read, limit)
      })
      if (!('ask' in outcome)) break
      answers.push(await this.#ask(outcome, answers))
    }
    const result = outcome
    await this.#keepPrinted()
    await this.#assertMine()
    const resultAddress = await desk.result(task, result)
    const decision = await desk.decision({
      task,
      taskVersion,
      title,
      result,
      resultAddress,
      read: [...read],
      answers: answers.map(({ address }) => address),
    })
    await this.#assertMine()
    return { result: resultAddress, decision }
  }

  async #read(answers: readonly Answered[], signal: AbortSignal): Promise<Work> {
    const { task, taskVersion, reading } = this.#init
    const { attempt } = this.#body
    return reading.work({ task, version: taskVersion, attempt, answers: [...answers], signal })
  }

  async #handle(work: Work, read: Set<string>, signal: AbortSignal): Promise<Result | Ask> {
    const { handler, reading } = this.#init
    for (const { address } of work.inputs) read.add(address)
    return handler.handle(work, {
      signal,
      log: (text) => this.#printed.add(text),
      read: async (address) => {
        const input = await reading.input(address, { signal })
        read.add(input.address)
        return input
      },
    })
  }

  /** Asks, and waits: neither its time limit nor the number of tasks at once is used up by that. */
  async #ask({ ask }: Ask, answers: readonly Answered[]): Promise<Answered> {
    const { task, taskVersion, questions, onWaiting } = this.#init
    const { signal } = this.#stop
    this.#isWaiting = true
    onWaiting(ask.question)
    try {
      const answered = await questions.ask({ task, taskVersion }, ask, { signal })
      // A handler that does not heed an answer would ask for ever.
      const isKnown = answers.some(({ address }) => address === answered.address)
      if (!isKnown && answers.length < MOST_QUESTIONS) return answered
      const why = isKnown ? 'what was answered' : `more than ${MOST_QUESTIONS} questions`
      throw new RuntimeError('ERR_RUNTIME_HANDLER_ANSWER', `It asked ${why}: ${ask.question}`)
    } finally {
      this.#isWaiting = false
      onWaiting(undefined)
    }
  }

  /** Works, as long as it may. */
  async #withinLimit(work: (signal: AbortSignal) => Promise<Result | Ask>): Promise<Result | Ask> {
    const { schedule, timeLimitMs } = this.#init
    const { signal } = this.#stop
    const late = `It took longer than ${timeLimitMs} ms`
    const cancels = [
      schedule(
        () => this.end({ state: 'failed', code: 'ERR_RUNTIME_HANDLER_LATE', reason: late }),
        timeLimitMs,
      ),
    ]
    const givenUp = Promise.withResolvers<never>()
    const onAbort = (): void => {
      cancels.push(schedule(() => givenUp.reject(signal.reason), HANDLER_END_MS))
    }
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      return await Promise.race([work(signal), givenUp.promise])
    } finally {
      signal.removeEventListener('abort', onAbort)
      for (const cancel of cancels) cancel()
    }
  }

  /** Renews the lease now and then. */
  #beat(): void {
    const { schedule, leaseMs, now } = this.#init
    this.#cancelBeat = schedule(() => {
      void (async () => {
        try {
          await this.#keepPrinted()
          if (!this.#isOver) await this.#claim({ until: toInstant(now() + leaseMs) })
        } catch {
          // The next one may do better; where none does, the lease ends, and with it the work.
        }
        if (!this.#isOver) this.#beat()
      })()
    }, leaseMs / 3)
  }

  async #claim(change: Partial<ClaimBody>): Promise<void> {
    const { desk, onClaim } = this.#init
    const before = this.#writing
    const write = async (): Promise<void> => {
      await before
      const body = { ...this.#body, ...change }
      onClaim(await desk.claim(body))
      this.#body = body
      this.#isClaimed = true
    }
    const written = write()
    this.#writing = written.catch(() => {})
    return written
  }

  async #keepPrinted(): Promise<void> {
    const text = this.#printed.take()
    if (text !== undefined) this.#kept = await this.#init.desk.log(this.#init.task, text)
  }

  async #assertMine(): Promise<void> {
    const end = await this.#init.check(this)
    if (end) this.end(end)
    this.#stop.signal.throwIfAborted()
  }

  async #sleep(ms: number): Promise<void> {
    const { signal } = this.#stop
    signal.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const onAbort = (): void => reject(signal.reason)
    const cancel = this.#init.schedule(resolve, ms)
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      await promise
    } finally {
      cancel()
      signal.removeEventListener('abort', onAbort)
    }
  }
}

function endOf(error: unknown): End {
  const code = RuntimeError.is(error) ? error.code : 'ERR_RUNTIME_HANDLER'
  return { state: 'failed', code, reason: error instanceof Error ? error.message : String(error) }
}
