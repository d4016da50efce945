import type { ContextStore, Schedule } from '@bzzz/context-store'
import type { Handler } from '../handlers/handler.ts'
import type { TaskState } from '../tasks/state.ts'
import { Attempt, type End, type Ended } from './attempt.ts'
import { Board, type Notice } from './board.ts'
import type { Desk } from './desk.ts'
import type { Questions } from './questions.ts'
import { createReading, type ReadContext } from './reading.ts'
import { RESTARTED, STOPPED, verdictOf } from './verdict.ts'

export interface WorkerInit {
  readonly store: ContextStore
  readonly handler: Handler
  readonly desk: Desk
  readonly read: ReadContext
  readonly questions: Questions
  /** `did:key` of this agent. */
  readonly did: string
  readonly projects: readonly string[]
  readonly roles: readonly string[]
  readonly capabilities: readonly string[]
  /** `did:key` of those whose tasks are taken; anybody's if empty. */
  readonly posters: readonly string[]
  /** Tasks at once. */
  readonly parallel: number
  readonly timeLimitMs: number
  readonly leaseMs: number
  readonly settleMs: number
  readonly now: () => number
  readonly schedule: Schedule
  /** From 0 up to but not including 1. */
  readonly random: () => number
  readonly onEvent: (event: WorkerEvent) => void
}

export type WorkerEvent =
  | {
      readonly type: 'claimed'
      readonly task: string
      readonly lease: number
      readonly attempt: number
    }
  | { readonly type: 'asked'; readonly task: string; readonly question: string }
  | { readonly type: 'done'; readonly task: string; readonly result: string }
  | ({ readonly type: 'ended'; readonly task: string } & End)
  | { readonly type: 'malformed'; readonly task: string; readonly error: unknown }
  | { readonly type: 'error'; readonly error: unknown }

export interface WorkerStatus {
  /** Keys of the tasks that it works on. */
  readonly running: readonly string[]
  /** Keys of those of them that wait for an answer. */
  readonly waiting: readonly string[]
  /** How many tasks it knows, by how they stand. */
  readonly tasks: Readonly<Record<TaskState['status'], number>>
  /** What it did since it began. */
  readonly done: number
  readonly failed: number
}

// Contents may come after the records that name them.
const AGAIN_MS = 250
const ERROR_MS = 1000
// However long there is nothing to do: a look now and then costs little.
const IDLE_MS = 60_000
const UNCLAIMED_MS = 30_000
const RETRY_MS = 5000
const MOST_RETRY_MS = 300_000
// On being stopped, work may come to its end for so long.
const FINISH_MS = 2000

/** Takes tasks, lets the handler work on them, and says what came of it. */
export class Worker {
  readonly #init: WorkerInit
  readonly #board: Board
  readonly #running = new Map<
    string,
    { readonly attempt: Attempt; readonly ended: Promise<void> }
  >()
  /** When an open task is claimed, for the lease that it would have. */
  readonly #plans = new Map<string, { readonly lease: number; readonly at: number }>()
  #turning: Promise<void> | undefined
  #isAgain = false
  #isStopping = false
  #cancelWake: (() => void) | undefined
  #unwatch: (() => void) | undefined
  #done = 0
  #failed = 0

