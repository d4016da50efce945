import { setImmediate as turn } from 'node:timers/promises'
import type { ContextStore } from '@bzzz/context-store'
import { Announcer } from './announcer.ts'
import { facetKeysOf } from './facets.ts'
import { backoffMs } from './join/backoff.ts'
import { collectionOf } from './manifest.ts'
import type { Timing } from './timing.ts'

export interface RenewalComponents {
  /** What this node holds and may announce. */
  readonly store: ContextStore
  /** `did:key` of this node: what it wrote is its own. */
  readonly self: string
  readonly timing: Timing
  /**
   * Puts the manifest of a collection and provides it. Does not reject.
   *
   * @returns how many peers stored it, 0 where it failed; undefined where it is not this node's to put.
   */
  readonly publish: (collection: string) => Promise<number | undefined>
  /** Says that this node holds what a DHT key names. @returns as `publish`. */
  readonly provide: (key: string) => Promise<number | undefined>
  /** True where there is nobody to tell: whoever joins is told. */
  readonly isAlone: () => boolean
}

const HOUR = 3_600_000
/** How often all is put again: others keep a value for 36 hours and a provider for 48. */
const RENEW_MS = 12 * HOUR
// As many as a bucket of the DHT holds: who joins after that is served by those.
const ENOUGH = 8
// Where a few hold it, it is found: the others have time until all have met who are about to, as after a
// partition, when each put would meet all the rest that is to be done.
const FEW = 3
const SOON_MS = 5000
const RETRY = { baseMs: 5000, capMs: 600_000 }
const EVERYTHING = 'ucxl://any:any@any:any/**'
// Contexts looked at before others get a turn.
const SCAN_STEP = 256

interface Entry {
  /** Peers that stored it at the last put. */
  stored: number
  failures: number
  cancel: () => void
}

/**
 * Keeps in the DHT what this node has to say there: the manifests of its own collections, and a
 * provider entry for each project and agent that it holds anything for. After a start it says what the
 * store holds, and what comes into it; then again every twelve hours, sooner where too few took it.
 */
export class Renewal {
  readonly #with: RenewalComponents
  readonly #announcer: Announcer
  readonly #entries = new Map<string, Entry>()
  readonly #stop = new AbortController()
  #scanning = Promise.resolve()
  #cancelRound = (): void => {}
  #cancelSoon: (() => void) | undefined
  #unwatch = (): void => {}

  constructor(components: RenewalComponents) {
    this.#with = components
    this.#announcer = new Announcer(async (name) => this.#put(name), components.timing)
  }

  /** Begins to look through the store, in the background. */
  start(): void {
    const { store, self } = this.#with
    // From now on first: between the two nothing is missed.
    this.#unwatch = store.watch((changes) => {
      for (const { record } of changes) {
        this.#addFacets(record.key)
        // Also what another process wrote into the same file.
        if (record.writer === self) this.announce(collectionOf(record.key))
      }
    })
    this.#scanning = this.#scan()
    this.#scheduleRound()
  }

  /** Puts a collection soon, once for many requests in quick succession, and from then on again. */
  announce(collection: string): void {
    this.#add(collection)
    this.#announcer.request(collection)
  }

  /** Puts a collection again in time, which somebody else just put. */
  keep(collection: string): void {
    this.#add(collection)
  }

  /** Says from now on that this node holds what a DHT key names. */
  provide(key: string): void {
    this.#addNew(key)
  }

  /** Tells who is new of what too few know of. */
  onJoined(): void {
    this.#putAgain(FEW)
    const { schedule, random } = this.#with.timing
    this.#cancelSoon ??= schedule(
      () => {
        this.#cancelSoon = undefined
        this.#putAgain(ENOUGH)
      },
      Math.floor(SOON_MS * (0.5 + random())),
    )
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    this.#cancelSoon?.()
    this.#unwatch()
    this.#cancelRound()
    for (const { cancel } of this.#entries.values()) cancel()
    await this.#announcer.stop()
    await this.#scanning
  }

  /** Puts again what fewer than so many hold. */
  #putAgain(wanted: number): void {
    for (const [name, { stored }] of this.#entries)
      if (stored < wanted) this.#announcer.request(name)
  }

  async #scan(): Promise<void> {
    const { store, self } = this.#with
    const { signal } = this.#stop
    let count = 0
    try {
      for await (const { record } of store.list(EVERYTHING, { signal })) {
        this.#addFacets(record.key)
        if (record.writer === self) this.#addNew(collectionOf(record.key))
        if (++count % SCAN_STEP === 0) await turn()
      }
    } catch {
      // A store that is closed or cannot be read says so to those who use it.
    }
  }

  #addFacets(key: string): void {
    for (const facet of facetKeysOf(key)) this.#addNew(facet)
  }

  #addNew(name: string): void {
    if (this.#entries.has(name)) return
    this.#add(name)
    this.#announcer.request(name)
  }

  #add(name: string): void {
    if (this.#entries.has(name)) return
    this.#entries.set(name, { stored: 0, failures: 0, cancel: () => {} })
  }

  #scheduleRound(): void {
    const { schedule, random } = this.#with.timing
    // A fifth earlier or later, so that nodes that started together do not put together for ever.
    const inMs = Math.floor(RENEW_MS * (0.8 + 0.4 * random()))
    this.#cancelRound = schedule(() => {
      for (const name of this.#entries.keys()) this.#announcer.request(name)
      this.#scheduleRound()
    }, inMs)
  }

  async #put(name: string): Promise<void> {
    const { publish, provide, isAlone, timing } = this.#with
    const entry = this.#entries.get(name)
    if (!entry || isAlone()) return
    entry.cancel()
    const stored = await (name.startsWith('/') ? provide(name) : publish(name))
    if (stored === undefined) {
      this.#entries.delete(name)
      return
    }
    entry.stored = stored
    entry.failures = stored > 0 ? 0 : entry.failures + 1
    if (stored > 0 || this.#stop.signal.aborted) return
    const inMs = backoffMs(entry.failures, timing.random(), RETRY)
    entry.cancel = timing.schedule(() => this.#announcer.request(name), inMs)
  }
}
