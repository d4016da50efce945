import {
  placeOf,
  verifyRecord,
  type ContextStore,
  type StoredVersion,
  type VersionRecord,
} from '@bzzz/context-store'
import type { WriterOf } from '../collection-writers.ts'
import type { ContentFetcher } from '../content-fetcher.ts'
import { MeshError } from '../errors.ts'
import { collectionOf, type Head } from '../manifest.ts'
import type { CallOptions, SyncClient } from '../sync-client.ts'
import { eachOf } from './each-of.ts'
import { Gatherer, type Gathered } from './gatherer.ts'

/** Why a timeline of another node was not taken, though the node itself is believed. */
export interface RefusedTimeline {
  readonly key: string
  readonly error: unknown
}

interface PullerComponents {
  readonly store: ContextStore
  readonly client: SyncClient
  readonly contents: Pick<ContentFetcher, 'fetch'>
  readonly writerOf: WriterOf
}

export interface PullOptions extends CallOptions {
  readonly signal: AbortSignal
  /** By which the other node compares; '' is everything. */
  readonly pattern: string
}

// Records of one timeline that are held until the other node has its part of a fork.
const MAX_HELD = 5000
// Timelines that are refused before the other node is.
const MAX_REFUSED = 1000
// Contents of one timeline that are asked for at once.
const AT_ONCE = 4
// Errors that speak of a timeline and not of the node: two writers of one key, say, or a clock ahead.
const REFUSALS = new Set([
  'ERR_MESH_MANIFEST',
  'ERR_MESH_NOT_FOUND',
  'ERR_RECORD_CHAIN',
  'ERR_STORE_CONTENT_TOO_LARGE',
  'ERR_STORE_DENIED',
  'ERR_STORE_WRITER',
  'ERR_TEMPORAL_AHEAD',
])

/**
 * Takes over what another node has of timelines. Contents come before the records that name them, so
 * that what was cut short is found by the next comparison.
 */
export class Puller {
  /** New records. */
  records = 0
  /** New contents. */
  contents = 0
  /** Contents that the other node did not have. */
  missing = 0
  readonly refused: RefusedTimeline[] = []
  /** How many records are new, by collection. */
  readonly taken = new Map<string, number>()
  /** Collections that were left alone, since nobody announced them. */
  readonly unannounced = new Set<string>()
  /** Timelines of those. */
  leftAlone = 0
  readonly #store: ContextStore
  readonly #client: SyncClient
  readonly #fetcher: PullerComponents['contents']
  readonly #writerOf: WriterOf
  /** Takes timelines together, where there is nothing to it. */
  readonly gatherer: Gatherer
  readonly #options: PullOptions
  /** Other branches of timelines of this node, not yet kept. */
  #held: VersionRecord[][] = []

  constructor({ store, client, contents, writerOf }: PullerComponents, options: PullOptions) {
    this.#store = store
    this.#client = client
    this.#fetcher = contents
    this.#writerOf = writerOf
    this.gatherer = new Gatherer({ store, client, writerOf })
    this.#options = options
  }

  /**
   * Takes over a timeline up to a version.
   *
   * @returns `ours` where this node has something that the other one lacks: it is ahead, or both went
   *   on from the same version, and then what is theirs is held until {@link keepHeld}.
   * @throws `ERR_MESH_UNTRUSTED`, `ERR_RECORD_SIGNATURE`, `ERR_RECORD_INVALID` where the other node
   *   does not give what it said it has.
   */
  async take(head: Head): Promise<'ours' | 'settled'> {
    try {
      return await this.#take(head)
    } catch (error) {
      this.#options.signal.throwIfAborted()
      this.#refuse(head.key, error)
      return 'settled'
    }
  }

  /** Takes note of what was taken together. */
  note({ taken, contents }: Gathered): void {
    this.contents += contents
    for (const [collection, records] of taken) this.#count(collection, records)
  }

  /** Keeps the other branches: the store says which of them stands. */
  async keepHeld(): Promise<void> {
    for (const records of this.#held.splice(0)) {
      try {
        await this.#append(records)
      } catch (error) {
        this.#refuse(records[0]?.key ?? '', error)
      }
    }
  }

  get held(): number {
    return this.#held.length
  }

