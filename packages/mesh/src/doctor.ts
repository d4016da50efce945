import type { Dht } from '@bzzz/dht'
import type { Identity } from '@bzzz/identity'
import type { JoinState } from './join/join-target.ts'
import { decodeManifest, dhtKeyOf, encodeManifest, signManifest } from './manifest.ts'

/** One thing that was looked at. */
export interface Check {
  /** `addresses`, `peers`, `hellos`, `routing`, `put` or `get`. */
  readonly name: string
  readonly ok: boolean
  /** What was found. */
  readonly found: string
  /** What to do, where it is not well. */
  readonly advice?: string
}

/** How a node stands on the mesh. */
export interface Diagnosis {
  /** True where all is well. */
  readonly ok: boolean
  readonly checks: readonly Check[]
}

export interface DoctorComponents {
  readonly identity: Identity
  /** Name under which this node may announce something. */
  readonly name: string
  readonly dht: Dht
  readonly addresses: readonly string[]
  readonly peers: readonly string[]
  /** Those of them with which hellos were exchanged. */
  readonly joined: ReadonlySet<string>
  readonly joins: readonly JoinState[]
  /** Peers in the DHT's routing table. */
  readonly known: number
  /** Told to be the first, or the only one. */
  readonly alone: boolean
  /** Milliseconds since 1970. */
  readonly now: number
}

/**
 * Looks at all that must hold for a node to be of use on the mesh, and puts a value and gets it again:
 * the manifest of an empty collection of its own, `<name>@doctor`.
 */
export async function examine(node: DoctorComponents, signal: AbortSignal): Promise<Diagnosis> {
  const { addresses, peers, joined, joins, known, alone } = node
  const silent = peers.filter((peer) => !joined.has(peer))
  const failed = joins.find(({ state }) => state === 'retry')
  const checks: Check[] = [
    check('addresses', addresses.length > 0, {
      found: addresses.length > 0 ? addresses.join(', ') : 'It listens nowhere',
      advice: 'Give it an address to listen on: others can only be dialled by it',
    }),
    check('peers', peers.length > 0 || alone, {
      found:
        alone && peers.length === 0 ? 'It is alone, as it was told' : `${peers.length} connected`,
      advice: failed
        ? `${failed.address} cannot be joined: ${failed.error?.message ?? 'the connection was lost'}`
        : 'Give it the address of a node that runs (bootstrap), and look whether a firewall is between',
    }),
    check('hellos', silent.length === 0, {
      found: silent.length === 0 ? 'All of them said hello' : `${silent.join(', ')} said no hello`,
      advice:
        'They may be of another version, or of another cluster: see the refused events of both',
    }),
    check('routing', known > 0 || alone, {
      found: `${known} in the routing table`,
      advice: 'A peer that is connected speaks no DHT: is it a node of the mesh?',
    }),
  ]
  if (peers.length > 0) checks.push(...(await putAndGet(node, signal)))
  return { ok: checks.every(({ ok }) => ok), checks }
}

async function putAndGet(node: DoctorComponents, signal: AbortSignal): Promise<Check[]> {
  const { dht, identity, name, now } = node
  const collection = `${name}@doctor`
  const key = dhtKeyOf(collection)
  const sequence = Math.floor(now / 1000)
  const manifest = signManifest({ collection, sequence, heads: [], now }, identity)
  try {
    const { stored } = await dht.putValue(key, encodeManifest(manifest), { signal })
    const put = check('put', true, { found: `${stored} nodes took a value` })
    const { value, answered } = await dht.getValue(key, { signal })
    const isSame = decodeManifest(key, value).sequence === sequence
    const found = `${answered} nodes answered${isSame ? '' : ', with another value'}`
    const advice =
      'Some nodes hold what is older: look at their clocks, and at announce-failed events'
    return [put, check('get', isSame, { found, advice })]
  } catch (error) {
    signal.throwIfAborted()
    const found = error instanceof Error ? error.message : String(error)
    const advice = 'Look whether the peers above answer: mesh.presence() has their round-trip times'
    return [check('put', false, { found, advice })]
  }
}

function check(
  name: string,
  ok: boolean,
  { found, advice }: { readonly found: string; readonly advice?: string },
): Check {
  return { name, ok, found, ...(!ok && advice !== undefined && { advice }) }
}
