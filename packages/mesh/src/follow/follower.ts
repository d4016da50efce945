import { setImmediate as turn } from 'node:timers/promises'
import type { ContextStore } from '@bzzz/context-store'
import {
  compilePattern,
  createAddress,
  format,
  parse,
  type Address,
  type CompiledPattern,
} from '@bzzz/ucxl-address'
import { isProjectTopic, projectOf, topicOf } from './announcement.ts'
import type { Announcements } from './announcements.ts'
import { Attempts } from './attempts.ts'
import { MeshError } from '../errors.ts'
import type { Fetcher } from './fetcher.ts'
import type { Follow } from './follow.ts'
import type { Gossip } from '../gossip.ts'
import { collectionOf, type Head, type Manifest } from '../manifest.ts'
import { Lacks } from './lacks.ts'
import type { MeshEvent } from '../mesh.ts'
import type { Redactions } from './redactions.ts'
import type { Reconciler } from '../reconcile/reconciler.ts'
import type { Timing } from '../timing.ts'
import { Turns } from './turns.ts'

export interface FollowerInit {
  readonly self: string
  readonly store: ContextStore
  readonly gossip: Gossip
  readonly announcements: Announcements
  readonly fetcher: Fetcher
  readonly reconciler: Reconciler
  readonly redactions: Redactions
  /** Peers with which hellos were exchanged. */
  readonly joined: ReadonlySet<string>
  readonly timing: Timing
  readonly emit: (event: MeshEvent) => void
  /** Says to the network, from now on, that this node holds something of a collection. */
  readonly provide: (collection: string) => void
}

interface Followed {
  readonly pattern: string
  readonly address: Address
  readonly compiled: CompiledPattern
  /** Matches a key of each collection that could have something to follow. */
  readonly collections: CompiledPattern
  readonly topic: string | undefined
}

const MAX_PATTERNS = 64
// Topics that a node listens to because it follows every project.
const MAX_TOPICS = 256
// How often it compares with one of its peers, whatever was announced: a fifth sooner or later.
const ROUND_MS = 60_000
// Contexts looked at before others get a turn.
const SCAN_STEP = 256

/** Fetches what is announced and matches a pattern, and catches up with those who have it. */
export class Follower {
  readonly #init: FollowerInit
  readonly #attempts: Attempts
  readonly #lacks: Lacks
  readonly #turns: Turns
  readonly #followed = new Set<Followed>()
  /** What ends listening to a topic. */
  readonly #topics = new Map<string, () => void>()
  #cancelRound = (): void => {}