  async #take(head: Head): Promise<'ours' | 'settled'> {
    const { key, version, id } = head
    const own = await this.#store.head(key)
    if (own?.id === id) return 'settled'
    const newest = own?.record.version ?? 0
    if (newest >= version && (await this.#at(key, version))?.id === id) return 'ours'
    const collection = collectionOf(key)
    const writer = await this.#writerOf(collection)
    if (writer === 'unknown') {
      this.unannounced.add(collection)
      this.leftAlone++
      return 'settled'
    }
    const wanted = { ...head, writer }
    let after = Math.min(newest, version - 1)
    // Back in growing steps to the version from which both went on; most often it is the newest one.
    for (let step = 1; !(await this.#takeAfter(after, wanted, after < newest)); step *= 8) {
      if (after === 0) throw this.#lied(key, 'it has no version of')
      after = Math.max(0, after - step)
    }
    return after < newest ? 'ours' : 'settled'
  }

  /** False where what follows there does not follow the version that is here. */
  async #takeAfter(
    after: number,
    head: Head & { readonly writer: string },
    forked: boolean,
  ): Promise<boolean> {
    const { key, version, writer } = head
    const last = after === 0 ? undefined : await this.#at(key, after)
    const branch: VersionRecord[] = []
    let reached = after
    for await (const page of this.#client.timeline(key, after, this.#options)) {
      const records = page.map((record) => verifyRecord(record as VersionRecord).record)
      if (reached === after && last && records[0]?.previous !== last.id) {
        // The version itself may be another one there; records before it tell.
        if (records[0]?.key === key) return false
      }
      for (const record of records) {
        if (record.key !== key || record.version !== ++reached)
          throw this.#lied(key, 'it sent other records than those of')
        if (writer !== 'any' && record.writer !== writer)
          throw new MeshError(
            'ERR_MESH_MANIFEST',
            `${key} is signed by ${record.writer} there, and its collection is ${writer}'s`,
          )
      }
      await this.#fetchContents(records)
      if (forked && branch.length + records.length <= MAX_HELD) branch.push(...records)
      else await this.#append([...branch.splice(0), ...records])
      if (reached >= version) break
    }
    if (branch.length > 0) this.#held.push(branch)
    if (reached < version && (await this.#isStillClaimed(head)))
      throw this.#lied(key, `it gave no version ${version} of`)
    return true
  }

  /** False where the other node has lost these versions meanwhile, to another branch of a fork. */
  async #isStillClaimed({ key, id }: Head): Promise<boolean> {
    const { pattern, ...options } = this.#options
    const heads = await this.#client.places({ pattern, places: [placeOf(key)] }, options)
    return heads.some(([of, , claimed]) => of === key && claimed === id)
  }

  async #append(records: readonly VersionRecord[]): Promise<void> {
    const added = await this.#store.append(records)
    if (added > 0 && records[0]) this.#count(collectionOf(records[0].key), added)
  }

  #count(collection: string, records: number): void {
    this.records += records
    this.taken.set(collection, (this.taken.get(collection) ?? 0) + records)
  }

  async #fetchContents(records: readonly VersionRecord[]): Promise<void> {
    const wanted = new Map(records.map((record) => [record.content, record]))
    const providers = [{ id: this.#client.peer, addresses: [] }]
    const { signal, meter } = this.#options
    await eachOf([...wanted], AT_ONCE, async ([id, { key, size }]) => {
      if (id === null) return
      if ((await this.#store.contentSize(id)) !== undefined) return
      try {
        await this.#fetcher.fetch({ id, size, key, providers, signal, ...(meter && { meter }) })
        this.contents++
      } catch (error) {
        // Dropped there by a rule, or redacted here: the record comes without it.
        const code = codeOf(error)
        if (code !== 'ERR_MESH_NOT_FOUND' && code !== 'ERR_STORE_REDACTED') throw error
        this.missing++
      }
    })
  }

  async #at(key: string, version: number): Promise<StoredVersion | undefined> {
    for await (const one of this.#store.history(key, { from: version, to: version })) return one
    return undefined
  }

  #refuse(key: string, error: unknown): void {
    if (!REFUSALS.has(codeOf(error))) throw error
    this.refused.push({ key, error })
    if (this.refused.length > MAX_REFUSED)
      throw this.#untrusted(key, `more than ${MAX_REFUSED} timelines do not fit, such as`)
  }

  #untrusted(key: string, what: string, cause?: Error): MeshError {
    return new MeshError('ERR_MESH_UNTRUSTED', `${this.#client.peer}: ${what} ${key}`, { cause })
  }

  /** For what no honest node does, whatever others told it. */
  #lied(key: string, what: string): MeshError {
    const why = new MeshError('ERR_MESH_PROTOCOL', 'A node gives what it says that it has')
    return this.#untrusted(key, what, why)
  }
}

/** True for what says that a node lies, or does not keep to the protocol. */
export function isLie(error: unknown): boolean {
  return [
    'ERR_MESH_PROTOCOL',
    'ERR_MESH_UNTRUSTED',
    'ERR_RECORD_INVALID',
    'ERR_RECORD_SIGNATURE',
    'ERR_STORE_CONTENT_MISMATCH',
  ].includes(codeOf(error))
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
