import type { ContextStore, VersionRecord } from '@bzzz/context-store'
import type { Provider } from '@bzzz/dht'
import { MeshError } from './errors.ts'
import type { Instances } from './instances.ts'
import type { Channel, Outgoing } from './network-node.ts'
import { collectionOf, type Head } from './manifest.ts'
import type { ClusterHello, Membership } from './membership.ts'
import { wireAbout, type About, type PresenceBook } from './presence.ts'
import { listPage } from './query-page.ts'
import { Comparing, type HeadTuple } from './reconcile/comparing.ts'
import { manyOf } from './reconcile/many.ts'
import type { OfferAnswer } from './reconcile/reconciler.ts'
import {
  CHUNK_BYTES,
  decodeRequest,
  encodeMessage,
  encodeParts,
  PAGE_ITEMS,
  PROVIDERS_ITEMS,
  RECORDS_BYTES,
  STATEMENTS_ITEMS,
  type SyncRequest,
} from './sync-messages.ts'

type HoldRequest = Extract<SyncRequest, { type: 'hold' }>

interface Serving {
  readonly store: ContextStore
  readonly membership: Membership
  /** Told when another node has said hello and was answered. */
  readonly onHello: (peer: string) => void
  /** Told when another node had something new to say of the cluster. */
  readonly onStatements: (peer: string) => void
  readonly onRefused: (peer: string, error: unknown) => void
  /** Told whenever another node asks something of a comparison, and when an offer of it was fetched. */
  readonly onComparing?: (peer: string) => void
  /** Who said to this node that they hold something of a facet; nobody if left out. */
  readonly providersOf?: (facet: string) => Promise<readonly Provider[]>
  /** What this node says of itself, and where it notes what others say. */
  readonly presence?: PresenceBook
  /** Which run of this node it is, and which of others were met. */
  readonly instances?: Instances
  /** False where a hello is one too many for now; each is looked at if left out. */
  readonly admit?: (peer: string) => boolean
  /** Keeps versions durably that another node asks for; rejects where this one does not follow them. */
  readonly hold?: (peer: string, heads: readonly Head[]) => Promise<void>
  /** Patterns of which offers are taken; none if left out. */
  readonly takes?: () => Promise<readonly string[]>
  /** Fetches what another node offers; nothing is taken if left out. */
  readonly onOffer?: (peer: string, heads: readonly HeadTuple[]) => Promise<OfferAnswer>
}

// What one node asks another that compares. It may ask for a timeline or a content besides.
const COMPARING = new Set<string>(['summary', 'ranges', 'places', 'many', 'offer'])
// Holds of one stream that are under way at once. They wait for fetches, and nothing else waits for them.
const MAX_HOLDS = 16

/**
 * Answers what another node asks, one request after the other, until the stream ends. A message that
 * is none of the protocol ends it at once; so does a node that is no member, or is none any more.
 */
