import type { RuleBook } from '@bzzz/dht'
import { Channels } from './channels.ts'
import { churn, type ChurnOptions } from './churn.ts'
import { Clock } from './clock.ts'
import type { Conditions } from './conditions.ts'
import type { Host } from './host.ts'
import { placeOf } from './ids.ts'
import { Ledger } from './ledger.ts'
import type {
  MockNetwork,
  MockNetworkInit,
  NetworkStats,
  NodeOptions,
  PartitionOptions,
} from './mock-network.ts'
import type { MockNode } from './mock-node.ts'
import { createRandom, optionError, type Random } from './random.ts'
import { search, type FoundKey } from './search.ts'
import { Roster, settle } from './roster.ts'
import { SimNode } from './sim-node.ts'
import { CallTallies, type CallName, type CallReport } from './stats.ts'
import { Trace } from './trace.ts'
import { Wire, type SeenMessage } from './wire.ts'
import type { World } from './world.ts'

type NodeName = string | { readonly id: string }

const HOUR = 3_600_000

/** The network and what its parts share. */
export class Simulation implements MockNetwork, World {
  readonly clock: Clock
  readonly trace = new Trace()
  readonly random: Random
  readonly wire: Wire
  readonly ledger: Ledger
  readonly bucketSize: number
  readonly alpha: number
  readonly nodes: SimNode[] = []
  readonly #rules: RuleBook | undefined
  readonly #roster: Roster
  readonly #channels: Channels
  readonly #tallies = new CallTallies()
  readonly #callListeners = new Set<(report: CallReport) => void>()
  #stamps = 0
  #changed = true
  #upCount = 0
  #isCalm = true
  #isOne = true

  constructor(init: MockNetworkInit) {
    const { seed = 0, rpcTimeoutMs = 3_000 } = init
    this.random = createRandom(seed)
    this.clock = new Clock(init.settle)
    this.bucketSize = positive('bucketSize', init.bucketSize ?? 8)
    this.alpha = positive('alpha', init.alpha ?? 3)
    const validityMs = positive('validityMs', init.validityMs ?? 48 * HOUR)
    const flushMs = positive('flushMs', init.flushMs ?? 1_000)
    this.#rules = init.rules
    const { clock, random, trace } = this
    positive('rpcTimeoutMs', rpcTimeoutMs)
    this.wire = new Wire({ clock, random, trace, rpcTimeoutMs })
    const now = (): number => clock.now
    this.#roster = new Roster({ validityMs, flushMs, bucketSize: this.bucketSize, now })
    this.#channels = new Channels(this)
    this.ledger = new Ledger(this, validityMs)
    this.setConditions(init)
  }

