import type { ContextStore, VersionRecord } from '@bzzz/context-store'
import { MeshError } from './errors.ts'
import type { Channel } from './libp2p/node.ts'
import { collectionOf, type Head } from './manifest.ts'
import type { ClusterHello, Membership } from './membership.ts'
import {
  CHUNK_BYTES,
  decodeRequest,
  encodeMessage,
  PAGE_ITEMS,
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
  /** Keeps versions durably that another node asks for; rejects where this one does not follow them. */
  readonly hold?: (peer: string, heads: readonly Head[]) => Promise<void>
}

// Holds of one stream that are under way at once. They wait for fetches, and nothing else waits for them.
const MAX_HOLDS = 16

/**
 * Answers what another node asks, one request after the other, until the stream ends. A message that
 * is none of the protocol ends it at once; so does a node that is no member, or is none any more.
 */
export async function serveSync(channel: Channel, serving: Serving): Promise<void> {
  const { store, membership, onHello, onRefused } = serving
  const own = membership.view(store, channel.peer)
  const contents = new OpenContent(own)
  let met = false
  let holds = 0
  const hold = async ({ id, heads }: HoldRequest): Promise<void> => {
    holds++
    const rows = heads.map(([key, version, record]) => ({ key, version, id: record }))
    await channel.write(await holdAnswer(id, rows, serving, channel.peer)).catch(() => {})
    holds--
  }
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
      if (request.type === 'hold' && holds < MAX_HOLDS) {
        void hold(request)
        continue
      }
      await channel.write(await answer(request, { store: own, contents, membership }))
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
  readonly contents: OpenContent
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
  { store, contents, membership }: Answering,
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
    case 'matching':
      return encodeMessage({ id, type: 'matching', ...(await matchingPage(store, request)) })
    case 'hold':
      return failure(id, 'ERR_MESH_LIMIT', 'Too many at once')
    case 'timeline':
      return encodeMessage({ id, type: 'timeline', ...(await recordsPage(store, request)) })
    case 'content': {
      const bytes = await contents.bytes(request.content, request.offset)
      if (!bytes)
        return failure(id, 'ERR_STORE_CONTENT_MISSING', 'This node does not hold the content')
      const chunk = bytes.subarray(request.offset, request.offset + CHUNK_BYTES)
      return encodeMessage({ id, type: 'content', size: bytes.length }, chunk)
    }
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

async function matchingPage(
  store: ContextStore,
  { pattern, after }: { readonly pattern: string; readonly after: string },
): Promise<{ heads: [string, number, string][]; next?: string }> {
  const { versions, next } = await store.page(pattern, { after, limit: PAGE_ITEMS })
  const heads = versions.map(({ id, record }): [string, number, string] => [
    record.key,
    record.version,
    id,
  ])
  return { heads, ...(next !== undefined && { next }) }
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
