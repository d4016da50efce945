import type { ContextStore, VersionRecord } from '@bzzz/context-store'
import { MeshError } from './errors.ts'
import type { Channel } from './libp2p/node.ts'
import { collectionOf, type Head } from './manifest.ts'
import type { ClusterHello, Membership } from './membership.ts'
import { Comparing, type HeadTuple } from './reconcile/comparing.ts'
import type { OfferAnswer } from './reconcile/reconciler.ts'
import {
  CHUNK_BYTES,
  decodeRequest,
  encodeMessage,
  PAGE_ITEMS,
  RECORDS_BYTES,
  STATEMENTS_ITEMS,
  type SyncRequest,
} from './sync-messages.ts'

interface Serving {
  readonly store: ContextStore
  readonly membership: Membership
  /** Told when another node has said hello and was answered. */
  readonly onHello: (peer: string) => void
  /** Told when another node had something new to say of the cluster. */
  readonly onStatements: (peer: string) => void
  readonly onRefused: (peer: string, error: unknown) => void
  /** Fetches what another node offers; nothing is taken if left out. */
  readonly onOffer?: (peer: string, heads: readonly HeadTuple[]) => Promise<OfferAnswer>
}

/**
 * Answers what another node asks, one request after the other, until the stream ends. A message that
 * is none of the protocol ends it at once; so does a node that is no member, or is none any more.
 */
export async function serveSync(channel: Channel, serving: Serving): Promise<void> {
  const { store, membership, onHello, onRefused } = serving
  const own = membership.view(store, channel.peer)
  const contents = new OpenContent(own)
  const comparing = new Comparing(membership.shared(store, channel.peer))
  const offered = async (heads: readonly HeadTuple[]): Promise<OfferAnswer> =>
    (await serving.onOffer?.(channel.peer, heads)) ?? {
      records: 0,
      contents: 0,
      refused: heads.length,
    }
  const from = { store: own, contents, comparing, offered, membership }
  let offer: Promise<void> | undefined
  let met = false
  try {
    for (;;) {
      const { head: request } = decodeRequest(await channel.read())
      try {
        if (request.type === 'hello') membership.welcome(channel.peer, request.member)
        else if (met) membership.assertMember(channel.peer)
        else throw new MeshError('ERR_MESH_PROTOCOL', `${channel.peer} asked before its hello`)
      } catch (error) {
        onRefused(channel.peer, error)
        await channel.write(failure(request.id, codeOf(error), 'Refused'))
        break
      }
      if (request.type === 'statements' && membership.merge(channel.peer, request.statements))
        serving.onStatements(channel.peer)
      if (request.type === 'offer') {
        // What is offered is fetched from the one who asks, who may go on asking; but one at a time.
        await offer
        offer = answer(request, from)
          .then(async (bytes) => channel.write(bytes))
          .catch(() => {})
        continue
      }
      await channel.write(await answer(request, from))
      if (request.type === 'hello') {
        met = true
        onHello(channel.peer)
      }
    }
  } catch {
    // The other side is gone, or does not keep to the protocol: in both cases there is nobody to tell.
  }
  channel.close()
}

interface Answering {
  readonly store: ContextStore
  readonly contents: OpenContent
  readonly comparing: Comparing
  readonly offered: (heads: readonly HeadTuple[]) => Promise<OfferAnswer>
  readonly membership: Membership
}

async function answer(request: SyncRequest, from: Answering): Promise<Uint8Array> {
  try {
    return await answerOf(request, from)
  } catch (error) {
    // The code alone: messages may speak of this machine.
    return failure(request.id, codeOf(error), 'The request failed')
  }
}

async function answerOf(
  request: SyncRequest,
  { store, contents, comparing, offered, membership }: Answering,
): Promise<Uint8Array> {
  const { id } = request
  switch (request.type) {
    case 'hello': {
      const member = membership.hello()
      return encodeMessage({
        id,
        type: 'hello',
        protocol: 1,
        ...(member && { member: shown(member) }),
      })
    }
    case 'statements':
      return encodeMessage({ id, type: 'statements', ...statementsPage(membership, request.after) })
    case 'heads': {
      const { heads, more } = await headsPage(store, request.collection, request.after)
      const rows = heads.map((head): [string, number, string] => [head.key, head.version, head.id])
      return encodeMessage({ id, type: 'heads', heads: rows, more })
    }
    case 'timeline':
      return encodeMessage({ id, type: 'timeline', ...(await recordsPage(store, request)) })
    case 'content': {
      const bytes = await contents.bytes(request.content, request.offset)
      if (!bytes)
        return failure(id, 'ERR_STORE_CONTENT_MISSING', 'This node does not hold the content')
      const chunk = bytes.subarray(request.offset, request.offset + CHUNK_BYTES)
      return encodeMessage({ id, type: 'content', size: bytes.length }, chunk)
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

/** The content that another node is reading, chunk by chunk: it is read from the store once. */
class OpenContent {
  readonly #store: ContextStore
  #open: { readonly id: string; readonly bytes: Uint8Array } | undefined

  constructor(store: ContextStore) {
    this.#store = store
  }

  /** The whole bytes, of which the chunk at this offset is to be sent. */
  async bytes(id: string, offset: number): Promise<Uint8Array | undefined> {
    const bytes = this.#open?.id === id ? this.#open.bytes : await this.#store.content(id)
    const isLast = bytes === undefined || offset + CHUNK_BYTES >= bytes.length
    this.#open = isLast ? undefined : { id, bytes }
    return bytes
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
