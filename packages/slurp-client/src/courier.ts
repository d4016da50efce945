import type { ContextStore, Schedule } from '@bzzz/context-store'
import { backoffMs, type Backoff } from './backoff.ts'
import { createBreaker, type Breaker, type BreakerState, type Circuit } from '@bzzz/circuit-breaker'
import type { Deliver, Delivery, DeliveryOutcome, Failed, Refused } from './delivery.ts'
import { reasonOf } from './errors.ts'
import type { SlurpClientEvent } from './events.ts'
import { pack, type Item } from './parcel.ts'
import { createRoute, type Route } from './route.ts'
import { createSleeper, type Sleeper } from './sleeper.ts'
import type { Attempts, DeadLetter, OutboxState, Progress } from './state.ts'
import { withDeadline } from './timer.ts'

export interface CourierInit {
  readonly store: ContextStore
  readonly state: OutboxState
  /** `did:key` of whose decisions are delivered. */
  readonly writer: string
  readonly deliver: Deliver
  readonly now: () => number
  readonly random: () => number
  readonly schedule: Schedule
  readonly attemptMs: number
  readonly backoff: Backoff
  readonly circuit: Circuit
  readonly maxAnswered: number
  readonly emit: (event: SlurpClientEvent) => void
  /** Told, after each step, up to where the log needs no more delivery. */
  readonly onProgress: (sequence: number) => void
  /** Told when there was nothing to deliver at the end of a round that began after so many others. */
  readonly onIdle: (round: number) => void
  /** Told when it ended because the store or the state is closed. */
  readonly onEnd: () => void
}

// What a service may ask for, at most: a date in the far future must not stop deliveries for good.
const LONGEST_ASKED_MS = 3_600_000
// What may be read again after a restart, where the log is full of what is no decision.
const UNSAVED_CHANGES = 1000

/** Carries decisions to the service, one at a time, until it is closed. */
export class Courier {
  readonly #init: CourierInit
  readonly #route: Route
  readonly #breaker: Breaker<DeliveryOutcome>
  readonly #sleeper: Sleeper
  readonly #closing = new AbortController()
  readonly #ended: Promise<void>
  #attempts: Attempts | null = null
  #saved = 0
  #stalls = 0
  #hurried = false
  #round = 0

