import type { Access, Change, ContextStore } from '@bzzz/context-store'
import { compilePattern, parse } from '@bzzz/ucxl-address'
import { UcxiError } from './errors.ts'
import { patternOf } from './pattern-cost.ts'
import { eventText } from './event-text.ts'
import type { Mark } from './trust.ts'
import type { SubscribeOptions, Subscription } from './ucxi.ts'

// What is kept for readers that keep up; who falls behind it reads the store's log instead.
const RING_CHANGES = 1024
const RING_CHARACTERS = 1024 * 1024
// A lot is what a reader gets at once: what it cannot take is bounded by this.
const LOT_CHANGES = 256
const LOT_CHARACTERS = 64 * 1024
const LOG_PAGE = 256

/** What one subscriber is read to with. */
interface Reading {
  readonly place: { position: number }
  readonly fits: (change: Change) => boolean
  readonly signal: AbortSignal | undefined
  readonly leave: () => void
}

/**
 * The one reader of a store's changes, for all subscribers. It reads while there are any. None has a
 * queue of its own: each takes from the shared ring when it is ready, or from the log when the ring
 * has moved on, so that memory does not grow with the number or the slowness of readers.
 */
export class Feed {
  readonly #store: ContextStore
  readonly #mark: Mark
  /** The newest changes, in order. All that came after `#before` are in it. */
  #ring: Change[] = []
  #characters = 0
  #before = 0
  #newest = 0
  #readers = 0
  #started: Promise<void> | undefined
  #stop: (() => void) | undefined
  /** Those that wait for the next change, each with what wakes it. */
  readonly #waiting = new Set<() => void>()

  /** @param mark says of each change how far its signer is known. */
  constructor(store: ContextStore, mark: Mark = (version) => version) {
    this.#store = store
    this.#mark = mark
  }

  /** @throws `ERR_UCXI_REQUEST` for a place that the log has not reached; AddressErrors. */
  async subscribe(options: SubscribeOptions, access?: Access): Promise<Subscription> {
    const fits = filterOf(options.pattern, access)
    await this.#enter()
    const { after = this.#newest, signal } = options
    // However it ends, and whether or not it was ever read, it is counted out once.
    let left = false
    const leave = (): void => {
      if (!left) this.#leave()
      left = true
    }
    try {
      if (after > this.#newest) await this.#assertReached(after)
      signal?.throwIfAborted()
    } catch (error) {
      leave()
      throw error
    }
    signal?.addEventListener('abort', leave, { once: true })
    return new Reader(after, (place) => this.#lots({ place, fits, signal, leave }))
  }

  async *#lots({ place, fits, signal, leave }: Reading): AsyncGenerator<readonly Change[]> {
    let wake: (() => void) | undefined
    const end = (): void => wake?.()
    signal?.addEventListener('abort', end, { once: true })
    try {
      // oxlint-disable-next-line eslint/no-unmodified-loop-condition -- a signal is aborted by others
      while (!signal?.aborted) {
        const behind = place.position < this.#before
        const changes = behind
          ? await this.#fromLog(place.position)
          : this.#fromRing(place.position)
        const lot: Change[] = []
        let characters = 0
        for (const change of changes) {
          place.position = change.sequence
          if (!fits(change)) continue
          lot.push(change)
          characters += eventText(change).length
          if (characters >= LOT_CHARACTERS) break
        }
        if (lot.length > 0) yield lot
        else if (changes.length === 0 && this.#isRead(place.position)) {
          await new Promise<void>((resume) => {
            wake = resume
            this.#waiting.add(resume)
          })
        }
      }
    } finally {
      signal?.removeEventListener('abort', end)
      if (wake) this.#waiting.delete(wake)
      signal?.removeEventListener('abort', leave)
      leave()
    }
  }

  /** True where nothing that is known of comes after this place. */
  #isRead(position: number): boolean {
    return position >= this.#newest && position >= this.#before
  }

  #fromRing(position: number): readonly Change[] {
    if (position >= this.#newest) return []
    let low = 0
    let high = this.#ring.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#ring[middle]?.sequence ?? 0) <= position) low = middle + 1
      else high = middle
    }
    return this.#ring.slice(low, low + LOT_CHANGES)
  }

