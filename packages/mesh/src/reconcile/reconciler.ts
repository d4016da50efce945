import { placeOf, type ContextStore, type HeadItem, type Schedule } from '@bzzz/context-store'
import { compilePattern, parse } from '@bzzz/ucxl-address'
import type { WriterOf } from '../collection-writers.ts'
import type { ContentFetcher } from '../content-fetcher.ts'
import { MeshError } from '../errors.ts'
import type { Head } from '../manifest.ts'
import type { Membership } from '../membership.ts'
import type { MeshEvent } from '../mesh.ts'
import type { CallOptions, Meter, SyncClient } from '../sync-client.ts'
import { believing } from './believing.ts'
import { compare } from './compare.ts'
import { summaryOf, type HeadTuple } from './comparing.ts'
import { eachOf } from './each-of.ts'
import { MAX_MANY, MAX_OFFERED, MAX_PLACES } from './messages.ts'
import { OneByOne } from './one-by-one.ts'
import { codeOf, Puller, type PullOptions } from './puller.ts'
import type { ReconcileReport } from './report.ts'

export interface ReconcilerComponents {
  readonly store: ContextStore
  readonly membership: Membership
  readonly contents: Pick<ContentFetcher, 'fetch'>
  /** Says whose records are taken, in one piece of work. */
  readonly writers: (signal: AbortSignal) => WriterOf
  readonly emit: (event: MeshEvent) => void
  readonly schedule: Schedule
  /** What other nodes may hand over. */
  readonly taking: Taking
  /** Told of what came from a node: how many records are new, by collection. */
  readonly onTaken: (peer: string, taken: ReadonlyMap<string, number>) => void
  /** A client of a peer with which hellos were exchanged. */
  readonly clientOf: (peer: string, options: { signal: AbortSignal }) => Promise<SyncClient>
}

/** What became of newest versions that a node was offered. */
export interface OfferAnswer {
  readonly records: number
  readonly contents: number
  readonly refused: number
}

/** What a node takes of what others hand over. */
export interface Taking {
  /** At most {@link MAX_TAKES}. */
  readonly patterns: () => readonly string[]
  readonly test: (key: string) => boolean
}

// Timelines that are fetched at once.
const AT_ONCE = 16
// Forked timelines that wait for the other node to have fetched this node's part.
const MAX_FORKED = 100

/** Compares what this node has with what others have, and brings both to the same. */
export class Reconciler {
  readonly #with: ReconcilerComponents
  /** By timeline: many nodes that have the same are met at once when a partition ends. */
  readonly #oneByOne: OneByOne

  constructor(components: ReconcilerComponents) {
    this.#with = components
    this.#oneByOne = new OneByOne(components.schedule)
  }

