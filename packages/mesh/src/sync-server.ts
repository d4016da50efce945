import type { ContextStore } from '@bzzz/context-store'
import type { Provider } from '@bzzz/dht'
import { chunkOf } from './content-chunk.ts'
import { MeshError } from './errors.ts'
import type { Instances } from './instances.ts'
import type { Channel } from './network-node.ts'
import type { Head } from './manifest.ts'
import type { ClusterHello, Membership } from './membership.ts'
import { wireAbout, type About, type PresenceBook } from './presence.ts'
import { listPage } from './query-page.ts'
import type { Parts } from './parts.ts'
import { Comparing, type HeadTuple } from './reconcile/comparing.ts'
import { manyOf } from './reconcile/many.ts'
import type { OfferAnswer } from './reconcile/reconciler.ts'
import {
  decodeRequest,
  encodeMessage,
  encodeParts,
  PROVIDERS_ITEMS,
  type SyncRequest,
} from './sync-messages.ts'
import { headsPage, recordsPage, redactionsPage, statementsPage } from './sync-pages.ts'

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
  readonly comparing: Comparing
  readonly offered: (heads: readonly HeadTuple[]) => Promise<OfferAnswer>
  readonly membership: Membership
  readonly about: About | undefined
  readonly instances: Serving['instances']
  readonly providersOf: Serving['providersOf']
}

async function answer(request: SyncRequest, from: Answering): Promise<Parts> {
  try {
    return await answerOf(request, from)
  } catch (error) {
    // The code alone: messages may speak of this machine.
    return failure(request.id, codeOf(error), 'The request failed')
  }
}

async function answerOf(
  request: SyncRequest,
  { store, comparing, offered, membership, about, instances, providersOf }: Answering,
): Promise<Parts> {
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
      const chunk = await chunkOf(store, request.content, request.offset)
      if (!chunk)
        return failure(id, 'ERR_STORE_CONTENT_MISSING', 'This node does not hold the content')
      return encodeParts({ id, type: 'content', size: chunk.size }, chunk.bytes)
    }
    case 'redactions': {
      const page = await redactionsPage(store, request)
      return encodeMessage({ id, type: 'redactions', ...page })
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

function shown(hello: ClusterHello): { cluster: string; digest: string; statements: unknown[] } {
  return { ...hello, statements: [...hello.statements] }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'ERR_MESH_PROTOCOL'
}

function failure(id: number, code: string, message: string): Uint8Array {
  return encodeMessage({ id, type: 'error', code, message })
}