export async function serveSync(channel: Channel, serving: Serving): Promise<void> {
  const { store, membership, onHello, onRefused } = serving
  const own = membership.view(store, channel.peer)
  const contents = new OpenContents(own)
  const comparing = new Comparing(
    membership.shared(store, channel.peer),
    serving.takes ?? (async () => []),
  )
  const offered = async (heads: readonly HeadTuple[]): Promise<OfferAnswer> =>
    (await serving.onOffer?.(channel.peer, heads)) ?? {
      records: 0,
      contents: 0,
      refused: heads.length,
    }
  const from = {
    store: own,
    contents,
    comparing,
    offered,
    membership,
    about: serving.presence?.about,
    instances: serving.instances,
    providersOf: serving.providersOf,
  }
  let offer: Promise<void> | undefined
  let met = false
  let holds = 0
  const hold = async ({ id, heads }: HoldRequest): Promise<void> => {
    holds++
    const rows = heads.map(([key, version, record]) => ({ key, version, id: record }))
    await channel.write(await holdAnswer(id, rows, serving, channel.peer)).catch(() => {})
    holds--
  }
  const answerOffer = async (request: SyncRequest): Promise<void> => {
    const bytes = await answer(request, from)
    serving.onComparing?.(channel.peer)
    await channel.write(bytes)
  }
  try {
    for (;;) {
      const { head: request } = decodeRequest(await channel.read())
      if (request.type === 'hello' && serving.admit?.(channel.peer) === false) {
        await channel.write(failure(request.id, 'ERR_MESH_BUSY', 'Too many hellos: come later'))
        break
      }
      try {
        if (request.type === 'hello' && request.twice !== undefined)
          serving.instances?.heard(request.twice)
        if (request.type === 'hello') membership.welcome(channel.peer, request.member)
        else if (met) membership.assertMember(channel.peer)
        else throw new MeshError('ERR_MESH_PROTOCOL', `${channel.peer} asked before its hello`)
      } catch (error) {
        onRefused(channel.peer, error)
        await channel.write(failure(request.id, codeOf(error), 'Refused'))
        break
      }
      if (COMPARING.has(request.type)) serving.onComparing?.(channel.peer)
      if (request.type === 'statements' && membership.merge(channel.peer, request.statements))
        serving.onStatements(channel.peer)
      if (request.type === 'hold' && holds < MAX_HOLDS) {
        void hold(request)
        continue
      }
      if (request.type === 'offer') {
        // What is offered is fetched from the one who asks, who may go on asking; but one at a time.
        await offer
        offer = answerOffer(request).catch(() => {})
        continue
      }
      await channel.write(await answer(request, from))
      if (request.type === 'hello') {
        met = true
        serving.presence?.met(channel.peer, request.about)
        if (request.instance) serving.instances?.met(channel.peer, request.instance, channel)
        onHello(channel.peer)
      }
    }
  } catch (error) {
    // Where the other side is gone there is nobody to tell, and nothing.
    if (error instanceof MeshError) onRefused(channel.peer, error)
  }
  channel.close()
}

async function holdAnswer(
  id: number,
  heads: readonly Head[],
  { hold }: Serving,
  peer: string,
): Promise<Uint8Array> {
  try {
    if (!hold) throw new MeshError('ERR_MESH_NOT_FOUND', 'This node follows nothing')
    await hold(peer, heads)
    return encodeMessage({ id, type: 'hold' })
  } catch (error) {
    return failure(id, codeOf(error), 'Not held')
  }
}

interface Answering {
  readonly store: ContextStore
  readonly contents: OpenContents
  readonly comparing: Comparing
  readonly offered: (heads: readonly HeadTuple[]) => Promise<OfferAnswer>
  readonly membership: Membership
  readonly about: About | undefined
  readonly instances: Serving['instances']
  readonly providersOf: Serving['providersOf']
}

async function answer(request: SyncRequest, from: Answering): Promise<Outgoing> {
  try {
    return await answerOf(request, from)
  } catch (error) {
    // The code alone: messages may speak of this machine.
    return failure(request.id, codeOf(error), 'The request failed')
  }
}

async function answerOf(
  request: SyncRequest,
  { store, contents, comparing, offered, membership, about, instances, providersOf }: Answering,
): Promise<Outgoing> {
  const { id } = request
  switch (request.type) {
    case 'hello': {
      const member = membership.hello()
      const said = wireAbout(about)
      return encodeMessage({
        id,
        type: 'hello',
        protocol: 1,
        ...(member && { member: shown(member) }),
        ...(said && { about: said }),
        ...(instances && { instance: { ...instances.own } }),
        ...(instances && request.asks !== undefined && { proof: instances.prove(request.asks) }),
      })
    }
    case 'statements':
      return encodeMessage({ id, type: 'statements', ...statementsPage(membership, request.after) })
    case 'heads': {
      const { heads, more } = await headsPage(store, request.collection, request.after)
      const rows = heads.map((head): [string, number, string] => [head.key, head.version, head.id])
      return encodeMessage({ id, type: 'heads', heads: rows, more })
    }
    case 'list':
      return encodeMessage({ id, type: 'list', ...(await listPage(store, request)) })
    case 'providers': {
      const known = (await providersOf?.(request.facet)) ?? []
      const some = known.slice(0, PROVIDERS_ITEMS)
      const providers = some.map(({ id: peer, addresses }): [string, string[]] => [
        peer,
        addresses.filter((address) => address.length <= 256).slice(0, 8),
      ])
      return encodeMessage({ id, type: 'providers', providers })
    }
    case 'hold':
      return failure(id, 'ERR_MESH_LIMIT', 'Too many at once')
    case 'timeline':
      return encodeMessage({ id, type: 'timeline', ...(await recordsPage(store, request)) })
    case 'content': {
      const chunk = await contents.chunk(request.content, request.offset)
      if (!chunk)
        return failure(id, 'ERR_STORE_CONTENT_MISSING', 'This node does not hold the content')
      return encodeParts({ id, type: 'content', size: chunk.size }, chunk.bytes)
    }
    case 'summary':
      return encodeMessage({ id, type: 'summary', ...(await comparing.summary(request.pattern)) })
    case 'ranges': {
      const { answered, body } = await comparing.ranges(request.pattern, request.prefixes)
      return encodeMessage({ id, type: 'ranges', answered }, body)
    }
    case 'places': {
      const heads = await comparing.places(request.pattern, request.places)
      return encodeMessage({ id, type: 'places', heads })
    }
    case 'many': {
      const { body, ...many } = await manyOf(store, request.after)
      return encodeMessage({ id, type: 'many', ...many }, body)
    }
    case 'offer':
      return encodeMessage({ id, type: 'offer', ...(await offered(request.heads)) })
  }
}

