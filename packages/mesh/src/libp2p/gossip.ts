import { hash } from 'node:crypto'
import {
  gossipsub,
  StrictNoSign,
  TopicValidatorResult,
  type GossipSub,
  type Message,
} from '@libp2p/gossipsub'
import type { PeerId } from '@libp2p/interface'
import { MeshError } from '../errors.ts'
import type { Gossip, GossipInit, GossipMessage, Verdict } from '../gossip.ts'
import { PeerMeter } from '../peer-meter.ts'
import { systemSchedule } from '../timing.ts'
import { BEACON_TOPIC, Beacons } from './beacons.ts'

/** The largest message, in bytes. */
const MAX_GOSSIP_BYTES = 16 * 1024

const TOPICS_OF_A_PEER = 64
// A rejected message is a forgery: eight of them cut a peer off, or eighty messages too many.
const REJECTED_POINTS = 10
const EXCESS_POINTS = 1
const METER = { burst: 200, perSecond: 50, limit: 80, mutedMs: 600_000, peers: 1000 }
// Below every threshold: nothing is sent to such a peer, and nothing is taken from it.
const OUTCAST = -1_000_000
// As long as a message counts as new, so that none comes twice.
const SEEN_MS = 600_000

/** Gossip with everybody, by the system's clock. */
export const OPEN_GOSSIP: GossipInit = {
  now: Date.now,
  schedule: systemSchedule,
  mayHear: () => true,
  onRefused: () => {},
}

/** What of gossipsub's own is used besides. */
interface Internals {
  readonly score: { readonly scoreCache: Map<string, unknown> }
  readonly streamsOutbound: ReadonlyMap<string, unknown>
  readonly subscriptions: ReadonlySet<string>
  sendSubscriptions(peer: string, topics: string[], subscribe: boolean): void
}

/** The gossip of a libp2p node. None of libp2p's types leave it. */
export class Libp2pGossip implements Gossip {
  readonly #init: GossipInit
  readonly #meter: PeerMeter
  readonly #validators = new Map<string, (message: GossipMessage) => Promise<Verdict>>()
  readonly #topicsOf = new Map<string, Set<string>>()
  readonly #listeners: ((peer: string, topic: string) => void)[] = []
  #pubsub: GossipSub | undefined
  #hangUp: (peer: string) => void = () => {}
  #beacons: Beacons | undefined

  constructor(init: GossipInit) {
    this.#init = init
    this.#meter = new PeerMeter({ ...METER, now: init.now })
  }

  /** The service for libp2p; what it becomes is given back by {@link attach}. */
  service(): ReturnType<typeof gossipsub> {
    return gossipsub({
      // Each message carries the signature of who wrote it; one more would say nothing new.
      globalSignaturePolicy: StrictNoSign,
      msgIdFn: ({ topic, data }) =>
        hash('sha256', Buffer.concat([Buffer.from(`${topic}\n`), data]), 'buffer'),
      seenTTL: SEEN_MS,
      fallbackToFloodsub: false,
      floodPublish: false,
      allowPublishToZeroTopicPeers: true,
      ignoreDuplicatePublishError: true,
      // One message above this limit would mute its sender for good, and it counts a whole lot of
      // messages: so it is far above what one may have, and that is checked for each.
      maxInboundDataLength: 1024 * 1024,
      maxOutboundBufferSize: 4 * 1024 * 1024,
      maxTopicBytesPerPeer: 512 * 1024,
      scoreParams: {
        // Many nodes behind one address (one machine, one office) are no attack.
        IPColocationFactorWeight: 0,
        appSpecificWeight: 1,
        appSpecificScore: (peer) => this.#score(peer),
      },
    })
  }

  /** Takes the service that libp2p made, before the node starts. */
  attach(pubsub: GossipSub, hangUp: (peer: string) => void): void {
    this.#pubsub = pubsub
    this.#hangUp = hangUp
    const validator = async (peer: PeerId, message: Message): Promise<TopicValidatorResult> =>
      this.#validate({ topic: message.topic, peer: peer.toString(), bytes: message.data })
    // For every topic, also those that nobody here listens to: they would be taken in unchecked.
    pubsub.topicValidators.get = () => validator
    pubsub.addEventListener('subscription-change', ({ detail }) => {
      for (const { topic, subscribe } of detail.subscriptions)
        this.#note(detail.peerId.toString(), topic, subscribe)
    })
    pubsub.addEventListener('gossipsub:graft', ({ detail: { peerId, topic } }) => {
      if (topic === BEACON_TOPIC) this.#beacons?.onNeighbour(peerId)
    })
    pubsub.addEventListener('gossipsub:prune', ({ detail: { peerId, topic } }) => {
      if (topic === BEACON_TOPIC) this.#beacons?.onGone(peerId)
    })
  }

