import type { FoundValue, GetOptions, InvalidAnswer, Receipt } from '@bzzz/dht'
import type { Host } from './host.ts'
import { placeOf } from './ids.ts'
import type { Held } from './storage.ts'
import { notFound, refusedError } from './values.ts'
import type { World } from './world.ts'

interface Line {
  held: Held
  /** When it was put, by the network's clock. */
  readonly at: number
  /** Who put it, and so holds it beside those who are closest to the key. */
  readonly writers: Host[]
}

const NO_INVALID: readonly InvalidAnswer[] = Object.freeze([])

/**
 * What was put on a calm network, where messages take no time and none gets lost, between nodes that all
 * know one another. There every node that is asked answers, and all of them the same: so a value is
 * written down once, and handed to those who hold it when something is about to change or to look. What
 * is stored, answered and counted is the same, at nearly the speed of a map.
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
    return (
      this.#isWhole && world.isCalm && host.table.size > 0 && host.table.size === world.upCount - 1
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
    const stored = this.#storers(host)
    if (!line) {
      this.#lines.set(key, { held, at: world.clock.now, writers: [host] })
    } else {
      if (host.isWorse(key, line.held, held)) throw refusedError(key)
      line.held = held
      if (!line.writers.includes(host)) line.writers.push(host)
    }
    world.countCalm('putValue', host, stored, key.length + bytes.length, false)
    return receiptOf(stored)
  }

  /** @throws `ERR_DHT_NOT_FOUND`. */
  get(host: Host, key: string, options: GetOptions | undefined): FoundValue {
    const line = this.#line(key)
    const storers = this.#storers(host)
    const answered = line ? Math.min(options?.quorum ?? storers, storers) : storers
    const length = line ? line.held.bytes.length : 0
    this.#world.countCalm('getValue', host, answered, key.length + length, line === undefined)
    if (!line) throw notFound(key, answered, NO_INVALID)
    return { value: new Uint8Array(line.held.bytes), answered, invalid: NO_INVALID }
  }

  /** Hands what is written here to the nodes that hold it. */
  flush(): void {
    if (this.#lines.size === 0) return
    for (const [key, line] of this.#lines) {
      const place = placeOf(key)
      const holders = new Set(
        line.writers.flatMap((host) => [
          host,
          ...host.table.closest(place, this.#world.bucketSize),
        ]),
      )
      for (const { storage, skewMs } of holders) {
        storage.keep(key, line.held, line.at + skewMs, line.at)
      }
    }
    this.#lines.clear()
    this.#isWhole = false
  }

  /** Says that nodes hold values of their own from now on. */
  close(): void {
    this.flush()
    this.#isWhole = false
  }

  #line(key: string): Line | undefined {
    const line = this.#lines.get(key)
    return line && this.#world.clock.now - line.at < this.#validityMs ? line : undefined
  }

  /** How many nodes hold an entry, without the one that asks. */
  #storers({ table }: Host): number {
    return Math.min(table.size, this.#world.bucketSize)
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