  constructor(init: WorkerInit) {
    this.#init = init
    this.#board = new Board({
      store: init.store,
      projects: init.projects,
      onMalformed: (task, error) => init.onEvent({ type: 'malformed', task, error }),
    })
  }

  async start({ signal }: { readonly signal: AbortSignal }): Promise<void> {
    this.#unwatch = this.#init.store.watch((changes) => {
      if (this.#board.note(changes)) this.#wake()
    })
    try {
      await this.#board.load(signal)
      await this.#board.refresh()
      await this.#giveUpOwn()
    } catch (error) {
      this.#unwatch()
      throw error
    }
    this.#wake()
  }

  /** What this agent held when it was ended in the middle of it, nobody works on any more. */
  async #giveUpOwn(): Promise<void> {
    const { now, did, desk } = this.#init
    for (const { key } of this.#board.openTasks()) {
      const state = this.#board.state(key, now())
      if (state?.status !== 'held' || state.holder.writer !== did) continue
      const { writer: _, time: __, ...body } = state.holder
      this.#board.note([await desk.claim({ ...body, ...RESTARTED })])
    }
  }

  /** Takes no more tasks; lets what runs come to its end for a while, then hands it back. */
  async stop(): Promise<void> {
    this.#isStopping = true
    const all = [...this.#running.values()]
    const ended = Promise.all(all.map(async (one) => one.ended))
    const cancel = this.#init.schedule(() => {
      for (const { attempt } of all) attempt.end(STOPPED)
    }, FINISH_MS)
    await ended
    cancel()
    this.#unwatch?.()
    this.#cancelWake?.()
    await this.#turning
    this.#cancelWake?.()
  }

  status(): WorkerStatus {
    const tasks = { open: 0, held: 0, done: 0, failed: 0, cancelled: 0, expired: 0 }
    const now = this.#init.now()
    for (const { key } of this.#board.tasks()) {
      const state = this.#board.state(key, now)
      if (state) tasks[state.status]++
    }
    const waiting = [...this.#running].flatMap(([task, { attempt }]) =>
      attempt.isWaiting ? [task] : [],
    )
    const running = [...this.#running.keys()]
    return { running, waiting, tasks, done: this.#done, failed: this.#failed }
  }

  #wake(): void {
    this.#isAgain = true
    this.#turning ??= this.#turns().finally(() => {
      this.#turning = undefined
    })
  }

  async #turns(): Promise<void> {
    while (this.#isAgain) {
      this.#isAgain = false
      const { now, schedule, onEvent } = this.#init
      let next: number
      try {
        const isComplete = await this.#board.refresh()
        const time = now()
        next = Math.min(this.#look(time), isComplete ? time + IDLE_MS : time + AGAIN_MS)
      } catch (error) {
        onEvent({ type: 'error', error })
        next = now() + ERROR_MS
      }
      this.#cancelWake?.()
      this.#cancelWake = schedule(() => this.#wake(), Math.max(1, next - now()))
    }
  }

  /** Ends what may not go on, begins what may begin. @returns when to look again. */
  #look(now: number): number {
    let next = Number.POSITIVE_INFINITY
    for (const [task, { attempt }] of this.#running) {
      const end = this.#verdict(task, attempt, now)
      if (end) attempt.end(end)
      const deadline = this.#board.task(task)?.deadline
      next = Math.min(next, attempt.until ?? next, deadline ? Date.parse(deadline) : next)
    }
    if (this.#isStopping) return next
    const { state: circuit, until } = this.#init.handler.circuit?.() ?? { state: 'closed' }
    if (circuit === 'open') return Math.min(next, until ?? now + RETRY_MS)
    for (const notice of this.#board.openTasks()) {
      // To see whether what works on tasks is well again, one of them is enough.
      const parallel = circuit === 'half-open' ? 1 : this.#init.parallel
      if (this.#busy >= parallel) break
      if (this.#running.has(notice.key)) continue
      const state = this.#board.state(notice.key, now)
      if (state?.status === 'held') next = Math.min(next, state.until)
      if (state?.status !== 'open') this.#plans.delete(notice.key)
      else if (this.#fits(notice)) {
        const at = this.#planOf(notice.key, state, now)
        if (now >= at) this.#begin(notice, state)
        else next = Math.min(next, at)
      }
    }
    return next
  }

  /** Who waits for an answer is not busy. */
  get #busy(): number {
    return [...this.#running.values()].filter(({ attempt }) => !attempt.isWaiting).length
  }

  #fits({ wants, poster }: Notice): boolean {
    const { roles, capabilities, posters } = this.#init
    if (posters.length > 0 && !posters.includes(poster)) return false
    if (wants.role !== undefined && !roles.includes(wants.role)) return false
    return wants.capabilities.every((one) => capabilities.includes(one))
  }

  /** A little later than at once, by chance: so not all who wait claim. Who failed lets others go first. */
  #planOf(
    task: string,
    { lease, attempt, last }: TaskState & { status: 'open' },
    now: number,
  ): number {
    const plan = this.#plans.get(task)
    if (plan?.lease === lease) return plan.at
    const { random, settleMs, did } = this.#init
    const failedHere = last?.state === 'failed' && last.writer === did
    const pause = failedHere ? Math.min(RETRY_MS * 2 ** (attempt - 2), MOST_RETRY_MS) : 0
    const at = now + pause + Math.floor((random() * settleMs) / 2)
    this.#plans.set(task, { lease, at })
    return at
  }

  #begin({ key, version }: Notice, { lease, attempt }: TaskState & { status: 'open' }): void {
    this.#plans.delete(key)
    const { onEvent, read, desk, questions, handler } = this.#init
    const { now, schedule, leaseMs, settleMs, timeLimitMs } = this.#init
    const limits = { now, schedule, leaseMs, settleMs, timeLimitMs }
    const begun = new Attempt({
      ...limits,
      task: key,
      taskVersion: version,
      lease,
      attempt,
      desk,
      handler,
      reading: createReading(read),
      questions,
      onWaiting: (question) => {
        if (question !== undefined) onEvent({ type: 'asked', task: key, question })
        this.#wake()
      },
      onClaim: (stored) => this.#board.note([stored]) && this.#wake(),
      check: async (self) => {
        await this.#board.refresh()
        return this.#verdict(key, self, now())
      },
    })
    onEvent({ type: 'claimed', task: key, lease, attempt })
    const ended = begun.run().then(
      (how) => this.#ended(key, how),
      (error: unknown) => onEvent({ type: 'error', error }),
    )
    const left = ended.finally(() => {
      this.#running.delete(key)
      // What could not even be claimed is no better a moment later.
      if (begun.until === undefined) this.#plans.set(key, { lease, at: now() + UNCLAIMED_MS })
      this.#wake()
    })
    this.#running.set(key, { attempt: begun, ended: left })
  }

  #ended(task: string, how: Ended): void {
    const { onEvent } = this.#init
    if (how.state === 'done') this.#done++
    if (how.state === 'failed') this.#failed++
    onEvent(
      how.state === 'done'
        ? { type: 'done', task, result: how.result }
        : { type: 'ended', task, ...how },
    )
  }

  /** Why an attempt may not go on; undefined where it may. */
  #verdict(task: string, attempt: Attempt, now: number): End | undefined {
    return verdictOf(this.#board.state(task, now), { attempt, did: this.#init.did, now })
  }
}
