import type { Change } from '@bzzz/context-store'
import { DECISION_MEDIA_TYPE } from '@bzzz/decision-schema'
import type { Delivery } from './check-delivery.ts'
import { SlurpError } from './errors.ts'
import { Lanes, type Lane, type Obstacle } from './follow-lanes.ts'
import { loadChange, type Loaded } from './follow-load.ts'
import type { FollowStoreInit, WaitingDecision } from './follow-store.ts'
import { agentOf, isClosed, isPassing, nameOf, textOf } from './follow-words.ts'
import { problemOf } from './problem.ts'

type Optional = 'fetch' | 'onTaken' | 'onRefused' | 'onError'
export type FollowerInit = Required<Omit<FollowStoreInit, Optional>> &
  Pick<FollowStoreInit, Optional>

/** A change on its way in: what to deliver, or why it cannot be. */
interface Entry {
  readonly change: Change
  readonly delivery?: Delivery
  readonly error?: unknown
}

// Changes that are read at once.
const PAGE = 64
// Bytes of decisions that are taken in at once, and in memory.
const LOT_BYTES = 4 * 1024 * 1024

/** Reads a log in its order, and goes back for what had to wait. One thing at a time. */
export class Follower {
  readonly #init: FollowerInit
  readonly #lanes: Lanes
  readonly #closing = new AbortController()
  readonly #unwatch: () => void
  readonly #ended: Promise<void>
  #read: number
  #asked: (() => void)[] = []
  #isWoken = false
  #wake: (() => void) | undefined

  constructor(init: FollowerInit) {
    this.#init = init
    this.#read = init.after
    const { signal } = this.#closing
    this.#lanes = new Lanes({ ...init, signal, onNews: () => this.#news() })
    // Before the first look, so that nothing falls between them.
    this.#unwatch = init.store.watch(() => this.#news())
    this.#ended = this.#run()
  }

  get position(): number {
    return Math.min(this.#read, this.#lanes.first - 1)
  }

  get waiting(): readonly WaitingDecision[] {
    return this.#lanes.waiting
  }

  async settled(): Promise<void> {
    if (!this.#isOpen) return
    await new Promise<void>((resolve) => {
      this.#asked.push(resolve)
      this.#news()
    })
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('following was ended'))
    this.#news()
    await this.#ended
  }

  get #isOpen(): boolean {
    return !this.#closing.signal.aborted
  }