  async #fromLog(position: number): Promise<readonly Change[]> {
    const changes = await this.#store.changes({ after: position, limit: LOG_PAGE })
    // A long way back must not keep everybody else waiting.
    await new Promise((resume) => setImmediate(resume))
    if (changes.length === 0) this.#before = Math.min(this.#before, position)
    return changes.map((change) => this.#mark(change))
  }

  async #enter(): Promise<void> {
    this.#readers++
    this.#started ??= this.#start()
    try {
      await this.#started
    } catch (error) {
      this.#leave()
      throw error
    }
  }

  #leave(): void {
    if (--this.#readers > 0) return
    this.#stop?.()
    this.#stop = undefined
    this.#started = undefined
    this.#ring = []
    this.#characters = 0
  }

  async #start(): Promise<void> {
    this.#newest = this.#before = 0
    const early: Change[] = []
    let ready = false
    this.#stop = this.#store.watch((changes) => {
      if (ready) this.#add(changes)
      else early.push(...changes)
    })
    this.#newest = this.#before = await lastSequence(this.#store)
    ready = true
    this.#add(early)
  }

  #add(changes: readonly Change[]): void {
    for (const added of changes) {
      if (added.sequence <= this.#newest) continue
      const change = this.#mark(added)
      this.#ring.push(change)
      this.#characters += eventText(change).length
      this.#newest = change.sequence
    }
    let out = Math.max(0, this.#ring.length - RING_CHANGES)
    let characters = this.#characters
    for (const [place, change] of this.#ring.entries()) {
      if (place >= out && characters <= RING_CHARACTERS) break
      characters -= eventText(change).length
      out = Math.max(out, place + 1)
    }
    if (out > 0) {
      this.#before = this.#ring[out - 1]?.sequence ?? this.#before
      this.#ring = this.#ring.slice(out)
      this.#characters = characters
    }
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const wake of waiting) wake()
  }

  async #assertReached(after: number): Promise<void> {
    const reached = await this.#store.changes({ after: after - 1, limit: 1 })
    if (reached.length > 0) return
    throw new UcxiError(
      'ERR_UCXI_REQUEST',
      `Expected the id of an event of this node, at most ${this.#newest}; got ${after}: it is another node's, or was never given`,
    )
  }
}

class Reader implements Subscription {
  position: number
  readonly #lots: (place: { position: number }) => AsyncGenerator<readonly Change[]>

  constructor(
    position: number,
    lots: (place: { position: number }) => AsyncGenerator<readonly Change[]>,
  ) {
    this.position = position
    this.#lots = lots
  }

  [Symbol.asyncIterator](): AsyncIterator<readonly Change[]> {
    return this.#lots(this)
  }
}

function filterOf(
  pattern: string | undefined,
  access: Access | undefined,
): (change: Change) => boolean {
  const compiled = pattern === undefined ? undefined : compilePattern(patternOf(parse(pattern)))
  return ({ record: { key } }) =>
    (compiled === undefined || compiled.testKey(key)) &&
    (access === undefined || access.may('read', key))
}

/** The sequence of the newest change; 0 where there is none. */
async function lastSequence(store: ContextStore): Promise<number> {
  const isAfter = async (sequence: number): Promise<boolean> =>
    (await store.changes({ after: sequence, limit: 1 })).length > 0
  let beyond = 1
  while (await isAfter(beyond)) beyond *= 2
  let reached = -1
  while (beyond - reached > 1) {
    const middle = Math.floor((reached + beyond) / 2)
    if (await isAfter(middle)) reached = middle
    else beyond = middle
  }
  return beyond
}
