import { checkRecord, DhtError, whyInvalid, type RuleBook } from '@bzzz/dht'
import { placeOf, type Place } from './ids.ts'
import { lied, type Lie } from './lies.ts'
import { RoutingTable } from './routing-table.ts'
import type { Held, Storage } from './storage.ts'

export type NodeState = 'up' | 'crashed' | 'closed'

/** What nodes say to one another, and what is asked for. */
export interface Message {
  readonly kind:
    | 'find-node'
    | 'get-value'
    | 'put-value'
    | 'get-providers'
    | 'add-provider'
    | 'request'
    | 'send'
  readonly key: string
  /** What the answer should name peers close to. */
  readonly target?: Place
  readonly held?: Held
  /** Of `request` and `send`: the bytes of a protocol, whose name is the key. */
  readonly bytes?: Uint8Array
}

export interface Reply {
  readonly closer?: readonly Host[]
  readonly held?: Held | undefined
  readonly providers?: readonly string[]
  /** Of a put: whether it was taken, or a better value stands. */
  readonly taken?: boolean
}

export interface HostInit {
  readonly id: string
  readonly index: number
  readonly rules: RuleBook | undefined
  readonly storage: Storage
  readonly bucketSize: number
  /** The network's clock. */
  readonly now: () => number
  /** Peers that do not exist, close to a target: what a misleading node names. */
  readonly ghosts: (target: Place) => readonly Host[]
  /** Where it is, if not where its id says. */
  readonly place?: Place
}

/** The largest value where there are no rules, in bytes. */
const MAX_BYTES = 65_536

/** A node as the others meet it: what it holds, whom it knows, how it answers. */
export class Host implements Place {
  readonly id: string
  readonly index: number
  readonly high: number
  readonly low: number
  readonly rules: RuleBook | undefined
  readonly storage: Storage
  readonly table: RoutingTable<Host>
  state: NodeState = 'up'
  lie: Lie | undefined
  stalled = false
  slowMs = 0
  skewMs = 0
  /** Hears of each peer that this node did not know before. */
  onPeer: ((id: string) => void) | undefined
  readonly ghosts: (target: Place) => readonly Host[]
  readonly #bucketSize: number
  readonly #now: () => number

  constructor(init: HostInit) {
    const { high, low } = init.place ?? placeOf(init.id)
    this.id = init.id
    this.index = init.index
    this.high = high
    this.low = low
    this.rules = init.rules
    this.storage = init.storage
    this.table = new RoutingTable<Host>(this, init.bucketSize)
    this.#bucketSize = init.bucketSize
    this.#now = init.now
    this.ghosts = init.ghosts
  }

  /** What time this node takes it to be. */
  get now(): number {
    return this.#now() + this.skewMs
  }

  meet(other: Host): void {
    if (other !== this && this.table.add(other)) this.onPeer?.(other.id)
  }

  /** @throws `ERR_DHT_INVALID_RECORD`, `ERR_DHT_TOO_LARGE`. */
  check(key: string, value: Uint8Array): void {
    if (this.rules) {
      checkRecord(this.rules, key, value)
    } else if (!isKey(key)) {
      const got = JSON.stringify(key.slice(0, 100))
      throw new DhtError('ERR_DHT_INVALID_RECORD', `Expected a key such as /any/name; got ${got}`)
    } else if (value.length > MAX_BYTES) {
      throw new DhtError(
        'ERR_DHT_TOO_LARGE',
        `Expected at most ${MAX_BYTES} bytes, got ${value.length}`,
      )
    }
  }

  /** Why this node does not believe a value; undefined where it does. */
  doubts(key: string, held: Held): string | undefined {
    if (!this.rules || held.rules === this.rules) return undefined
    return whyInvalid(this.rules, key, held.bytes)
  }

  /** True where the second value should not replace the first one. */
  isWorse(key: string, standing: Held, next: Held): boolean {
    // Most often the later put comes later, and where there are no rules that is all there is to know.
    if (!this.rules && next.stamp > standing.stamp) return false
    if (standing === next || sameBytes(standing.bytes, next.bytes)) return false
    return this.best(key, [standing, next]) === standing
  }

  /** The best of several values that this node believes. */
  best(key: string, found: readonly [Held, ...Held[]]): Held {
    const [first] = found
    if (found.every((held) => held === first)) return first
    if (!this.rules) return found.reduce((a, b) => (b.stamp > a.stamp ? b : a))
    const rules = checkRecord(this.rules, key, first.bytes)
    const values = found.map(({ bytes }) => Uint8Array.from(bytes))
    return found[rules.select(key, values)] ?? first
  }

  /** The value that counts here. */
  value(key: string): Held | undefined {
    return this.storage.value(key, this.now)
  }

  /** Takes a value, unless it is invalid or a better one stands. */
  take(key: string, held: Held): boolean {
    const standing = this.value(key)
    if (standing && this.isWorse(key, standing, held)) return false
    if (this.doubts(key, held) !== undefined) return false
    this.storage.keep(key, held, this.now, this.#now())
    return true
  }

  addProvider(key: string, id: string): void {
    this.storage.addProvider(key, id, this.now, this.#now())
  }

  /** The answer to another node's message, true or not. */
  answer(from: Host, message: Message): Reply {
    this.meet(from)
    return this.lie ? lied(this, this.lie, from, message) : this.honest(from, message)
  }

  honest(from: Host, { kind, key, target, held }: Message): Reply {
    switch (kind) {
      case 'put-value':
        return { taken: held !== undefined && this.take(key, held) }
      case 'add-provider':
        this.addProvider(key, from.id)
        return { taken: true }
      case 'get-value':
        return { held: this.value(key), closer: this.#closer(target) }
      case 'get-providers':
        return { providers: this.storage.providers(key, this.now), closer: this.#closer(target) }
      case 'find-node':
        return { closer: this.#closer(target) }
      case 'request':
      case 'send':
        return {}
    }
  }

  #closer(target: Place | undefined): Host[] {
    return target ? this.table.closest(target, this.#bucketSize) : []
  }
}

/** What `namespaceOf` finds a namespace in, without making a text of it: every put comes by. */
function isKey(key: string): boolean {
  const end = key.indexOf('/', 1)
  return end > 1 && end + 1 < key.length && key.startsWith('/')
}

export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false
  for (let index = 0; index < one.length; index++) if (one[index] !== other[index]) return false
  return true
}
