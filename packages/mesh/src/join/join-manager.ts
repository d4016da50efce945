import { withDeadline } from '@bzzz/dht'
import { MeshError } from '../errors.ts'
import type { MeshEvent } from '../mesh.ts'
import type { Timing } from '../timing.ts'
import { backoffMs } from './backoff.ts'
import { ofPeer, peerOf, stateOf, type JoinState, type Target } from './join-target.ts'
import type { KnownPeers } from './known-peers.ts'
import { PeerMemory } from './peer-memory.ts'

export interface JoinComponents {
  /** Connects and exchanges hellos. @returns the peer's id. */
  readonly join: (address: string, options: { readonly signal: AbortSignal }) => Promise<string>
  /** Where a peer can be reached, as far as this node knows. */
  readonly addressesOf: (peer: string) => Promise<readonly string[]>
  /** Peer id of this node: its own address in a list that all nodes share is left out. */
  readonly self: string
  readonly timing: Timing
  /** Told when this node tries all whom it misses, for others may miss somebody as well. */
  readonly onBack: () => void
  readonly emit: (event: MeshEvent) => void
}

export interface JoinInit {
  readonly bootstrap: readonly string[]
  readonly known?: KnownPeers | undefined
}

/** Nodes dialled at once, at most. */
export const MAX_DIALS = 8
/** Nodes that are kept joined, or tried, beside those of the bootstrap list. */
export const MAX_TARGETS = 32
const BACKOFF = { baseMs: 1000, capMs: 60_000 }
// A certificate does not come by waiting a minute.
const REFUSED_MS = 600_000
// Attempts in a row after which a node of no list is given up, unless this node is alone.
const MAX_FAILURES = 10
// Strangers that are remembered as such, at most.
const MAX_REFUSED = 1000
// Where one that was lost is back, the others are tried within this time, and not again for a while.
const HURRY_MS = 500
const HURRY_AGAIN_MS = 10_000
// In a large mesh somebody always comes and goes: for most of them nobody hurries.
const HINT_AGAIN_MS = 60_000
const LOST = 'The connection was lost'
const DIAL_MS = 10_000

/**
 * Joins the nodes it is told of, and joins them again when they are lost: a few at a time, with waits
 * that grow and differ. Remembers who was joined for the next start.
 */
export class JoinManager {
  readonly #with: JoinComponents
  readonly #bootstrap: readonly string[]
  readonly #targets = new Set<Target>()
  readonly #queue: Target[] = []
  readonly #joined = new Set<string>()
  readonly #known: PeerMemory
  /** Until when a peer that is no member is left alone, in milliseconds since 1970. */
  readonly #refused = new Map<string, number>()
  readonly #stop = new AbortController()
  readonly #dials = new Set<Promise<void>>()
  #hurried = Number.NEGATIVE_INFINITY
  #hinted = Number.NEGATIVE_INFINITY
  #remembering = Promise.resolve()

