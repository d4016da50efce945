import type { Schedule } from '@bzzz/context-store'
import { withDeadline, type Dht, type DhtCallOptions, type Provider } from '@bzzz/dht'
import { parseKey } from '@bzzz/ucxl-address'
import { MeshError } from './errors.ts'
import type { PeerClients } from './peer-clients.ts'

/** What nodes say that they hold something of: a project, or the writings of an agent. */
export type Facet = { readonly project: string } | { readonly agent: string }

/** The DHT key under which the providers of a facet are found. No value stands there. */
export function facetKeyOf(facet: Facet): string {
  const [kind = '', name = ''] = Object.entries(facet)[0] ?? []
  return `/ucxl/facet/${kind}/${name}`
}

/** The DHT keys of the project and of the agent that a timeline belongs to. */
export function facetKeysOf(key: string): string[] {
  const { agent, project } = parseKey(key)
  return [facetKeyOf({ project }), facetKeyOf({ agent })]
}

const FACETS = '/ucxl/facet/'
// Nodes that are asked whom they know, and how long each may take.
const MAX_ASKED = 8
const ASK_MS = 2000

/** @throws `ERR_MESH_PROTOCOL` where a key is no facet's: of other keys nobody is told. */
export function assertFacetKey(key: string): void {
  if (key.startsWith(FACETS)) return
  throw new MeshError('ERR_MESH_PROTOCOL', 'Expected the key of a facet')
}

/**
 * The providers of a facet, each once, without this node: those that the DHT gives, which is cut short
 * at a bucket, and those that they and the connected nodes know.
 */
export async function* findMembers(
  facet: Facet,
  from: {
    readonly dht: Dht
    readonly clients: PeerClients
    readonly self: string
    readonly peers: readonly string[]
    readonly schedule: Schedule
  },
  options: DhtCallOptions,
): AsyncGenerator<Provider> {
  const key = facetKeyOf(facet)
  const found = new Map<string, Provider>()
  const isNew = (provider: Provider): boolean => {
    if (provider.id === from.self || found.has(provider.id)) return false
    found.set(provider.id, provider)
    return true
  }
  for await (const provider of from.dht.findProviders(key, options)) {
    if (isNew(provider)) yield provider
  }
  const known = from.peers.map((id) => ({ id, addresses: [] }))
  const asked = [...new Map([...known, ...found.values()].map((one) => [one.id, one])).values()]
  const { signal } = options
  const asking = { ...(signal && { signal }), timeoutMs: ASK_MS, schedule: from.schedule }
  const answers = asked.slice(0, MAX_ASKED).map(async ({ id, addresses }) =>
    withDeadline(asking, async (stop) => {
      const client = await from.clients.to(id, { signal: stop, addresses })
      return client.providers(key, { signal: stop })
    }).catch(() => []),
  )
  for (const answer of answers) {
    for (const provider of await answer) if (isNew(provider)) yield provider
  }
}
