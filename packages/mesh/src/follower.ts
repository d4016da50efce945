import type { Schedule } from '@bzzz/context-store'
import type { Dht } from '@bzzz/dht'
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
import { within } from './deadline.ts'
import { MeshError } from './errors.ts'
import type { Fetched, Fetcher } from './fetcher.ts'
import type { Follow } from './follow.ts'
import type { Gossip } from './libp2p/gossip.ts'
import { dhtKeyOf, type Head, type Manifest } from './manifest.ts'
import type { MeshEvent } from './mesh.ts'
import { WorkQueue } from './work-queue.ts'

/** How a node catches up with a peer: listing by listing, or by reconciliation. */
type CatchUp = (
  pattern: string,
  peer: string,
  options: { readonly signal: AbortSignal },
) => Promise<Fetched>

export interface FollowerInit {
  readonly self: string
  readonly gossip: Gossip
  readonly dht: Dht
  readonly announcements: Announcements
  readonly fetcher: Fetcher
  readonly catchUp: CatchUp
  /** Peers with which hellos were exchanged. */
  readonly joined: ReadonlySet<string>
  readonly schedule: Schedule
  readonly emit: (event: MeshEvent) => void
}

interface Followed {
  readonly pattern: string
  readonly compiled: CompiledPattern
  /** Matches a key of each collection that could have something to follow. */
  readonly collections: CompiledPattern
  readonly topic: string | undefined
}

const MAX_PATTERNS = 64
// Topics that a node listens to because it follows every project.
const MAX_TOPICS = 256
const QUEUE = { parallel: 8, perPeer: 4, waiting: 1000 }
const FETCH_MS = 60_000
// After the last try the next announcement, or the next meeting, brings what is missing.
const RETRIES_MS = [500, 2000, 8000, 30_000]
// Collections of which it is remembered that this node provides them.
const KEPT_PROVIDED = 10_000
const PROVIDE_MS = 10_000

/** Fetches what is announced and matches a pattern, and catches up with those who have it. */
export class Follower {
  readonly #init: FollowerInit
  readonly #queue: WorkQueue
  readonly #followed = new Set<Followed>()
  /** What ends listening to a topic. */
  readonly #topics = new Map<string, () => void>()
  readonly #retries = new Map<string, () => void>()
  readonly #provided = new Set<string>()
  readonly #stopping = new AbortController()

  constructor(init: FollowerInit) {
    this.#init = init
    const onDropped = (name: string): void =>
      init.emit({
        type: 'behind',
        what: name,
        error: new MeshError('ERR_MESH_LIMIT', 'Too much is announced at once'),
      })
    this.#queue = new WorkQueue({ ...QUEUE, onDropped })
    init.gossip.onTopic((_, topic) => this.#listenTo(topic))
  }

  follow(pattern: string | Address): Follow {
    const address = typeof pattern === 'string' ? parse(pattern) : pattern
    const { agent, project } = address
    const scope = createAddress({ agent, role: 'any', project, task: 'any', path: '**' })
    const followed: Followed = {
      pattern: format(address),
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
    this.#listen(followed)
    for (const peer of this.#init.joined) this.#meet(peer, followed)
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
      settled: async () => this.#queue.idle(),
    }
  }

  /** Catches up with a peer that joined. */
  onJoined(peer: string): void {
    for (const followed of this.#followed) {
      this.#listen(followed)
      this.#meet(peer, followed)
    }
  }

  /** Takes note of what was announced. */
  onNews(manifest: Manifest, peer: string): void {
    const { collection, writer } = manifest
    const [agent] = collection.split('@', 1)
    const key = `${agent}:a@${projectOf(collection)}:a/a`
    const concerned = [...this.#followed].some(({ collections }) => collections.testKey(key))
    if (!concerned || peer === this.#init.self) return
    this.#try(`${collection} ${writer}`, peer, async (signal) => {
      const fetched = await this.#init.fetcher.collection(manifest, (one) => this.#matches(one), {
        signal,
      })
      await this.#provide(fetched)
      if (fetched.versions > 0)
        this.#init.emit({ type: 'followed', collection, peer, versions: fetched.versions })
    })
  }

  /**
   * Keeps versions that another node asks for.
   *
   * @throws `ERR_MESH_NOT_FOUND` where they match no pattern, or could not be fetched.
   */
  async hold(peer: string, heads: readonly Head[]): Promise<void> {
    if (!heads.every(({ key }) => this.#matches(key)))
      throw new MeshError('ERR_MESH_NOT_FOUND', 'This node does not follow that')
    const fetched = await this.#within(FETCH_MS, async (signal) =>
      this.#init.fetcher.hold(heads, peer, { signal }),
    )
    void this.#provide(fetched).catch(() => {})
    for (const collection of fetched.collections)
      this.#init.emit({ type: 'followed', collection, peer, versions: fetched.versions })
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new MeshError('ERR_MESH_CLOSED', 'The node has left the mesh'))
    for (const cancel of this.#retries.values()) cancel()
    this.#retries.clear()
    this.#followed.clear()
    await this.#queue.stop()
  }

  #matches(key: string): boolean {
    for (const { compiled } of this.#followed) if (compiled.testKey(key)) return true
    return false
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

  #meet(peer: string, { pattern }: Followed): void {
    this.#try(`${pattern} ${peer}`, peer, async (signal) => {
      const fetched = await this.#init.catchUp(pattern, peer, { signal })
      await this.#provide(fetched)
      this.#init.emit({ type: 'caught-up', peer, pattern, versions: fetched.versions })
      const [unknown] = fetched.unknown
      if (unknown !== undefined)
        throw new MeshError('ERR_MESH_NOT_FOUND', `Nobody has announced ${unknown} yet`)
    })
  }

  /** Does something now, and where it fails again a few times, later and later. */
  #try(name: string, peer: string, work: (signal: AbortSignal) => Promise<void>, tries = 0): void {
    this.#retries.get(name)?.()
    this.#retries.delete(name)
    const run = async (): Promise<void> => {
      try {
        await this.#within(FETCH_MS, work)
      } catch (error) {
        if (this.#stopping.signal.aborted) return
        this.#init.emit({ type: 'behind', what: name, error })
        const wait = RETRIES_MS[tries]
        // Something newer under the same name replaces this, and its retries.
        if (wait === undefined || this.#retries.has(name) || this.#retries.size >= QUEUE.waiting)
          return
        const again = (): void => this.#try(name, peer, work, tries + 1)
        this.#retries.set(name, this.#init.schedule(again, wait))
      }
    }
    this.#queue.request(name, { peer, run })
  }

  async #within<Result>(
    ms: number,
    work: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const { schedule } = this.#init
    return within({ schedule, ms, signal: this.#stopping.signal }, work)
  }

  /** Becomes a provider of what is kept: once, since the network renews it by itself. */
  async #provide({ collections }: Fetched): Promise<void> {
    for (const collection of collections) {
      if (this.#provided.has(collection)) continue
      this.#provided.add(collection)
      const [oldest] = this.#provided
      if (this.#provided.size > KEPT_PROVIDED && oldest !== undefined) this.#provided.delete(oldest)
      try {
        await this.#within(PROVIDE_MS, async (signal) =>
          this.#init.dht.provide(dhtKeyOf(collection), { signal }),
        )
      } catch {
        // It is kept all the same, and found by its writer. The next change tries again.
        this.#provided.delete(collection)
      }
    }
  }
}

function isLiteral(name: string): boolean {
  return name !== 'any' && /^[a-z0-9][a-z0-9._-]*$/.test(name)
}