  /** Begins to send beacons: once the node has started. */
  start(self: string): void {
    const { schedule } = this.#init
    this.#beacons = new Beacons({ gossip: this, schedule, self, onSilent: this.#hangUp })
  }

  async publish(topic: string, bytes: Uint8Array): Promise<number> {
    if (bytes.length > MAX_GOSSIP_BYTES) {
      throw new MeshError(
        'ERR_MESH_TOO_LARGE',
        `Expected a message of at most ${MAX_GOSSIP_BYTES} bytes, got ${bytes.length}`,
      )
    }
    const result = await this.#pubsub?.publish(topic, bytes)
    return result?.recipients.length ?? 0
  }

  subscribe(topic: string, validate: (message: GossipMessage) => Promise<Verdict>): () => void {
    this.#validators.set(topic, validate)
    this.#pubsub?.subscribe(topic)
    return () => {
      if (!this.#validators.delete(topic)) return
      this.#pubsub?.unsubscribe(topic)
    }
  }

  introduce(peer: string): void {
    const pubsub = this.#pubsub as unknown as Internals | undefined
    // What was thought of it before it was a member is thought of it for a second more.
    pubsub?.score.scoreCache.delete(peer)
    // Nothing else makes gossipsub say it again on a connection that stands.
    if (pubsub?.streamsOutbound.has(peer))
      pubsub.sendSubscriptions(peer, [...pubsub.subscriptions], true)
  }

  subscribers(topic: string): string[] {
    return this.#pubsub?.getSubscribers(topic).map((peer) => peer.toString()) ?? []
  }

  topics(): Set<string> {
    const heard = [...this.#topicsOf].filter(([peer]) => this.#init.mayHear(peer))
    return new Set(heard.flatMap(([, topics]) => [...topics]))
  }

  onTopic(listener: (peer: string, topic: string) => void): void {
    this.#listeners.push(listener)
  }

  /** Forgets what a peer listened to, which has gone. */
  forget(peer: string): void {
    this.#topicsOf.delete(peer)
    this.#beacons?.onGone(peer)
  }

  stop(): void {
    this.#beacons?.stop()
  }

  async #validate(message: GossipMessage): Promise<TopicValidatorResult> {
    const { peer, topic, bytes } = message
    if (this.#meter.isMuted(peer) || !this.#init.mayHear(peer)) return TopicValidatorResult.Ignore
    if (!this.#meter.take(peer)) {
      this.#punish(peer, EXCESS_POINTS, 'it sends more messages than one node may')
      return TopicValidatorResult.Ignore
    }
    if (bytes.length > MAX_GOSSIP_BYTES) {
      this.#punish(peer, REJECTED_POINTS, `a message of ${bytes.length} bytes`)
      return TopicValidatorResult.Reject
    }
    const validate = this.#validators.get(topic)
    // It may not have heard yet that this node listens no more.
    if (!validate) return TopicValidatorResult.Ignore
    const verdict = await validate(message)
    if (verdict === 'accept') return TopicValidatorResult.Accept
    if (verdict === 'ignore') return TopicValidatorResult.Ignore
    this.#punish(peer, REJECTED_POINTS, undefined)
    return TopicValidatorResult.Reject
  }

  /** Counts something against a peer, and cuts it off where that was enough. */
  #punish(peer: string, points: number, why: string | undefined): void {
    const first = this.#meter.points(peer) < 1
    if (why !== undefined && first) this.#refuse(peer, why)
    if (!this.#meter.punish(peer, points)) return
    this.#refuse(peer, 'it is cut off for ten minutes')
    this.#init.onCutOff?.(peer)
    this.#hangUp(peer)
  }

  #refuse(peer: string, why: string): void {
    this.#init.onRefused(peer, new MeshError('ERR_MESH_PROTOCOL', `The gossip of ${peer}: ${why}`))
  }

  #score(peer: string): number {
    if (this.#meter.isMuted(peer) || !this.#init.mayHear(peer)) return OUTCAST
    return -this.#meter.points(peer)
  }

  #note(peer: string, topic: string, begins: boolean): void {
    const topics = this.#topicsOf.get(peer) ?? new Set()
    this.#topicsOf.set(peer, topics)
    if (!begins) topics.delete(topic)
    else if (topics.size < TOPICS_OF_A_PEER) {
      topics.add(topic)
      if (!this.#init.mayHear(peer)) return
      for (const listener of this.#listeners) listener(peer, topic)
    }
  }
}
