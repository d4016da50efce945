import type { Schedule } from '@bzzz/context-store'
import { peerIdOf, publicKeyOfDid, type Identity } from '@bzzz/identity'
import {
  decodeAnnouncement,
  encodeAnnouncement,
  MAX_AGE_MS,
  MAX_MANIFESTS,
  projectOf,
  topicOf,
  type Announcement,
} from './announcement.ts'
import { MeshError } from '../errors.ts'
import type { Gossip, GossipMessage, Verdict } from '../gossip.ts'
import type { Manifest } from '../manifest.ts'
import type { Membership } from '../membership.ts'
import type { MeshEvent } from '../mesh.ts'
import { PeerMeter } from '../peer-meter.ts'

export interface AnnouncementsInit {
  readonly gossip: Gossip
  readonly identity: Identity
  readonly membership: Membership
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly schedule: Schedule
  readonly emit: (event: MeshEvent) => void
  /** Told of each state that is news here, and of the peer id of its writer. */
  readonly onNews: (manifest: Manifest, peer: string) => void
}

// Changes within this time are told together.
const BATCH_MS = 200
// States of which it is remembered that they were heard of: the oldest is forgotten first.
const KEPT_SEQUENCES = 10_000
// What one writer may say, whoever passes it on.
const WRITERS = { burst: 100, perSecond: 10, limit: 1, mutedMs: 0, peers: 1000 }

/** Tells the followers of a project what is new, and hears what others tell. */
export class Announcements {
  readonly #init: AnnouncementsInit
  readonly #writers: PeerMeter
  /** How many want a topic, and what ends it. */
  readonly #topics = new Map<string, { wanted: number; readonly end: () => void }>()
  /** The highest sequence heard of, by collection and writer. */
  readonly #sequences = new Map<string, number>()
  /** What is to be told, by topic and collection: the newest state of each. */
  readonly #waiting = new Map<string, Map<string, Manifest>>()
  readonly #own = new Set<string>()
  #lastFlush = Number.NEGATIVE_INFINITY
  #cancel: (() => void) | undefined
  #open = true

  constructor(init: AnnouncementsInit) {
    this.#init = init
    this.#writers = new PeerMeter({ ...WRITERS, now: init.now })
  }

  /** Tells a new state of a collection: at once, or together with what else is new just now. */
  tell(manifest: Manifest): void {
    if (!this.#open || !this.#isNews(manifest)) return
    this.#remember(manifest)
    const topic = topicOf(projectOf(manifest.collection))
    // Who tells listens as well: so others learn of the topic, and messages find their way.
    const isNew = !this.#own.has(topic)
    if (isNew) {
      this.#own.add(topic)
      this.listen(topic)
    }
    const waiting = this.#waiting.get(topic) ?? new Map<string, Manifest>()
    waiting.set(manifest.collection, manifest)
    this.#waiting.set(topic, waiting)
    const since = this.#init.now() - this.#lastFlush
    // Those who follow everything need a moment to listen to a topic that they just heard of.
    if (!isNew && since >= BATCH_MS) this.#flush()
    else this.#cancel ??= this.#init.schedule(() => this.#flush(), BATCH_MS)
  }

  /** Listens to a topic. @returns what ends it; a topic ends when nobody wants it any more. */
  listen(topic: string): () => void {
    const known = this.#topics.get(topic)
    const entry = known ?? {
      wanted: 0,
      end: this.#init.gossip.subscribe(topic, async (message) => this.#check(message)),
    }
    entry.wanted++
    this.#topics.set(topic, entry)
    let listening = true
    return () => {
      if (!listening) return
      listening = false
      entry.wanted--
      if (entry.wanted > 0) return
      this.#topics.delete(topic)
      entry.end()
    }
  }

  /** Tells nothing more. */
  stop(): void {
    this.#open = false
    this.#cancel?.()
    this.#waiting.clear()
    for (const { end } of this.#topics.values()) end()
    this.#topics.clear()
  }

  #flush(): void {
    this.#cancel = undefined
    this.#lastFlush = this.#init.now()
    for (const [topic, waiting] of this.#waiting) {
      const manifests = [...waiting.values()]
      for (let from = 0; from < manifests.length; from += MAX_MANIFESTS) {
        const batch = manifests.slice(from, from + MAX_MANIFESTS)
        void this.#publish(topic, batch)
      }
    }
    this.#waiting.clear()
  }

  async #publish(topic: string, manifests: readonly Manifest[]): Promise<void> {
    const { gossip, identity, now, emit } = this.#init
    try {
      await gossip.publish(topic, encodeAnnouncement(manifests, { writer: identity, now: now() }))
    } catch (error) {
      for (const { collection } of manifests) emit({ type: 'announce-failed', collection, error })
    }
  }

  /** Decides whether a message is passed on, and takes in what is news. */
  async #check({ topic, peer, bytes }: GossipMessage): Promise<Verdict> {
    if (!this.#open) return 'ignore'
    let announcement: Announcement
    try {
      announcement = decodeAnnouncement(topic, bytes)
    } catch (error) {
      // Whoever passes it on should have seen that.
      this.#refuse(peer, error)
      return 'reject'
    }
    const writer = peerIdOf(publicKeyOfDid(announcement.writer))
    const age = this.#init.now() - Date.parse(announcement.time)
    if (Math.abs(age) > MAX_AGE_MS) {
      this.#refuse(
        peer,
        new MeshError(
          'ERR_MESH_PROTOCOL',
          `An announcement of ${announcement.time}, ${Math.round(age / 1000)} s from now`,
        ),
      )
      return 'ignore'
    }
    try {
      this.#init.membership.assertMember(writer)
      for (const manifest of announcement.manifests)
        this.#init.membership.assertMayAnnounce(manifest)
    } catch (error) {
      this.#refuse(peer, error)
      // Others may not have heard yet of what this node knows of the cluster: that is no lie of theirs.
      return peer === writer ? 'reject' : 'ignore'
    }
    const news = announcement.manifests.filter((manifest) => this.#isNews(manifest))
    if (news.length === 0) return 'ignore'
    if (!this.#writers.take(writer)) {
      this.#refuse(
        peer,
        new MeshError('ERR_MESH_LIMIT', `${writer} announces more than one node may`),
      )
      return peer === writer ? 'reject' : 'ignore'
    }
    for (const manifest of news) {
      this.#remember(manifest)
      this.#init.onNews(manifest, writer)
    }
    return 'accept'
  }

  #isNews({ collection, writer, sequence }: Manifest): boolean {
    return sequence > (this.#sequences.get(`${collection} ${writer}`) ?? 0)
  }

  #remember({ collection, writer, sequence }: Manifest): void {
    const name = `${collection} ${writer}`
    this.#sequences.delete(name)
    this.#sequences.set(name, sequence)
    const [oldest] = this.#sequences.keys()
    if (this.#sequences.size > KEPT_SEQUENCES && oldest !== undefined)
      this.#sequences.delete(oldest)
  }

  #refuse(peer: string, error: unknown): void {
    this.#init.emit({ type: 'refused', peer, key: '', error })
  }
}
