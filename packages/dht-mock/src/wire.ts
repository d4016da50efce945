import type { Clock } from './clock.ts'
import { checkRates, Partitions, type Conditions } from './conditions.ts'
import type { Host, Message, Reply } from './host.ts'
import { latencyOf, type Random } from './random.ts'
import type { MessageCounts } from './stats.ts'
import type { Trace } from './trace.ts'

/** A message as a listener sees it. */
export interface SeenMessage {
  /** When it was sent or arrived, in simulated milliseconds. */
  readonly at: number
  readonly from: string
  readonly to: string
  /** `put-value`, `get-value` and so on for the DHT, with `-answer` behind it for an answer. */
  readonly kind: string
  /** The key it is about, or the name of the protocol. */
  readonly key: string
  readonly fate: 'delivered' | 'lost' | 'refused'
}

const KINDS = [
  'find-node',
  'get-value',
  'put-value',
  'get-providers',
  'add-provider',
  'request',
  'send',
] as const
const ANSWERS = Object.fromEntries(KINDS.map((kind) => [kind, `${kind}-answer`])) as Record<
  Message['kind'],
  string
>
const NUMBERS = new Map<string, number>(
  KINDS.flatMap((kind, index) => [
    [kind, index + 1] as const,
    [ANSWERS[kind], index + 33] as const,
  ]),
)
// What a message has beside its contents, and what a peer in it takes: an id and an address.
const HEADER_BYTES = 32
const PEER_BYTES = 64

/** Carries messages between nodes under the conditions of the network. */
export class Wire {
  readonly partitions = new Partitions()
  readonly listeners = new Set<(message: SeenMessage) => void>()
  /** While true, messages of the nodes' making arrive at once, whatever the conditions, and uncounted. */
  instant = false
  readonly #clock: Clock
  readonly #random: Random
  readonly #trace: Trace
  readonly #rpcTimeoutMs: number
  #conditions: Conditions = {}
  #latency: (() => number) | undefined
  #counts = { sent: 0, delivered: 0, lost: 0, duplicated: 0, bytes: 0 }

  constructor(init: { clock: Clock; random: Random; trace: Trace; rpcTimeoutMs: number }) {
    this.#clock = init.clock
    this.#random = init.random
    this.#trace = init.trace
    this.#rpcTimeoutMs = init.rpcTimeoutMs
  }

  get counts(): MessageCounts {
    return { ...this.#counts }
  }

  /** @throws `ERR_MOCK_OPTION`. */
  setConditions(conditions: Conditions): void {
    const next = { ...this.#conditions, ...conditions }
    checkRates(next)
    this.#latency = latencyOf(next.latency ?? 0, this.#random)
    this.#conditions = next
  }

  /** True where every message arrives, once, at once, and nobody looks. */
  get isCalm(): boolean {
    const { failureRate = 0, loss = 0, duplication = 0, reordering = 0 } = this.#conditions
    const faults = failureRate + loss + duplication + reordering
    return !this.#latency && faults === 0 && this.partitions.isWhole && this.listeners.size === 0
  }

  /** Draws whether a request is answered with a failure. */
  fails(): boolean {
    const { failureRate = 0 } = this.#conditions
    return failureRate > 0 && this.#random() < failureRate
  }

  /** Counts questions and their answers that went over a calm network without being carried. */
  count(from: Host, kind: number, peers: number, bytes: number): void {
    const counts = this.#counts
    counts.sent += 2 * peers
    counts.delivered += 2 * peers
    counts.bytes += peers * (2 * HEADER_BYTES + bytes)
    this.#trace.add(this.#clock.now, from.index, peers, kind)
  }

  /** Asks a node. `done` is called once, without an answer where there is none in time. */
  ask(from: Host, to: Host, message: Message, done: (reply: Reply | undefined) => void): void {
    if (this.instant) {
      done(to.state === 'up' ? to.answer(from, message) : undefined)
      return
    }
    let over = false
    const end = (reply?: Reply): void => {
      if (over) return
      over = true
      if (timer) this.#clock.cancel(timer)
      done(reply)
    }
    const answer = ANSWERS[message.kind]
    const arrived = (): void => {
      const fails = this.fails()
      if (to.stalled && !fails) return
      const reply = fails ? undefined : to.answer(from, message)
      const back = (): void =>
        this.carry(to, from, answer, message.key, replyBytes(reply), () => end(reply))
      if (to.slowMs > 0) this.#clock.in(to.slowMs, back)
      else back()
    }
    let timer: ReturnType<Clock['in']> | undefined
    this.carry(from, to, message.kind, message.key, messageBytes(message), arrived, () => end())
    if (!over) timer = this.#clock.in(this.#rpcTimeoutMs, () => end())
  }

  /**
   * Sends something. `arrived` is called as often as it arrives, which may be never; `refused` where a
   * node has left for good, which its machine still says.
   */
  carry(
    from: Host,
    to: Host,
    kind: string,
    key: string,
    bytes: number,
    arrived: () => void,
    refused?: () => void,
  ): void {
    const { loss = 0, duplication = 0 } = this.#conditions
    this.#counts.sent++
    this.#counts.bytes += HEADER_BYTES + bytes
    this.#trace.add(
      Math.round(this.#clock.now * 1000),
      from.index,
      to.index,
      NUMBERS.get(kind) ?? 0,
    )
    const see = (fate: SeenMessage['fate']): void => {
      if (fate === 'lost') this.#counts.lost++
      if (fate === 'delivered') this.#counts.delivered++
      if (this.listeners.size === 0) return
      const seen = { at: this.#clock.now, from: from.id, to: to.id, kind, key, fate }
      for (const listener of this.listeners) listener(seen)
    }
    const arrive = (): void => {
      // A partition cuts what is on its way, too.
      if (to.state === 'crashed' || this.partitions.blocks(from.index, to.index)) see('lost')
      else if (to.state === 'closed') {
        see('refused')
        refused?.()
      } else {
        see('delivered')
        arrived()
      }
    }
    if (this.partitions.blocks(from.index, to.index) || (loss > 0 && this.#random() < loss)) {
      see('lost')
      return
    }
    this.#after(this.#delay(), arrive)
    if (duplication > 0 && this.#random() < duplication) {
      this.#counts.duplicated++
      this.#after(this.#delay(), arrive)
    }
  }

  #after(ms: number, run: () => void): void {
    if (ms > 0) this.#clock.in(ms, run)
    else run()
  }

  #delay(): number {
    const { reordering = 0 } = this.#conditions
    const delay = this.#latency?.() ?? 0
    if (reordering === 0 || this.#random() >= reordering) return delay
    // Long enough that what is sent right after it comes first.
    return delay + (2 * delay + 10) * this.#random()
  }
}

function messageBytes({ key, held, bytes }: Message): number {
  return key.length + (held?.bytes.length ?? 0) + (bytes?.length ?? 0)
}

function replyBytes(reply: Reply | undefined): number {
  if (!reply) return 0
  const peers = (reply.closer?.length ?? 0) + (reply.providers?.length ?? 0)
  return peers * PEER_BYTES + (reply.held?.bytes.length ?? 0)
}
