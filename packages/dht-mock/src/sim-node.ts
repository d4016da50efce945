import type { DhtCallOptions, FoundValue, GetOptions, Provider, Receipt } from '@bzzz/dht'
import { assertCallable, closedError, runCall, type CallInit, type OpenCalls } from './call.ts'
import type { Channels } from './channels.ts'
import { MockError } from './errors.ts'
import type { Host, NodeState } from './host.ts'
import type { Lie } from './lies.ts'
import { Lookup } from './lookup.ts'
import type { Handler, MockNode, RestartOptions } from './mock-node.ts'
import { findProviders } from './providers.ts'
import type { CallName } from './stats.ts'
import { find, heldOf, store, unreachable } from './values.ts'
import type { SeenMessage } from './wire.ts'
import type { World } from './world.ts'

export interface SimNodeInit {
  readonly world: World
  readonly host: Host
  readonly channels: Channels
  /** Makes a change to what others can expect of this node. */
  readonly change: (act: () => void) => void
}

/** A node as its owner meets it. */
export class SimNode implements MockNode {
  readonly supports = { refusesRollback: true, persistence: true } as const
  readonly id: string
  readonly #world: World
  readonly #host: Host
  readonly #init: SimNodeInit
  readonly #open: OpenCalls = new Set()
  readonly #peerListeners = new Set<(id: string) => void>()
  #crashedAt = 0

  constructor(init: SimNodeInit) {
    this.#init = init
    this.#world = init.world
    this.#host = init.host
    this.id = init.host.id
  }

  get state(): NodeState {
    return this.#host.state
  }

  async putValue(key: string, value: Uint8Array, options?: DhtCallOptions): Promise<Receipt> {
    const [world, host] = [this.#world, this.#host]
    assertCallable(host, options)
    const receipt = world.ledger.serves(host) ? world.ledger.put(host, key, value) : undefined
    if (receipt) return receipt
    world.ledger.close()
    const held = heldOf(world, host, key, value)
    return runCall<Receipt>(this.#call('putValue', key, options), (call) => {
      store(world, host, { kind: 'put-value', key, held }, call)
    })
  }

  async getValue(key: string, options?: GetOptions): Promise<FoundValue> {
    const [world, host] = [this.#world, this.#host]
    assertCallable(host, options)
    if (world.ledger.serves(host)) return world.ledger.get(host, key, options)
    world.ledger.flush()
    return runCall<FoundValue>(this.#call('getValue', key, options), (call) => {
      find(world, host, key, options, call)
    })
  }

  async provide(key: string, options?: DhtCallOptions): Promise<Receipt> {
    return runCall<Receipt>(this.#call('provide', key, options), (call) => {
      store(this.#world, this.#host, { kind: 'add-provider', key }, call)
    })
  }

  findProviders(key: string, options?: DhtCallOptions): AsyncIterable<Provider> {
    return findProviders(this.#call('findProviders', key, options))
  }

  async close(): Promise<void> {
    if (this.#host.state === 'closed') return
    this.#stop('closed')
  }

  now(): number {
    return this.#host.now
  }

  peers(): string[] {
    return this.#host.table.everyone.map(({ id }) => id)
  }

  onPeer(listener: (id: string) => void): () => void {
    this.#peerListeners.add(listener)
    this.#host.onPeer = (id) => {
      this.#world.clock.touch()
      for (const each of this.#peerListeners) each(id)
    }
    return () => this.#peerListeners.delete(listener)
  }

  onMessage(listener: (message: SeenMessage) => void): () => void {
    return this.#world.listen((message) => {
      if (message.from === this.id || message.to === this.id) listener(message)
    })
  }

  async join(via: string | { readonly id: string }, options?: DhtCallOptions): Promise<void> {
    const [world, host] = [this.#world, this.#host]
    const other = world.hostOf(via)
    return runCall<void>(this.#call('join', '', options), (call) => {
      host.meet(other)
      const lookup = introduce(world, host, (answered) => {
        call.tally.answered = answered
        if (answered > 0) call.resolve(undefined)
        else call.reject(unreachable(other.id))
      })
      call.onEnd = () => lookup.stop()
    })
  }

  crash(): void {
    if (this.#host.state !== 'up') throw stateError(this.id, this.state, 'up')
    this.#crashedAt = this.#world.clock.now
    this.#stop('crashed')
  }

  restart({ writes = 'kept' }: RestartOptions = {}): void {
    const [world, host] = [this.#world, this.#host]
    if (host.state !== 'crashed') throw stateError(this.id, this.state, 'crashed')
    if (writes === 'lost') host.storage.loseLastWrites(this.#crashedAt)
    if (writes === 'empty') host.storage.clear()
    this.#changeTo('up')
    introduce(world, host, () => {})
  }

  skewClock(ms: number): void {
    this.#init.change(() => {
      this.#host.skewMs += ms
    })
  }

  slowDown(ms: number): void {
    this.#init.change(() => {
      this.#host.slowMs = ms
    })
  }

  stall(stalled = true): void {
    this.#init.change(() => {
      this.#host.stalled = stalled
    })
  }

  lie(how: Lie | undefined): void {
    this.#init.change(() => {
      this.#host.lie = how
    })
  }

  plant(key: string, value: Uint8Array): void {
    this.#world.ledger.close()
    const host = this.#host
    const held = { bytes: new Uint8Array(value), rules: undefined, stamp: this.#world.nextStamp() }
    host.storage.keep(key, held, host.now, this.#world.clock.now)
  }

  handle(protocol: string, handler: Handler): () => void {
    return this.#init.channels.handle(this.#host, protocol, this, handler)
  }

  async request(
    to: string | { readonly id: string },
    protocol: string,
    bytes: Uint8Array,
    options?: DhtCallOptions,
  ): Promise<Uint8Array> {
    const other = this.#world.hostOf(to)
    const message = { protocol, bytes }
    return this.#init.channels.request(this.#host, other, message, options, this.#open)
  }

  send(to: string | { readonly id: string }, protocol: string, bytes: Uint8Array): void {
    this.#init.channels.send(this.#host, this.#world.hostOf(to), protocol, bytes)
  }

  #call(name: CallName, key: string, options: DhtCallOptions | undefined): CallInit {
    return { world: this.#world, host: this.#host, open: this.#open, name, key, options }
  }

  #stop(state: NodeState): void {
    this.#changeTo(state)
    for (const call of this.#open) call.reject(closedError(this.#host))
  }

  #changeTo(state: NodeState): void {
    const { host, world, change } = this.#init
    change(() => {
      host.state = state
    })
    world.trace.add(Math.round(world.clock.now * 1000), host.index, state.length, 64)
  }
}

/** Looks for itself, so that those who are close get to know it, and it them. */
export function introduce(world: World, host: Host, done: (answered: number) => void): Lookup {
  const lookup = new Lookup({
    wire: world.wire,
    host,
    message: { kind: 'find-node', key: '', target: host },
    bucketSize: world.bucketSize,
    alpha: world.alpha,
    done: ({ answered }) => done(answered),
  })
  lookup.start()
  return lookup
}

function stateError(id: string, state: NodeState, expected: NodeState): MockError {
  return new MockError(
    'ERR_MOCK_STATE',
    `Expected the node ${id} to be ${expected}; it is ${state}`,
  )
}
