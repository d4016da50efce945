import type { ContextStore, VersionRecord } from '@bzzz/context-store'
import type { WriterOf } from '../collection-writers.ts'
import { collectionOf, type Head } from '../manifest.ts'
import type { CallOptions, SyncClient } from '../sync-client.ts'
import { MAX_MANY } from './messages.ts'

interface GathererComponents {
  readonly store: ContextStore
  readonly client: SyncClient
  readonly writerOf: WriterOf
}

/** A timeline that goes on from where this node has it, as the other one said. */
interface Plain {
  readonly head: Head
  /** The newest version here. */
  readonly newest: number
  readonly previous: string | null
}

/** What was taken of several timelines at once. */
export interface Gathered {
  /** How many records are new, by collection. */
  readonly taken: ReadonlyMap<string, number>
  readonly contents: number
  /** Those of which nothing was taken: they are to be looked at one by one. */
  readonly rest: readonly Head[]
}

/**
 * Takes over many timelines in few messages and few commits, where there is nothing to it: what is new
 * follows what is here, by its writer, with small contents. Whatever is otherwise is left: forks, what is
 * longer than a message, and all that does not fit what was said, which may be a lie.
 */
export class Gatherer {
  readonly #with: GathererComponents

  constructor(components: GathererComponents) {
    this.#with = components
  }

  /** Sorts out what can be taken together. */
  async plain(heads: readonly Head[]): Promise<{ plain: Plain[]; rest: Head[] }> {
    const plain: Plain[] = []
    const rest: Head[] = []
    for (const head of heads) {
      const own = await this.#with.store.head(head.key)
      if (own?.id === head.id) continue
      const newest = own?.record.version ?? 0
      if (newest < head.version) plain.push({ head, newest, previous: own?.id ?? null })
      else rest.push(head)
    }
    return { plain, rest }
  }

  /** @param plain at most {@link MAX_MANY}. */
  async take(plain: readonly Plain[], options: CallOptions): Promise<Gathered> {
    const { store, client } = this.#with
    const asked = plain.slice(0, MAX_MANY).map(({ head, newest }) => ({ key: head.key, newest }))
    const answer = await client.many(asked, options)
    const byKey = Map.groupBy(answer.records as Partial<VersionRecord>[], (record) => record?.key)
    const fitting: VersionRecord[] = []
    const rest: Head[] = []
    for (const [place, one] of plain.entries()) {
      const records = place < answer.answered ? (byKey.get(one.head.key) ?? []) : []
      if (await this.#fits(records, one, answer.contents)) {
        // Of any shape besides: the store checks each.
        fitting.push(...(records as VersionRecord[]))
      } else rest.push(one.head)
    }
    if (fitting.length === 0) return { taken: new Map(), contents: 0, rest }
    try {
      const contents = await this.#addContents(fitting, answer.contents)
      // Somebody else may have brought them meanwhile.
      const added = await store.append(fitting)
      if (added === 0) return { taken: new Map(), contents, rest }
      const taken = Map.groupBy(fitting, ({ key }) => collectionOf(key))
      const counts = [...taken].map(([name, { length }]): [string, number] => [name, length])
      return { taken: new Map(counts), contents, rest }
    } catch {
      options.signal?.throwIfAborted()
      // One of them does not verify, or is not taken here: which one is found one by one.
      return { taken: new Map(), contents: 0, rest: plain.map(({ head }) => head) }
    }
  }

  /** True where records go on from what is here to where the other node said, with their contents. */
  async #fits(
    records: readonly Partial<VersionRecord>[],
    { head, newest, previous }: Plain,
    contents: ReadonlyMap<string, Uint8Array>,
  ): Promise<boolean> {
    const writer = await this.#with.writerOf(collectionOf(head.key))
    const [first] = records
    if (writer === 'unknown' || !first || first.previous !== previous) return false
    for (const [place, record] of records.entries()) {
      if (record.version !== newest + place + 1) return false
      if (writer !== 'any' && record.writer !== writer) return false
      const { content } = record
      if (typeof content !== 'string' || contents.has(content)) continue
      if ((await this.#with.store.contentSize(content)) === undefined) return false
    }
    return newest + records.length >= head.version
  }

  /** Before the records that name them, so that what was cut short is found by the next comparison. */
  async #addContents(
    records: readonly VersionRecord[],
    contents: ReadonlyMap<string, Uint8Array>,
  ): Promise<number> {
    const { store } = this.#with
    const wanted = new Set(records.flatMap(({ content }) => content ?? []))
    const missing: [string, Uint8Array][] = []
    for (const id of wanted) {
      const bytes = contents.get(id)
      if (bytes && (await store.contentSize(id)) === undefined) missing.push([id, bytes])
    }
    // At once: they share a commit.
    await Promise.all(missing.map(async ([id, bytes]) => store.addContent(id, bytes)))
    return missing.length
  }
}