/** What a node knows of its cluster, a page of it; each statement is at most a few kilobytes. */
export function statementsPage(
  membership: Membership,
  after: number,
): { statements: unknown[]; more: boolean } {
  const all = membership.statements()
  const statements = all.slice(after, after + STATEMENTS_ITEMS)
  return { statements, more: after + statements.length < all.length }
}

function shown(hello: ClusterHello): { cluster: string; digest: string; statements: unknown[] } {
  return { ...hello, statements: [...hello.statements] }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'ERR_MESH_PROTOCOL'
}

// Contents whose length one other node is remembered to have asked for.
const KEPT_SIZES = 64

/** Contents that another node is reading, chunk by chunk: none is held between two of them. */
class OpenContents {
  readonly #store: ContextStore
  readonly #sizes = new Map<string, number>()

  constructor(store: ContextStore) {
    this.#store = store
  }

  /** The chunk at an offset; undefined where the content is not here. */
  async chunk(
    id: string,
    offset: number,
  ): Promise<{ bytes: Uint8Array; size: number } | undefined> {
    const known = this.#sizes.get(id)
    if (known === undefined) {
      const whole = await this.#store.content(id)
      if (!whole) return undefined
      const [oldest] = this.#sizes.keys()
      if (this.#sizes.size >= KEPT_SIZES && oldest !== undefined) this.#sizes.delete(oldest)
      if (whole.length > CHUNK_BYTES) this.#sizes.set(id, whole.length)
      return { bytes: whole.subarray(offset, offset + CHUNK_BYTES), size: whole.length }
    }
    const end = Math.min(known, offset + CHUNK_BYTES)
    const pieces: Uint8Array[] = []
    for await (const piece of this.#store.contentStream(id, { start: offset, end }))
      pieces.push(piece)
    // Most often a chunk is just one of the pieces in which the store has it.
    const [only] = pieces
    const bytes = only && pieces.length === 1 ? only : Buffer.concat(pieces)
    return { bytes, size: known }
  }
}

/** The heads of a collection that this store holds, a page in the order of their keys. */
export async function headsPage(
  store: ContextStore,
  collection: string,
  after: string,
): Promise<{ heads: Head[]; more: boolean }> {
  const [agent = '', project = ''] = collection.split('@')
  const heads: Head[] = []
  for await (const { id, record } of store.list(`ucxl://${agent}:any@${project}:any/**`, {
    after,
  })) {
    if (collectionOf(record.key) !== collection) continue
    if (heads.length === PAGE_ITEMS) return { heads, more: true }
    heads.push({ key: record.key, version: record.version, id })
  }
  return { heads, more: false }
}

async function recordsPage(
  store: ContextStore,
  { key, after }: { readonly key: string; readonly after: number },
): Promise<{ records: VersionRecord[]; more: boolean }> {
  const records: VersionRecord[] = []
  let bytes = 0
  for await (const { record } of store.history(key, { from: after + 1 })) {
    if (records.length === PAGE_ITEMS || bytes >= RECORDS_BYTES) return { records, more: true }
    records.push(record)
    bytes += JSON.stringify(record).length
  }
  return { records, more: false }
}

function failure(id: number, code: string, message: string): Uint8Array {
  return encodeMessage({ id, type: 'error', code, message })
}
