import { join } from 'node:path'
import { createMemoryStore, type ContextStore } from '@bzzz/context-store'
import { openSqliteStore } from '@bzzz/context-store/sqlite'
import { createHybridDht, type Dht } from '@bzzz/dht'
import { createMockNetwork } from '@bzzz/dht-mock'
import { peerIdOf, type Identity } from '@bzzz/identity'
import { createMemoryStorage, createSlurp, SlurpError } from '@bzzz/slurp'
import { createStoreReader, type Deliver, type OverHttp, type ByItself } from '@bzzz/slurp-client'
import { parse } from '@bzzz/ucxl-address'
import { writersOf, type HomeCluster } from '../cluster/files.ts'
import { RuntimeError } from '../errors.ts'
import type { ParticipantConfiguration } from './configuration.ts'

const LITERAL = /^[a-z0-9][a-z0-9._-]*$/

// The parts that configuration chooses between a real and a simulated one.

/** The projects that patterns name, each once; one that matches any project names none. */
export function projectsOf(patterns: readonly string[]): string[] {
  const named = patterns.map((pattern) => parse(pattern).project)
  return [...new Set(named.filter((name) => name !== 'any' && LITERAL.test(name)))]
}

/** Contexts in a file of the home, or in memory. */
export function openStore(
  { home, backends }: ParticipantConfiguration,
  {
    identity,
    cluster,
    now,
  }: {
    readonly identity: Identity
    readonly cluster: HomeCluster | undefined
    readonly now: () => number
  },
): ContextStore {
  if (backends.store === 'mock')
    return createMemoryStore({ writer: identity, now, ...writersOf(cluster) })
  const file = join(home, 'contexts.db')
  return openSqliteStore({ file, writer: identity, now, ...writersOf(cluster) })
}

/** What makes the DHT of the mesh's own; undefined where it stays as it is. */
export function dhtOf(
  { backends }: ParticipantConfiguration,
  { publicKey }: Identity,
): ((own: Dht) => Dht) | undefined {
  if (backends.dht === 'real') return undefined
  const simulated = createMockNetwork().createNode({ id: peerIdOf(publicKey) })
  return backends.dht === 'mock' ? () => simulated : (own) => createHybridDht(own, simulated)
}

/**
 * How decisions are delivered: to the service that is configured, or to a graph in this process that is
 * gone with it.
 *
 * @throws `ERR_RUNTIME_CONFIGURATION` where the real service is wanted and none is configured.
 */
export function deliveryOf(
  { slurp, backends }: ParticipantConfiguration,
  { store, now }: { readonly store: ContextStore; readonly now: () => number },
): OverHttp | ByItself {
  const { url, token } = slurp
  if (backends.slurp !== 'mock' && url !== undefined)
    return { url, ...(token !== undefined && { token }) }
  if (backends.slurp === 'real')
    throw new RuntimeError(
      'ERR_RUNTIME_CONFIGURATION',
      'slurp.url: expected where the service is, since backends.slurp is real',
    )
  const reader = createStoreReader(store)
  const graph = createSlurp({ storage: createMemoryStorage(), reader, now })
  const deliver: Deliver = async (delivery) => {
    try {
      return { outcome: 'delivered', state: (await graph.ingest(delivery)).state }
    } catch (error) {
      if (!SlurpError.is(error)) throw error
      return { outcome: 'refused', reason: error.message, code: error.code }
    }
  }
  return { deliver }
}