  get upCount(): number {
    if (this.#changed) this.#look()
    return this.#upCount
  }

  get isOne(): boolean {
    if (this.#changed) this.#look()
    return this.#isOne
  }

  get isCalm(): boolean {
    if (this.#changed) this.#look()
    return this.#isCalm
  }

  now(): number {
    return this.clock.now
  }

  schedule(ms: number, callback: () => void): () => void {
    if (!(ms >= 0)) throw optionError('ms', 'milliseconds, 0 or more', String(ms))
    const event = this.clock.in(ms, () => {
      this.clock.touch()
      callback()
    })
    return () => this.clock.cancel(event)
  }

  async run(untilMs: number): Promise<void> {
    return this.clock.run(untilMs)
  }

  createNode({ id, join = true, rules }: NodeOptions = {}): MockNode {
    // What was put before is not the new node's to hold.
    this.ledger.flush()
    if (!join && this.nodes.length > 0) this.#isOne = false
    const other = join ? this.#roster.someoneUp(this.random) : undefined
    const host = this.#roster.add(id, rules ?? this.#rules)
    const change = (act: () => void): void => this.#change(act)
    const node = new SimNode({ world: this, host, channels: this.#channels, change })
    this.nodes.push(node)
    if (other) settle(this, host, other)
    this.#changed = true
    return node
  }

  createNodes(count: number, options: Omit<NodeOptions, 'id'> = {}): MockNode[] {
    return Array.from({ length: count }, () => this.createNode(options))
  }

  setConditions(conditions: Conditions): void {
    this.#change(() => this.wire.setConditions(conditions))
  }

  partition(
    some: Iterable<NodeName>,
    others: Iterable<NodeName>,
    { oneWay = false }: PartitionOptions = {},
  ): () => void {
    const indexes = (names: Iterable<NodeName>): Set<number> =>
      new Set([...names].map((name) => this.hostOf(name).index))
    const [from, to] = [indexes(some), indexes(others)]
    const heal = this.#change(() => this.wire.partitions.cut(from, to, oneWay))
    return () => this.#change(heal)
  }

  heal(): void {
    this.#change(() => this.wire.partitions.heal())
  }

  reaches(from: NodeName, to: NodeName): boolean {
    const [a, b] = [this.hostOf(from), this.hostOf(to)]
    return a.state === 'up' && b.state === 'up' && !this.wire.partitions.blocks(a.index, b.index)
  }

  connection(one: NodeName, other: NodeName): 'open' | 'one-way' | 'cut' {
    const ways = [this.reaches(one, other), this.reaches(other, one)].filter(Boolean).length
    return ways === 2 ? 'open' : ways === 1 ? 'one-way' : 'cut'
  }

  churn(options: ChurnOptions): () => void {
    positive('sessionMs', options.sessionMs)
    positive('absenceMs', options.absenceMs)
    // Not `schedule`: what comes and goes is no code that time would have to wait for.
    const schedule = (ms: number, run: () => void): void => void this.clock.in(ms, run)
    return churn(options.nodes ?? [...this.nodes], options, this.random, schedule)
  }

  search(pattern: string): FoundKey[] {
    this.ledger.flush()
    return search(this.#roster.hosts, pattern)
  }

  stats(): NetworkStats {
    const count = (state: string): number =>
      this.#roster.hosts.filter((host) => host.state === state).length
    return {
      nodes: { up: count('up'), crashed: count('crashed'), closed: count('closed') },
      messages: this.wire.counts,
      calls: this.#tallies.counts,
    }
  }

  traceHash(): string {
    return this.trace.hash
  }

  onMessage(listener: (message: SeenMessage) => void): () => void {
    return this.listen(listener)
  }

  onCall(listener: (report: CallReport) => void): () => void {
    this.#change(() => this.#callListeners.add(listener))
    return () => this.#change(() => void this.#callListeners.delete(listener))
  }

  listen(listener: (message: SeenMessage) => void): () => void {
    const heard = (message: SeenMessage): void => {
      this.clock.touch()
      listener(message)
    }
    this.#change(() => this.wire.listeners.add(heard))
    return () => this.#change(() => void this.wire.listeners.delete(heard))
  }

  hostOf(node: NodeName): Host {
    return this.#roster.get(typeof node === 'string' ? node : node.id)
  }

  nextStamp(): number {
    return this.#stamps++
  }

  countCalm(
    name: CallName,
    host: Host,
    peers: number,
    key: string,
    bytes: number,
    failed: boolean,
  ): void {
    this.#tallies.add(name, 0, failed)
    // Part of the key is enough to tell runs apart, and costs less than all of it.
    const kind = name.charCodeAt(0) * 65_536 + key.charCodeAt(key.length - 1)
    this.wire.count(host, kind, peers, key.length + bytes)
  }

  report(report: CallReport): void {
    const { call, key, tookMs, answered, stored, error } = report
    this.#tallies.add(call, tookMs, error !== undefined)
    const { high } = placeOf(`${call} ${key} ${error}`)
    this.trace.add(high, Math.round(tookMs * 1000), answered, stored)
    if (this.#callListeners.size === 0) return
    this.clock.touch()
    for (const listener of this.#callListeners) listener(report)
  }

  /** Makes a change to what nodes can expect of one another: what is up and sound is looked at again. */
  #change<Result>(act: () => Result): Result {
    this.ledger.flush()
    this.#changed = true
    return act()
  }

  #look(): void {
    this.#changed = false
    this.#upCount = 0
    let sound = true
    for (const { state, stalled, slowMs, lie, rules } of this.#roster.hosts) {
      if (state === 'up') this.#upCount++
      if (state === 'crashed' || stalled || slowMs > 0 || lie) sound = false
      if (rules !== this.#rules) sound = false
    }
    this.#isCalm = sound && this.wire.isCalm && this.#callListeners.size === 0
    // Nodes may have lost sight of one another for good.
    if (!this.#isCalm || this.#upCount < this.nodes.length) this.#isOne = false
  }
}

function positive(option: string, value: number): number {
  if (!(value > 0)) throw optionError(option, 'a number above 0', String(value))
  return value
}
