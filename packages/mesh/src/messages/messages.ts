import { hash } from 'node:crypto'
import { peerIdOf, publicKeyOfDid, type Identity } from '@bzzz/identity'
import { toInstant } from '@bzzz/temporal-nav'
import { z } from 'zod'
import { MeshError } from '../errors.ts'
import type { Gossip, GossipMessage, Verdict } from '../gossip.ts'
import type { Membership } from '../membership.ts'
import type { MeshEvent } from '../mesh.ts'
import { PeerMeter } from '../peer-meter.ts'
import { envelopeFields, seal, unseal } from './envelope.ts'
import type { HeardMessage, Messaging, Topic } from './messaging.ts'

export interface MessagesInit {
  readonly gossip: Gossip
  readonly identity: Identity
  readonly membership: Membership
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly emit: (event: MeshEvent) => void
}

type Listener = (message: HeardMessage) => void

interface Listening {
  readonly topic: Topic
  readonly listeners: Map<string, Set<Listener>>
  readonly end: () => void
}

const PREFIX = '/ucxl/message/1/'
const MAX_TOPICS = 64
const MAX_AGE_MS = 300_000
// What one writer may say, whoever passes it on.
const WRITERS = { burst: 100, perSecond: 10, limit: 1, mutedMs: 0, peers: 1000 }
const KIND = /^[\w.-]{1,64}$/

const schema = z.strictObject({
  type: z.literal('message'),
  topic: z.string().max(128),
  kind: z.string().regex(KIND),
  body: z.unknown(),
  ...envelopeFields,
})

/** Says and hears messages by gossip. Each is signed, and checked before it is passed on. */
export class Messages implements Messaging {
  readonly #init: MessagesInit
  readonly #writers: PeerMeter
  readonly #topics = new Map<string, Listening>()

  constructor(init: MessagesInit) {
    this.#init = init
    this.#writers = new PeerMeter({ ...WRITERS, now: init.now })
  }

  async say(topic: Topic, kind: string, body: unknown): Promise<number> {
    const { gossip, identity, now } = this.#init
    if (!KIND.test(kind)) throw new RangeError(`Expected a kind such as task.claim, got ${kind}`)
    if (!this.#writers.take(identity.did))
      throw new MeshError('ERR_MESH_LIMIT', 'This node says more than the others would pass on')
    // Who says listens as well: so messages find their way.
    const name = this.#listen(topic)
    const message = { type: 'message', topic: name, kind, body, time: toInstant(now()) }
    return gossip.publish(name, seal(message, identity))
  }

  hear(topic: Topic, kind: string, listener: Listener): () => void {
    const name = this.#listen(topic)
    const kinds = this.#topics.get(name)?.listeners
    const listeners = kinds?.get(kind) ?? new Set()
    kinds?.set(kind, listeners)
    listeners.add(listener)
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0 && kinds?.get(kind) === listeners) kinds.delete(kind)
    }
  }

  stop(): void {
    for (const { end } of this.#topics.values()) end()
    this.#topics.clear()
  }

  /** Listens to a topic from now on, if it does not yet. @returns its name on the network. */
  #listen(topic: Topic): string {
    const name = this.#nameOf(topic)
    if (this.#topics.has(name)) return name
    if (this.#topics.size >= MAX_TOPICS)
      throw new MeshError('ERR_MESH_LIMIT', `A node listens to ${MAX_TOPICS} topics at most`)
    const end = this.#init.gossip.subscribe(name, async (message) => this.#check(message))
    this.#topics.set(name, { topic, listeners: new Map(), end })
    return name
  }

  /** The name of a project is not told to those who do not know it. */
  #nameOf(topic: Topic): string {
    const { membership } = this.#init
    if (topic === 'cluster') return `${PREFIX}cluster/${hash('sha256', membership.name)}`
    return `${PREFIX}project/${hash('sha256', topic.project)}`
  }

  async #check({ topic: name, peer, bytes }: GossipMessage): Promise<Verdict> {
    const listening = this.#topics.get(name)
    if (!listening) return 'ignore'
    let message: z.infer<typeof schema>
    let writer: string
    try {
      message = unseal(bytes, schema, 'message') as typeof message
      writer = peerIdOf(publicKeyOfDid(message.writer))
      if (message.topic !== name)
        throw new MeshError('ERR_MESH_PROTOCOL', 'The message is of another topic')
    } catch (error) {
      // Whoever passes it on should have seen that.
      this.#refuse(peer, error)
      return 'reject'
    }
    const age = this.#init.now() - Date.parse(message.time)
    if (Math.abs(age) > MAX_AGE_MS) {
      const seconds = Math.round(age / 1000)
      const why = `A message of ${message.time}, ${seconds} s from now`
      this.#refuse(peer, new MeshError('ERR_MESH_PROTOCOL', why))
      return 'ignore'
    }
    try {
      this.#init.membership.assertMember(writer)
    } catch (error) {
      this.#refuse(peer, error)
      // Others may not have heard yet of what this node knows of the cluster.
      return peer === writer ? 'reject' : 'ignore'
    }
    if (!this.#writers.take(writer)) {
      const why = `${writer} says more than one node may`
      this.#refuse(peer, new MeshError('ERR_MESH_LIMIT', why))
      return peer === writer ? 'reject' : 'ignore'
    }
    this.#tell(listening, message)
    return 'accept'
  }

  #tell({ topic, listeners }: Listening, message: z.infer<typeof schema>): void {
    const { kind, writer, time, body } = message
    const heard = Object.freeze({ topic, kind, writer, time, body })
    // Not within the check: it must be quick, and what a listener throws is not of the network.
    for (const listener of listeners.get(kind) ?? []) queueMicrotask(() => listener(heard))
  }

  #refuse(peer: string, error: unknown): void {
    this.#init.emit({ type: 'refused', peer, key: '', error })
  }
}