  /** @throws as `Mesh.reconcile`. */
  async reconcile(
    peer: string,
    { pattern, signal }: { readonly pattern: string; readonly signal: AbortSignal },
  ): Promise<ReconcileReport> {
    return believing(this.#with.emit, { peer, signal }, async () => {
      const { store, membership, clientOf } = this.#with
      signal.throwIfAborted()
      // A malformed pattern is the caller's fault, and told before anybody is asked.
      if (pattern !== '') parse(pattern)
      // What both may read is known when both have shown their certificates.
      const client = await reach(peer, clientOf, signal)
      const own = await summaryOf(membership.shared(store, peer), pattern, { signal })
      const timelines = own.count
      const meter: Meter = { sent: 0, received: 0 }
      const options = { signal, meter }
      const found = await compare(client, own, { pattern, ...options })
      return this.#pulling(client, { pattern, ...options }, async (puller) => {
        const offers = found.onlyOurs
          .filter(({ key }) => found.takes(key))
          .map((item) => tupleOf(item))
        const given = { records: 0, contents: 0, refused: found.onlyOurs.length - offers.length }
        const settle = async (): Promise<void> => {
          await this.#offer(client, offers.splice(0), { ...options, given })
          // Not before: what loses its place here could not be fetched from here any more.
          await puller.keepHeld()
        }
        let rounds = found.rounds
        for (let start = 0; start < found.theirs.length; start += MAX_PLACES) {
          const places = found.theirs.slice(start, start + MAX_PLACES)
          const heads = await headsAt(client, { pattern, places }, options)
          rounds++
          const rest = await this.#gather(puller, heads, options)
          await eachOf(rest, AT_ONCE, async (head) => {
            const ours = (await this.#take(puller, head)) === 'ours' && (await store.head(head.key))
            if (ours && found.takes(head.key)) offers.push([head.key, ours.record.version, ours.id])
            else if (ours) given.refused++
          })
          if (puller.held >= MAX_FORKED) await settle()
        }
        await settle()
        const { records, contents, missing, refused, taken, unannounced } = puller
        return {
          peer,
          timelines,
          theirTimelines: found.theirCount,
          differing: found.theirs.length + found.onlyOurs.length,
          records,
          contents,
          missing,
          taken,
          unannounced: [...unannounced],
          refused,
          given,
          ...meter,
          rounds,
        }
      })
    })
  }

  /**
   * Fetches what another node holds of timelines, each up to where it has it.
   *
   * @param list asks that node which.
   * @param writerOf says whose records are taken; by their manifests if left out.
   */
  async pull(
    peer: string,
    list: (client: SyncClient) => Promise<readonly Head[]>,
    { signal, writerOf }: { readonly signal: AbortSignal; readonly writerOf?: WriterOf },
  ): Promise<readonly Head[]> {
    return believing(this.#with.emit, { peer, signal }, async () => {
      const client = await reach(peer, this.#with.clientOf, signal)
      const heads = await list(client)
      return this.#pulling(client, { pattern: '', signal, writerOf }, async (puller) => {
        const rest = await this.#gather(puller, heads, { signal })
        await eachOf(rest, AT_ONCE, async (head) => void (await this.#take(puller, head)))
        await puller.keepHeld()
        return heads
      })
    })
  }

  /** Fetches what another node offers, as far as this one takes it. */
  async offered(
    peer: string,
    heads: readonly HeadTuple[],
    signal: AbortSignal,
  ): Promise<OfferAnswer> {
    return believing(this.#with.emit, { peer, signal }, async () => {
      const { store, membership, clientOf } = this.#with
      const shared = membership.shared(store, peer)
      const client = await clientOf(peer, { signal })
      return this.#pulling(client, { pattern: '', signal }, async (puller) => {
        const wanted: Head[] = []
        for (const [key, version, id] of heads)
          if (this.#with.taking.test(key) && (await mayHave(shared, key)))
            wanted.push({ key, version, id })
        const denied = heads.length - wanted.length
        const rest = await this.#gather(puller, wanted, { signal })
        await eachOf(rest, AT_ONCE, async (head) => void (await this.#take(puller, head)))
        await puller.keepHeld()
        const { records, contents, refused } = puller
        return { records, contents, refused: refused.length + puller.leftAlone + denied }
      })
    })
  }

  /** Takes together what can be. @returns the rest, to be taken one by one. */
  async #gather(
    puller: Puller,
    heads: readonly Head[],
    options: CallOptions,
  ): Promise<readonly Head[]> {
    const { plain, rest } = await puller.gatherer.plain(heads)
    const free = plain.filter(({ head }) => !this.#oneByOne.isRunning(head.key))
    const left = [...rest, ...plain.filter((one) => !free.includes(one)).map(({ head }) => head)]
    for (let start = 0; start < free.length; start += MAX_MANY) {
      const some = free.slice(start, start + MAX_MANY)
      const keys = some.map(({ head }) => head.key)
      const gathered = await this.#oneByOne.runAll(keys, async () =>
        puller.gatherer.take(some, options),
      )
      puller.note(gathered)
      left.push(...gathered.rest)
    }
    return left
  }

  async #take(puller: Puller, head: Head): Promise<'ours' | 'settled'> {
    return this.#oneByOne.run(head.key, async () => puller.take(head))
  }

  /** Pulls from a node, and tells what is new here: also where the rest could not be had. */
  async #pulling<Result>(
    client: SyncClient,
    { writerOf, ...options }: PullOptions & { readonly writerOf?: WriterOf | undefined },
    work: (puller: Puller) => Promise<Result>,
  ): Promise<Result> {
    const { store, contents, writers, onTaken } = this.#with
    const whose = writerOf ?? writers(options.signal)
    const puller = new Puller({ store, client, contents, writerOf: whose }, options)
    try {
      return await work(puller)
    } finally {
      if (puller.records > 0) onTaken(client.peer, puller.taken)
    }
  }

  async #offer(
    client: SyncClient,
    heads: readonly HeadTuple[],
    { given, ...options }: { given: Counts; signal: AbortSignal; meter: Meter },
  ): Promise<void> {
    for (let start = 0; start < heads.length; start += MAX_OFFERED) {
      const offered = heads.slice(start, start + MAX_OFFERED)
      try {
        const { records, contents, refused } = await client.offer(offered, options)
        given.records += records
        given.contents += contents
        given.refused += refused
      } catch (error) {
        options.signal.throwIfAborted()
        // It takes nothing now, for reasons of its own: what this node lacked is here all the same.
        if (codeOf(error) !== 'ERR_MESH_NOT_FOUND') throw error
        given.refused += offered.length
      }
    }
  }
}

type Counts = { -readonly [Name in keyof OfferAnswer]: OfferAnswer[Name] }

function tupleOf({ key, version, id }: HeadItem): HeadTuple {
  return [key, version, id]
}

/** The newest versions at places, each of them one that was asked for. */
async function headsAt(
  client: SyncClient,
  { pattern, places }: { readonly pattern: string; readonly places: readonly string[] },
  options: { readonly signal: AbortSignal; readonly meter: Meter },
): Promise<Head[]> {
  const compiled = pattern === '' ? undefined : compilePattern(parse(pattern))
  const wanted = new Set(places)
  const heads = await client.places({ pattern, places: [...places] }, options)
  return heads.map(([key, version, id]) => {
    if (wanted.delete(placeOf(key)) && compiled?.testKey(key) !== false) return { key, version, id }
    throw new MeshError('ERR_MESH_PROTOCOL', `${client.peer} named ${key}, which was not asked for`)
  })
}

async function reach(
  peer: string,
  clientOf: ReconcilerComponents['clientOf'],
  signal: AbortSignal,
): Promise<SyncClient> {
  try {
    return await clientOf(peer, { signal })
  } catch (cause) {
    signal.throwIfAborted()
    if (cause instanceof MeshError) throw cause
    throw new MeshError('ERR_MESH_UNREACHABLE', `The node ${peer} cannot be reached`, { cause })
  }
}

async function mayHave(shared: ContextStore, key: string): Promise<boolean> {
  try {
    await shared.head(key)
    return true
  } catch (error) {
    if (codeOf(error) === 'ERR_STORE_DENIED') return false
    throw error
  }
}