  constructor(init: CourierInit) {
    const { circuit, now, schedule, emit } = init
    this.#init = init
    this.#route = createRoute({ ...init, onRewound: () => emit({ type: 'rewound' }) })
    this.#sleeper = createSleeper(schedule)
    this.#breaker = createBreaker({
      ...circuit,
      now,
      isOutage: (outcome) => outcome.outcome === 'failed' && outcome.patience !== true,
      onOpen: (until) => emit({ type: 'circuit-open', until }),
      onClose: () => emit({ type: 'circuit-closed' }),
    })
    this.#ended = this.#run()
  }

  /** Rounds begun so far. */
  get round(): number {
    return this.#round
  }

  /** How the circuit to the service stands. */
  circuit(): BreakerState {
    return this.#breaker.state()
  }

  /** Looks for what is to be delivered. */
  wake(): void {
    this.#sleeper.wake()
  }

  /** Ends the wait between attempts, but not one that the service asked for. */
  hurry(): void {
    this.#hurried = true
    this.wake()
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('the client was closed'))
    this.wake()
    await this.#ended
  }

  get #open(): boolean {
    return !this.#closing.signal.aborted
  }

  async #run(): Promise<void> {
    let begun = false
    while (this.#open) {
      try {
        if (!begun) await this.#begin()
        begun = true
        await this.#goOn()
        this.#stalls = 0
      } catch (error) {
        if (isClosed(error)) break
        if (this.#open) await this.#stall(error)
      }
    }
    // What was passed over need not be read again; where that fails it is, and does no harm.
    if (begun) await this.#save({}).catch(() => {})
    if (this.#open) this.#init.onEnd()
  }

  async #begin(): Promise<void> {
    const { cursor, attempts } = await this.#init.state.progress()
    this.#route.begin(cursor)
    this.#attempts = attempts
    this.#saved = cursor?.sequence ?? 0
  }

  /** One round: delivers something, or waits. */
  async #goOn(): Promise<void> {
    const round = ++this.#round
    const item = await this.#route.next()
    const passed = this.#route.done?.sequence ?? 0
    if (!item) {
      if (Math.abs(passed - this.#saved) >= UNSAVED_CHANGES) await this.#save({})
      this.#hurried = false
      this.#init.onIdle(round)
      return this.#sleeper.sleep()
    }
    const milliseconds = Math.max(this.#backoffLeft(item), this.#breaker.waitMs())
    if (milliseconds > 0) return this.#sleeper.sleep(milliseconds)
    this.#hurried = false
    return this.#deliver(item)
  }

  #backoffLeft(item: Item): number {
    const { record, nextAt, asked } = this.#attempts ?? { record: '', nextAt: 0, asked: false }
    if (record !== item.id || (this.#hurried && !asked)) return 0
    // A clock that was set back must not make it longer than it could ever be.
    const longest = Math.max(LONGEST_ASKED_MS, this.#init.backoff.maxMs)
    const left = nextAt - this.#init.now()
    return left > longest ? 0 : Math.max(0, left)
  }

  async #deliver(item: Item): Promise<void> {
    const parcel = await pack(this.#init.store, item)
    const outcome: DeliveryOutcome =
      typeof parcel === 'string'
        ? { outcome: 'refused', reason: parcel }
        : await this.#breaker.run(async () => this.#attempt(parcel))
    if (!this.#open) return
    const before = this.#attempts?.record === item.id ? this.#attempts : { count: 0, answered: 0 }
    const count = before.count + 1
    if (outcome.outcome === 'delivered') {
      await this.#finish(item)
      const attempts = (item.letter?.attempts ?? 0) + count
      this.#init.emit({ type: 'delivered', ...named(item), state: outcome.state, attempts })
    } else if (outcome.outcome === 'refused') {
      await this.#bury(item, outcome, { parcel, count })
    } else {
      const answered = before.answered + (outcome.answered ? 1 : 0)
      const hopeless = outcome.answered === true && answered >= this.#init.maxAnswered
      if (hopeless) await this.#bury(item, outcome, { parcel, count })
      else await this.#putOff(item, outcome, { count, answered })
    }
  }

  async #attempt(parcel: Delivery): Promise<DeliveryOutcome> {
    const { deliver, schedule, attemptMs } = this.#init
    const { signal } = this.#closing
    try {
      const deadline = { schedule, milliseconds: attemptMs, signal }
      return await withDeadline(async (own) => deliver(parcel, { signal: own }), deadline)
    } catch (error) {
      return { outcome: 'failed', reason: reasonOf(error) }
    }
  }

  /** It is delivered, or will not be: what comes next is next. */
  async #finish(item: Item, dead?: DeadLetter): Promise<void> {
    const { id } = item
    await this.#save({
      progress: { cursor: this.#route.after(item), attempts: null },
      remove: [
        { list: 'again', id },
        { list: 'dead', id },
      ],
      ...(dead && { put: [{ list: 'dead', entry: dead }] }),
    })
    this.#route.finish(item)
    this.#init.onProgress(this.#route.done?.sequence ?? 0)
  }

  async #bury(
    item: Item,
    { reason, ...why }: Refused | Failed,
    { parcel, count }: { readonly parcel: Delivery | string; readonly count: number },
  ): Promise<void> {
    const letter: DeadLetter = {
      ...named(item),
      ...(typeof parcel !== 'string' && { decisionId: parcel.node.decision_id }),
      reason,
      ...('status' in why && { status: why.status }),
      ...('code' in why && { code: why.code }),
      attempts: (item.letter?.attempts ?? 0) + count,
      at: this.#init.now(),
    }
    await this.#finish(item, letter)
    this.#init.emit({ type: 'dead', letter })
  }

  async #putOff(
    item: Item,
    { reason, retryAfterMs }: Failed,
    { count, answered }: Pick<Attempts, 'count' | 'answered'>,
  ): Promise<void> {
    const { backoff, random, now, emit } = this.#init
    const asked = Math.min(retryAfterMs ?? 0, LONGEST_ASKED_MS)
    const nextAt = now() + Math.max(asked, backoffMs(count, backoff, random))
    const attempts = { record: item.id, count, answered, nextAt, asked: retryAfterMs !== undefined }
    // Even where this cannot be saved, the wait is kept.
    this.#attempts = attempts
    await this.#save({ progress: { cursor: this.#route.done, attempts } })
    emit({ type: 'retrying', ...named(item), reason, attempts: count, nextAt })
  }

  async #save(change: Parameters<OutboxState['save']>[0]): Promise<void> {
    const unchanged: Progress = { cursor: this.#route.done, attempts: this.#attempts }
    const { progress = unchanged } = change
    await this.#init.state.save({ ...change, progress })
    this.#attempts = progress.attempts
    this.#saved = progress.cursor?.sequence ?? 0
  }

  async #stall(error: unknown): Promise<void> {
    const { backoff, random, now, emit } = this.#init
    const milliseconds = backoffMs(++this.#stalls, backoff, random)
    const nextAt = now() + milliseconds
    emit({ type: 'stalled', error, nextAt })
    // Being woken by each new decision would make it a busy loop.
    for (let left = milliseconds; this.#open && left > 0; left = nextAt - now()) {
      await this.#sleeper.sleep(Math.min(left, milliseconds))
    }
  }
}

function named({ id, key, version }: Item): Pick<Item, 'id' | 'key' | 'version'> {
  return { id, key, version }
}

function isClosed(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'ERR_STORE_CLOSED' || code === 'ERR_PUBLISH_CLOSED'
}
