import type { FoundValue, GetOptions, InvalidAnswer, Receipt } from '@bzzz/dht'
import type { Host } from './host.ts'
import { placeOf } from './ids.ts'
import { Lookup, type LookupResult } from './lookup.ts'
import type { Held } from './storage.ts'
import { notFound, refusedError } from './values.ts'
import type { World } from './world.ts'

interface Line {
  held: Held
  /** When it was put, by the network's clock. */
  readonly at: number
  /** Who put it, and so holds it beside those who are closest to the key. */
  writer: Host
  /** What those hold who put something before. */
  readonly earlier: Map<Host, Held>
}

const NO_INVALID: readonly InvalidAnswer[] = Object.freeze([])

/**
 * What was put on a calm network, where messages take no time, none gets lost and nobody looks. There a
 * lookup finds the nodes that are closest to a key, all of them answer, and all the same: so a value is
 * written down once, at nearly the speed of a map, and handed to those who hold it, by a lookup, when
 * something is about to change or to look.
 */
export class Ledger {
  readonly #world: World
  readonly #validityMs: number
  readonly #lines = new Map<string, Line>()
  /** True while no node holds a value, so that what is not written here does not exist. */
  #isWhole = true

  constructor(world: World, validityMs: number) {
    this.#world = world
    this.#validityMs = validityMs
  }

  /** True where a node's puts and gets may be answered from here. */
  serves(host: Host): boolean {
    const world = this.#world
    const known = host.table.size
    return (
      this.#isWhole && world.isCalm && known > 0 && (world.isOne || known === world.upCount - 1)
    )
  }

  /**
   * @returns undefined where nodes must hold the value of another time beside this one.
   * @throws `ERR_DHT_REFUSED`, and what {@link Host.check} throws.
   */
  put(host: Host, key: string, value: Uint8Array): Receipt | undefined {
    const world = this.#world
    const line = this.#lines.get(key)
    if (line && line.at !== world.clock.now) return undefined
    const bytes = new Uint8Array(value)
    host.check(key, bytes)
    const held = { bytes, rules: host.rules, stamp: world.nextStamp() }
    const stored = this.#storers()
    if (!line) {
      this.#lines.set(key, { held, at: world.clock.now, writer: host, earlier: new Map() })
    } else {
      if (host.isWorse(key, line.held, held)) throw refusedError(key)
      if (line.writer !== host) {
        line.earlier.set(line.writer, line.held)
        line.earlier.delete(host)
        line.writer = host
      }
      line.held = held
    }
    world.countCalm('putValue', host, stored, key, bytes.length, false)
    return receiptOf(stored)
  }

  /** @throws `ERR_DHT_NOT_FOUND`. */
  get(host: Host, key: string, options: GetOptions | undefined): FoundValue {
    const line = this.#line(key)
    const storers = this.#storers()
    const answered = line ? Math.min(options?.quorum ?? storers, storers) : storers
    const length = line ? line.held.bytes.length : 0
    this.#world.countCalm('getValue', host, answered, key, length, line === undefined)
    if (!line) throw notFound(key, answered, NO_INVALID)
    // Who sees a better value than its own keeps that one.
    if (line.earlier.size > 0 && line.earlier.has(host)) line.earlier.set(host, line.held)
    return { value: new Uint8Array(line.held.bytes), answered, invalid: NO_INVALID }
  }

  /** Hands what is written here to the nodes that hold it. To be called before anything changes. */
  flush(): void {
    if (this.#lines.size === 0) return
    const lines = [...this.#lines]
    this.#lines.clear()
    this.#isWhole = false
    const { wire } = this.#world
    wire.instant = true
    try {
      for (const [key, line] of lines) {
        for (const [{ storage, skewMs }, held] of this.#holders(key, line)) {
          storage.keep(key, held, line.at + skewMs, line.at)
        }
      }
    } finally {
      wire.instant = false
    }
  }

  /** Says that nodes hold values of their own from now on. */
  close(): void {
    this.flush()
    this.#isWhole = false
  }

  /** Who holds what: those who put something, and those who are closest to the key. */
  #holders(key: string, { held, writer, earlier }: Line): Map<Host, Held> {
    const { wire, bucketSize, alpha } = this.#world
    const holders = new Map([...earlier, [writer, held] as const])
    for (const host of [writer, ...earlier.keys()]) {
      const message = { kind: 'find-node', key, target: placeOf(key) } as const
      const done = ({ closest }: LookupResult): void => {
        for (const peer of closest) holders.set(peer, held)
      }
      new Lookup({ wire, host, message, bucketSize, alpha, done }).start()
    }
    return holders
  }

  #line(key: string): Line | undefined {
    const line = this.#lines.get(key)
    return line && this.#world.clock.now - line.at < this.#validityMs ? line : undefined
  }

  /** How many nodes hold an entry, without the one that asks. */
  #storers(): number {
    return Math.min(this.#world.upCount - 1, this.#world.bucketSize)
  }
}

let lastReceipt: Receipt = Object.freeze({ stored: 0, refused: 0, unreachable: 0 })

/** The same receipt, frozen, as long as the number is the same, which it most often is. */
function receiptOf(stored: number): Receipt {
  if (lastReceipt.stored !== stored) {
    lastReceipt = Object.freeze({ stored, refused: 0, unreachable: 0 })
  }
  return lastReceipt
}