  constructor(components: JoinComponents, init: JoinInit) {
    this.#with = components
    this.#bootstrap = init.bootstrap
    this.#known = new PeerMemory({
      store: init.known,
      timing: components.timing,
      onError: (error) => components.emit({ type: 'known-peers', error }),
    })
  }

  /** Begins with the bootstrap list and those known from before. What fails is told by events. */
  async start(): Promise<void> {
    for (const address of this.#bootstrap) this.#add([address], 'bootstrap')
    for (const { addresses, peer } of await this.#known.load()) this.#add(addresses, 'known', peer)
  }

  /** Joins a node that was found nearby. */
  found(addresses: readonly string[], peer: string): void {
    this.#add(addresses, 'found', peer)
  }

  /** Takes note of a peer with which hellos were exchanged, whoever dialled. */
  onJoined(peer: string): void {
    this.#joined.add(peer)
    this.#refused.delete(peer)
    let isBack = false
    for (const target of this.#targets) {
      if (target.peer !== peer) continue
      isBack ||= target.failures > 0
      settle(target)
    }
    // What kept it away (a cable, a partition) may have kept others away.
    if (isBack) this.#hurry()
    this.#remembering = this.#remembering.then(async () => this.#remember(peer))
  }

  /** Takes note of a hint that what kept others away is over. Who misses nobody does nothing. */
  onHint(): void {
    const { now } = this.#with.timing
    const sinceMs = now() - this.#hinted
    if (sinceMs >= 0 && sinceMs < HINT_AGAIN_MS) return
    if (![...this.#targets].some(({ state, error }) => state === 'retry' && !isRefusal(error)))
      return
    this.#hinted = now()
    this.#hurry()
  }

  /** Takes note of a connection, whatever it was made for: a node that waits to be joined answers again. */
  onConnected(peer: string): void {
    const target = this.#targetOf(peer)
    if (target?.state === 'retry' && !isRefusal(target.error)) this.#soon(target, 0)
  }

  /** Takes note of a lost connection: the peer is joined again where it can be dialled. */
  onLeft(peer: string): void {
    if (!this.#joined.delete(peer) || this.#stop.signal.aborted) return
    const lost = new MeshError('ERR_MESH_UNREACHABLE', LOST)
    const target = this.#targetOf(peer)
    const known = this.#known.get(peer)
    if (target) this.#later(target, lost)
    else if (known) {
      const added = this.#add(known.addresses, 'known', peer, { now: false })
      if (added) this.#later(added, lost)
    }
  }

  /** How far this node is with each node that it is to join. */
  states(): JoinState[] {
    return [...this.#targets].map((target) => stateOf(target))
  }

  /** Dials no more, and saves who is known. */
  async stop(): Promise<void> {
    if (this.#stop.signal.aborted) return
    this.#stop.abort(new MeshError('ERR_MESH_CLOSED', 'The node has left the mesh'))
    for (const target of this.#targets) target.cancel()
    await Promise.all(this.#dials)
    await this.#remembering
    await this.#known.close()
  }

  #add(
    addresses: readonly string[],
    from: Target['from'],
    peer = peerOf(addresses[0] ?? ''),
    { now = true } = {},
  ): Target | undefined {
    if (this.#stop.signal.aborted || peer === this.#with.self || addresses.length === 0) return
    if ((this.#refused.get(peer ?? '') ?? 0) > this.#with.timing.now()) return
    const has = [...this.#targets].find((one) =>
      peer === undefined ? one.addresses[0] === addresses[0] : one.peer === peer,
    )
    const others = [...this.#targets].filter((one) => one.from !== 'bootstrap')
    if (has || (from !== 'bootstrap' && others.length >= MAX_TARGETS)) return
    const target: Target = {
      peer,
      addresses: peer === undefined ? addresses : addresses.map((one) => ofPeer(one, peer)),
      from,
      state: 'queued',
      failures: 0,
      retryAt: 0,
      error: undefined,
      cancel: () => {},
    }
    this.#targets.add(target)
    if (peer !== undefined && this.#joined.has(peer)) settle(target)
    else if (now) this.#enqueue(target)
    return target
  }

  #enqueue(target: Target): void {
    target.state = 'queued'
    this.#queue.push(target)
    this.#next()
  }

  /** Bounded dials: a list of a hundred addresses, or a whole office that comes back, is no storm. */
  #next(): void {
    while (this.#dials.size < MAX_DIALS && !this.#stop.signal.aborted) {
      const target = this.#queue.shift()
      if (!target) return
      if (target.state !== 'queued') continue
      const dial = this.#dial(target).finally(() => {
        this.#dials.delete(dial)
        this.#next()
      })
      this.#dials.add(dial)
    }
  }

  async #dial(target: Target): Promise<void> {
    const { schedule } = this.#with.timing
    target.state = 'joining'
    let failure: unknown
    for (const address of target.addresses) {
      this.#with.emit({ type: 'joining', address, failures: target.failures })
      try {
        const options = { signal: this.#stop.signal, timeoutMs: DIAL_MS, schedule }
        const peer = await withDeadline(options, async (signal) =>
          this.#with.join(address, { signal }),
        )
        target.peer = peer
        if (peer === this.#with.self) this.#targets.delete(target)
        else if (this.#joined.has(peer)) settle(target)
        // Lost again while it was being joined.
        else this.#later(target, new MeshError('ERR_MESH_UNREACHABLE', LOST))
        return
      } catch (error) {
        failure = error
        if (isRefusal(error) || this.#stop.signal.aborted) break
      }
    }
    if (target.state === 'joining') this.#later(target, failure)
  }

  #later(target: Target, failure: unknown): void {
    if (this.#stop.signal.aborted) return
    const { now, random, schedule } = this.#with.timing
    const refused = isRefusal(failure)
    const chance = random()
    const refusedMs = REFUSED_MS + Math.floor(chance * REFUSED_MS)
    const isDispensable = target.from !== 'bootstrap' && this.#joined.size > 0
    if (isDispensable && (refused || target.failures >= MAX_FAILURES)) {
      this.#targets.delete(target)
      if (refused && target.peer !== undefined) this.#shun(target.peer, now() + refusedMs)
      return
    }
    const inMs = refused ? refusedMs : backoffMs(target.failures, chance, BACKOFF)
    target.failures++
    target.state = 'retry'
    target.error = failure instanceof Error ? failure : new Error(String(failure))
    target.retryAt = now() + inMs
    target.cancel()
    target.cancel = schedule(() => this.#enqueue(target), inMs)
    this.#with.emit({
      type: 'retry',
      address: target.addresses[0] ?? '',
      at: target.retryAt,
      failures: target.failures,
      error: target.error,
    })
  }

  /** Dials those that wait for their next attempt, soon. */
  #hurry(): void {
    const { now, random } = this.#with.timing
    const sinceMs = now() - this.#hurried
    if (this.#stop.signal.aborted || (sinceMs >= 0 && sinceMs < HURRY_AGAIN_MS)) return
    this.#hurried = now()
    this.#with.onBack()
    for (const target of this.#targets) {
      if (target.state !== 'retry' || isRefusal(target.error)) continue
      // Where this one comes too soon for it, the next comes soon as well.
      target.failures = 1
      this.#soon(target, Math.floor(random() * HURRY_MS))
    }
  }

  /** Dials one that waits earlier than it would be. */
  #soon(target: Target, inMs: number): void {
    const { now, schedule } = this.#with.timing
    if (this.#stop.signal.aborted || target.retryAt <= now() + inMs) return
    target.retryAt = now() + inMs
    target.cancel()
    target.cancel = schedule(() => this.#enqueue(target), inMs)
  }

  #shun(peer: string, until: number): void {
    this.#known.delete(peer)
    this.#refused.delete(peer)
    this.#refused.set(peer, until)
    const [oldest] = this.#refused.keys()
    if (this.#refused.size > MAX_REFUSED && oldest !== undefined) this.#refused.delete(oldest)
  }

  async #remember(peer: string): Promise<void> {
    const dialled = this.#targetOf(peer)?.addresses ?? []
    const said = await this.#with.addressesOf(peer).catch(() => [])
    this.#known.add(peer, [...dialled, ...said])
  }

  #targetOf(peer: string): Target | undefined {
    return [...this.#targets].find((one) => one.peer === peer)
  }
}

function settle(target: Target): void {
  target.cancel()
  target.state = 'joined'
  target.failures = 0
  target.error = undefined
}

function isRefusal(error: unknown): boolean {
  return error instanceof MeshError && error.code === 'ERR_MESH_MEMBERSHIP'
}