  #news(): void {
    this.#isWoken = true
    this.#wake?.()
  }

  /** Until there is news: at once where it came since the last sleep. */
  async #sleep(): Promise<void> {
    if (!this.#isWoken && this.#isOpen) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    this.#isWoken = false
  }

  async #run(): Promise<void> {
    let isBegun = false
    while (this.#isOpen) {
      try {
        if (!isBegun) await this.#begin()
        isBegun = true
        await this.#goOn()
      } catch (error) {
        if (!this.#isOpen) break
        this.#tell(this.#init.onError, error)
        if (isClosed(error)) break
        await this.#pause()
      }
    }
    this.#closing.abort(new Error('following has ended'))
    this.#unwatch()
    this.#lanes.close()
    for (const resolve of this.#asked.splice(0)) resolve()
  }

  async #begin(): Promise<void> {
    if (this.#read === 0) return
    const [last] = await this.#init.store.changes({ after: this.#read - 1, limit: 1 })
    // A log that ends before is another one, or its end lost its place: all is known, or is new.
    if (!last) this.#read = 0
  }

  /** One step: what waited and can be tried, then a page of the log, else a sleep. */
  async #goOn(): Promise<void> {
    this.#isWoken = false
    const asked = this.#asked.length
    for (const lane of this.#lanes.ripe()) await this.#goBack(lane)
    if (this.#lanes.size < this.#init.maxWaiting) {
      const { store } = this.#init
      const page = await store.changes({ after: this.#read, limit: PAGE })
      const last = page.at(-1)
      if (last) {
        await this.#take(page.filter(({ record }) => !this.#lanes.has(agentOf(record))))
        this.#read = last.sequence
        return
      }
    }
    if (!this.#lanes.isAsking && this.#lanes.ripe().length === 0) {
      for (const resolve of this.#asked.splice(0, asked)) resolve()
    }
    await this.#sleep()
  }

  /** A pause after a failure: being woken by each new change would make it a busy loop. */
  async #pause(): Promise<void> {
    const { schedule, retryMs } = this.#init
    const { signal } = this.#closing
    const { promise, resolve } = Promise.withResolvers<void>()
    const cancel = schedule(resolve, retryMs)
    const onAbort = (): void => resolve()
    signal.addEventListener('abort', onAbort)
    await promise
    cancel()
    signal.removeEventListener('abort', onAbort)
  }

  /** Reads the log once more from where an agent's decisions began to wait, for that agent alone. */
  async #goBack(lane: Lane): Promise<void> {
    const { agent, bytes } = lane
    let after = lane.change.sequence - 1
    while (after < this.#read) {
      const page = await this.#init.store.changes({ after, limit: PAGE })
      const own = page.filter(({ record }) => agentOf(record) === agent)
      if (await this.#take(own, bytes)) return
      after = page.at(-1)?.sequence ?? this.#read
    }
    this.#lanes.free(agent)
  }

  /** Takes changes in, in their order. @returns whether something has to wait */
  async #take(changes: readonly Change[], fetched?: Uint8Array): Promise<boolean> {
    const waiting = new Map<string, Obstacle>()
    let lot: Entry[] = []
    let size = 0
    for (const change of changes) {
      const { record } = change
      if (record.content_type !== DECISION_MEDIA_TYPE || waiting.has(agentOf(record))) continue
      const loaded = await this.#load(change, fetched)
      if ('error' in loaded) lot.push({ change, error: loaded.error })
      else if (loaded.state === 'loaded') {
        lot.push({ change, delivery: loaded.delivery })
        size += loaded.size
      } else if (loaded.state === 'missing') {
        const reason = 'its bytes are not here'
        waiting.set(agentOf(record), { change, reason, isMissing: true })
      }
      if (size >= LOT_BYTES) {
        await this.#ingest(lot, waiting)
        lot = []
        size = 0
      }
    }
    await this.#ingest(lot, waiting)
    for (const [agent, obstacle] of waiting) this.#lanes.block(agent, obstacle)
    return waiting.size > 0
  }

  async #load(change: Change, fetched?: Uint8Array): Promise<Loaded | { readonly error: unknown }> {
    try {
      return await loadChange(change, this.#init, fetched)
    } catch (error) {
      // A store that fails is no fault of the decision.
      if (SlurpError.is(error)) return { error }
      throw error
    }
  }

  async #ingest(lot: readonly Entry[], waiting: Map<string, Obstacle>): Promise<void> {
    const { slurp, onTaken, onRefused, onError } = this.#init
    const { signal } = this.#closing
    const deliveries = lot.flatMap(({ delivery }) => delivery ?? [])
    const outcomes = (await slurp.ingestAll(deliveries, { signal })).values()
    for (const { change, delivery, error: before } of lot) {
      const { ingested, error } = delivery
        ? (outcomes.next().value ?? { error: new Error('no word of what became of it') })
        : { ingested: undefined, error: before }
      const agent = agentOf(change.record)
      if (ingested) {
        if (ingested.isNew) this.#tell(onTaken, { ...nameOf(change), ingested })
      } else if (isPassing(error)) {
        if (isClosed(error)) throw error
        this.#tell(onError, error)
        // Of several, those behind the first will be known when they come again.
        const first = waiting.get(agent)?.change.sequence ?? Number.POSITIVE_INFINITY
        if (change.sequence < first)
          waiting.set(agent, { change, reason: textOf(error), isMissing: false })
      } else {
        const { code } = problemOf(error)
        this.#tell(onRefused, { ...nameOf(change), code, error: error as Error })
      }
    }
  }

  #tell<Value>(listener: ((value: Value) => void) | undefined, value: Value): void {
    try {
      listener?.(value)
    } catch {
      // A listener's failure is its own.
    }
  }
}