  constructor(init: FollowerInit) {
    this.#init = init
    this.#attempts = new Attempts({ schedule: init.timing.schedule, emit: init.emit })
    this.#turns = new Turns(init)
    this.#lacks = new Lacks({ ...init, matches: (key) => this.matches(key) })
    init.gossip.onTopic((_, topic) => this.#listenTo(topic))
    this.#scheduleRound()
  }

  follow(pattern: string | Address): Follow {
    const address = typeof pattern === 'string' ? parse(pattern) : pattern
    const { agent, project } = address
    const scope = createAddress({ agent, role: 'any', project, task: 'any', path: '**' })
    const followed: Followed = {
      pattern: format(address),
      address,
      compiled: compilePattern(address),
      collections: compilePattern(scope),
      topic: isLiteral(project) ? topicOf(project) : undefined,
    }
    if (this.#followed.size >= MAX_PATTERNS) {
      throw new MeshError(
        'ERR_MESH_LIMIT',
        `A node follows ${MAX_PATTERNS} patterns at most: follow fewer that match more, such as ucxl://any:any@${project}:any/**`,
      )
    }
    this.#followed.add(followed)
    this.#lacks.watch()
    this.#listen(followed)
    const look = async (): Promise<void> => this.#look(followed)
    this.#attempts.request(`${followed.pattern} here`, this.#init.self, look)
    return {
      pattern: followed.pattern,
      stop: () => {
        if (!this.#followed.delete(followed)) return
        for (const topic of this.#topics.keys()) {
          if (this.#wants(topic)) continue
          this.#topics.get(topic)?.()
          this.#topics.delete(topic)
        }
      },
      settled: async () => this.#attempts.idle(),
    }
  }

  /** Catches up with a peer that joined. */
  onJoined(peer: string): void {
    for (const followed of this.#followed) {
      this.#listen(followed)
      this.#turns.after(peer, () => {
        if (this.#followed.has(followed)) this.#meet(peer, followed)
      })
    }
  }

  /** Takes note of a peer that compares what it has with what this node has. */
  onComparing(peer: string): void {
    this.#turns.heard(peer)
  }

  onLeft(peer: string): void {
    this.#turns.forget(peer)
    this.#init.redactions.onLeft(peer)
  }

  /** Takes note of what was announced. */
  onNews(manifest: Manifest, peer: string): void {
    const { collection, writer } = manifest
    const [agent = ''] = collection.split('@', 1)
    const project = projectOf(collection)
    const key = `${agent}:a@${project}:a/a`
    const concerned = [...this.#followed].filter(({ collections }) => collections.testKey(key))
    if (concerned.length === 0 || peer === this.#init.self) return
    const patterns = concerned.map(({ address }) =>
      format(createAddress({ ...address, agent, project })),
    )
    const wants = (one: string): boolean => this.matches(one)
    const work = async (signal: AbortSignal): Promise<void> =>
      this.#init.fetcher.collection(manifest, { wants, patterns, signal })
    this.#attempts.try({ name: `${collection} ${writer}`, peer, work })
  }

  /**
   * Keeps versions that another node asks for.
   *
   * @throws `ERR_MESH_NOT_FOUND` where they match no pattern, or could not be fetched.
   */
  async hold(peer: string, heads: readonly Head[]): Promise<void> {
    if (!heads.every(({ key }) => this.matches(key)))
      throw new MeshError('ERR_MESH_NOT_FOUND', 'This node does not follow that')
    await this.#attempts.within(async (signal) => {
      await this.#init.fetcher.hold(heads, peer, { signal })
      // Who asks counts on it, also where the power fails.
      await this.#init.store.sync({ signal })
    })
  }

  /** Takes note of what is here now: how many versions are new, by collection. */
  onTaken(peer: string, taken: ReadonlyMap<string, number>): void {
    for (const [collection, versions] of taken) {
      this.#init.provide(collection)
      this.#init.emit({ type: 'followed', collection, peer, versions })
    }
  }

  /** The patterns that are followed. */
  patterns(): string[] {
    return [...this.#followed].map(({ pattern }) => pattern)
  }

  /** True for a key that is followed. */
  matches(key: string): boolean {
    for (const { compiled } of this.#followed) if (compiled.testKey(key)) return true
    return false
  }

  async stop(): Promise<void> {
    this.#cancelRound()
    this.#turns.stop()
    this.#followed.clear()
    this.#lacks.stop()
    await this.#attempts.stop()
  }

  #wants(topic: string): boolean {
    return [...this.#followed].some((one) => one.topic === undefined || one.topic === topic)
  }

  #listen(followed: Followed): void {
    const topics = followed.topic === undefined ? this.#init.gossip.topics() : [followed.topic]
    for (const topic of topics) this.#listenTo(topic)
  }

  #listenTo(topic: string): void {
    if (this.#topics.has(topic) || this.#topics.size >= MAX_TOPICS || !isProjectTopic(topic)) return
    if (this.#wants(topic)) this.#topics.set(topic, this.#init.announcements.listen(topic))
  }

  /** Looks at what is here of a pattern, provides it, and then compares with all who are connected. */
  async #look(followed: Followed): Promise<void> {
    const { store, joined, provide } = this.#init
    const { signal } = this.#attempts
    const collections = new Set<string>()
    let count = 0
    try {
      for await (const version of store.list(followed.pattern, { signal })) {
        collections.add(collectionOf(version.record.key))
        await this.#lacks.look(version)
        if (++count % SCAN_STEP === 0) await turn()
      }
    } catch {
      // A store that is closed or cannot be read says so to those who use it.
    }
    if (signal.aborted) return
    for (const collection of collections) provide(collection)
    for (const peer of joined) this.#meet(peer, followed)
  }

  /** Compares with a peer, and brings both to the same. */
  #meet(peer: string, followed: Followed, { quiet = false } = {}): void {
    const { pattern } = followed
    const { reconciler, redactions, emit } = this.#init
    const work = async (signal: AbortSignal): Promise<void> => {
      const report = await reconciler.reconcile(peer, { pattern, signal })
      const { records, unannounced, sent, received } = report
      await redactions.pull(peer, pattern, { signal })
      await this.#lacks.fetch(peer, { signal })
      if (records > 0 || !quiet)
        emit({ type: 'caught-up', peer, pattern, versions: records, sent, received })
      const [unknown] = unannounced
      if (unknown !== undefined)
        throw new MeshError('ERR_MESH_NOT_FOUND', `Nobody has announced ${unknown} yet`)
    }
    // One after the other: what the first one brings need not be fetched of the next.
    this.#attempts.try({ name: `${pattern} ${peer}`, peer, work, lane: pattern })
  }

  #scheduleRound(): void {
    const { timing, joined } = this.#init
    this.#cancelRound = timing.schedule(
      () => {
        this.#scheduleRound()
        const peers = [...joined]
        const peer = peers[Math.floor(timing.random() * peers.length)]
        if (peer === undefined) return
        for (const followed of this.#followed) this.#meet(peer, followed, { quiet: true })
      },
      Math.floor(ROUND_MS * (0.8 + 0.4 * timing.random())),
    )
  }
}

function isLiteral(name: string): boolean {
  return name !== 'any' && /^[a-z0-9][a-z0-9._-]*$/.test(name)
}
