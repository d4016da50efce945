import type { Schedule } from '@bzzz/context-store'

// What takes longer than this holds its lane no more: a peer may be slow on purpose.
const SLOW_MS = 2000

/** A piece of work that asks one peer. Its `run` must not reject. */
export interface Work {
  readonly peer: string
  readonly run: () => Promise<void>
  /** Of those with the same, one after the other: what the first one brings the next need not. */
  readonly lane?: string | undefined
}

export interface WorkQueueInit {
  readonly schedule: Schedule
  /** Pieces that run at once, at most. */
  readonly parallel: number
  /** Pieces for one peer that run at once, at most. */
  readonly perPeer: number
  /** Pieces that wait, at most: the oldest is dropped for one more. */
  readonly waiting: number
  /** Told of each piece that was dropped. */
  readonly onDropped: (name: string) => void
}

/**
 * Runs pieces of work by name: never two of one name at once, and of those that wait under one name the
 * latest alone.
 */
export class WorkQueue {
  readonly #init: WorkQueueInit
  readonly #waiting = new Map<string, Work>()
  readonly #running = new Map<string, Work>()
  readonly #lanes = new Map<string, Work>()
  #idle: PromiseWithResolvers<void> | undefined
  #open = true

  constructor(init: WorkQueueInit) {
    this.#init = init
  }

  request(name: string, work: Work): void {
    if (!this.#open) return
    this.#waiting.set(name, work)
    const [oldest] = this.#waiting.keys()
    if (this.#waiting.size > this.#init.waiting && oldest !== undefined) {
      this.#waiting.delete(oldest)
      this.#init.onDropped(oldest)
    }
    this.#next()
  }

  /** Resolves when nothing runs or waits. */
  async idle(): Promise<void> {
    if (this.#waiting.size + this.#running.size === 0) return
    this.#idle ??= Promise.withResolvers<void>()
    await this.#idle.promise
  }

  /** Drops what waits, and resolves when what runs has ended. */
  async stop(): Promise<void> {
    this.#open = false
    this.#waiting.clear()
    await this.idle()
  }

  #next(): void {
    for (const [name, work] of this.#waiting) {
      if (this.#running.size >= this.#init.parallel) return
      if (this.#running.has(name) || this.#busy(work.peer) >= this.#init.perPeer) continue
      if (work.lane !== undefined && this.#lanes.has(work.lane)) continue
      this.#waiting.delete(name)
      this.#running.set(name, work)
      void this.#run(name, work)
    }
  }

  async #run(name: string, work: Work): Promise<void> {
    const leave = this.#enter(work)
    await work.run()
    leave()
    this.#running.delete(name)
    this.#next()
    if (this.#waiting.size + this.#running.size > 0) return
    this.#idle?.resolve()
    this.#idle = undefined
  }

  /** Holds the lane of a piece of work until it ends, or takes too long. */
  #enter(work: Work): () => void {
    const { lane } = work
    if (lane === undefined) return () => {}
    this.#lanes.set(lane, work)
    const free = (): void => {
      if (this.#lanes.get(lane) === work) this.#lanes.delete(lane)
    }
    const cancel = this.#init.schedule(() => {
      free()
      this.#next()
    }, SLOW_MS)
    return () => {
      cancel()
      free()
    }
  }

  #busy(peer: string): number {
    let busy = 0
    for (const work of this.#running.values()) if (work.peer === peer) busy++
    return busy
  }
}
