import type { Change } from '@bzzz/context-store'
import { addressOfVersion } from './addresses.ts'
import { isContentOf } from './follow-load.ts'
import type { FetchBytes, WaitingDecision } from './follow-store.ts'
import { textOf } from './follow-words.ts'
import type { Schedule } from './webhook-runner.ts'

/** The first decision of an agent that could not be taken, which the others of that agent wait behind. */
export interface Lane {
  readonly agent: string
  readonly change: Change
  readonly attempts: number
  reason: string
  /**
   * - `asking`: its bytes are asked for elsewhere, or that is about to begin.
   * - `resting`: until the next attempt.
   * - `ripe`: it is to be tried again.
   */
  state: 'asking' | 'resting' | 'ripe'
  /** Bytes that came, and that are the right ones. */
  bytes?: Uint8Array
}

/** Why a change could not be taken; `missing`: for want of its bytes. */
export interface Obstacle {
  readonly change: Change
  readonly reason: string
  readonly isMissing: boolean
}

export interface LanesInit {
  readonly fetch?: FetchBytes | undefined
  readonly retryMs: number
  readonly fetchMs: number
  readonly concurrency: number
  readonly schedule: Schedule
  /** Ends what is asked for. */
  readonly signal: AbortSignal
  /** Told when there is a lane to be tried again, or nothing is asked for any more. */
  readonly onNews: () => void
}

/** All that waits, by agent; and the bytes that are asked for elsewhere. */
export class Lanes {
  readonly #init: LanesInit
  readonly #lanes = new Map<string, Lane>()
  readonly #queue: Lane[] = []
  readonly #timers = new Map<Lane, () => void>()
  #asking = 0

  constructor(init: LanesInit) {
    this.#init = init
  }

  get size(): number {
    return this.#lanes.size
  }

  /** Whether bytes are being asked for. */
  get isAsking(): boolean {
    return this.#asking > 0 || this.#queue.length > 0
  }

  /** The sequence of the first change that waits; Infinity where none does. */
  get first(): number {
    let first = Number.POSITIVE_INFINITY
    for (const { change } of this.#lanes.values()) first = Math.min(first, change.sequence)
    return first
  }

  get waiting(): readonly WaitingDecision[] {
    return Array.from(this.#lanes.values(), ({ change, attempts, reason }) => {
      const { sequence, id, record } = change
      const { key, version } = record
      return Object.freeze({ sequence, id, key, version, attempts, reason })
    }).toSorted((one, other) => one.sequence - other.sequence)
  }

  has(agent: string): boolean {
    return this.#lanes.has(agent)
  }

  /** The lanes that are to be tried again. */
  ripe(): readonly Lane[] {
    return [...this.#lanes.values()].filter(({ state }) => state === 'ripe')
  }

  /** Lets an agent's decisions wait behind one of them. */
  block(agent: string, { change, reason, isMissing }: Obstacle): void {
    const before = this.#lanes.get(agent)
    const isSame = before?.change.sequence === change.sequence
    const attempts = (isSame ? before.attempts : 0) + 1
    const lane: Lane = { agent, change, attempts, reason, state: 'asking' }
    this.#lanes.set(agent, lane)
    if (!isMissing || !this.#init.fetch) {
      this.#rest(lane)
      return
    }
    this.#queue.push(lane)
    this.#askNext(this.#init.fetch)
  }

  /** Nothing of an agent's waits any more. */
  free(agent: string): void {
    this.#lanes.delete(agent)
  }

  close(): void {
    this.#queue.length = 0
    for (const cancel of this.#timers.values()) cancel()
    this.#timers.clear()
  }

  #rest(lane: Lane): void {
    const { schedule, retryMs, signal, onNews } = this.#init
    if (signal.aborted) return
    lane.state = 'resting'
    const cancel = schedule(() => {
      this.#timers.delete(lane)
      lane.state = 'ripe'
      onNews()
    }, retryMs)
    this.#timers.set(lane, cancel)
  }

  #askNext(fetch: FetchBytes): void {
    while (this.#asking < this.#init.concurrency) {
      const lane = this.#queue.shift()
      if (!lane) return
      this.#asking++
      void this.#ask(lane, fetch).finally(() => {
        this.#asking--
        this.#askNext(fetch)
        this.#init.onNews()
      })
    }
  }

  async #ask(lane: Lane, fetch: FetchBytes): Promise<void> {
    const { change } = lane
    try {
      const bytes = await this.#inTime(async (signal) =>
        fetch(addressOfVersion(change.record.key, change.record.version), { signal }),
      )
      if (bytes && isContentOf(change, bytes)) {
        lane.bytes = bytes
        lane.state = 'ripe'
        return
      }
      if (bytes) lane.reason = 'what came are not the bytes of its content id'
    } catch (error) {
      lane.reason = `its bytes could not be fetched: ${textOf(error)}`
    }
    this.#rest(lane)
  }

  /** Past the deadline the work's signal fires, and it is not waited for, whether it heeds that or not. */
  async #inTime<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    const { schedule, fetchMs, signal } = this.#init
    const own = new AbortController()
    const ended = Promise.withResolvers<never>()
    const end = (reason: unknown): void => {
      own.abort(reason)
      ended.reject(reason)
    }
    const onAbort = (): void => end(signal.reason)
    const cancel = schedule(() => end(new Error(`no answer within ${fetchMs} ms`)), fetchMs)
    signal.addEventListener('abort', onAbort)
    try {
      signal.throwIfAborted()
      return await Promise.race([work(own.signal), ended.promise])
    } finally {
      cancel()
      signal.removeEventListener('abort', onAbort)
    }
  }
}
