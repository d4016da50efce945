import type { ContextStore, Schedule, StoredVersion } from '@bzzz/context-store'
import { withDeadline, type Provider } from '@bzzz/dht'
import {
  compilePattern,
  format,
  parse,
  type Address,
  type CompiledPattern,
} from '@bzzz/ucxl-address'
import type { Facet } from './facets.ts'
import type { Membership } from './membership.ts'
import type { MeshEvent } from './mesh.ts'
import type { PeerClients } from './peer-clients.ts'
import { mergeListings, type Listing } from './query-merge.ts'
import { verifyPage, type QueryPage } from './query-page.ts'
import { PAGE_ITEMS } from './sync-messages.ts'
import type { QueryHit, QueryOptions, QueryReport, QueryResult } from './query-contract.ts'

export interface QueryComponents {
  readonly store: ContextStore
  readonly clients: PeerClients
  readonly membership: Membership
  /** Peers with an open connection. */
  readonly peers: () => readonly string[]
  readonly providersOf: (facet: Facet, signal: AbortSignal) => AsyncIterable<Provider>
  readonly schedule: Schedule
  readonly emit: (event: MeshEvent) => void
}

/** Nodes that one query asks, at most, beside this one. */
const MAX_ASKED = 16
const DEFAULT_LIMIT = 1000
const MAX_LIMIT = 10_000
const PAGE_MS = 2000
// The search in the DHT ends by itself, or has to make do with those found so far.
const SEARCH_MS = 2000

/** Asks this node and others what they hold that matches. */
export function runQuery(
  patterns: readonly (string | Address)[],
  options: QueryOptions,
  from: QueryComponents,
): QueryResult {
  const compiled = patterns
    .map((pattern) => compilePattern(typeof pattern === 'string' ? parse(pattern) : pattern))
    .toSorted((a, b) => b.specificity - a.specificity)
  const report: Mutable<QueryReport> = { asked: [], failed: [], more: false }
  const running = { ...from, report }
  return { report, [Symbol.asyncIterator]: () => hitsOf(compiled, options, running) }
}

type Mutable<Type> = { -readonly [Name in keyof Type]: Type[Name] }
type Running = QueryComponents & { readonly report: Mutable<QueryReport> }

async function* hitsOf(
  patterns: readonly CompiledPattern[],
  options: QueryOptions,
  from: Running,
): AsyncGenerator<QueryHit> {
  const limit = Math.min(options.limit ?? DEFAULT_LIMIT, MAX_LIMIT)
  const given = new Set<string>()
  let count = 0
  for (const pattern of patterns) {
    const listings = [localListing(pattern, from), ...(await listingsOf(pattern, options, from))]
    const merged = mergeListings(listings, (peer, error) => fail(from, peer, error))
    for await (const hit of merged) {
      options.signal?.throwIfAborted()
      const name = `${hit.record.key} ${hit.record.writer}`
      // A more specific pattern has given it already.
      if (given.has(name)) continue
      if (count === limit) {
        from.report.more = true
        return
      }
      count++
      given.add(name)
      yield hit
    }
  }
}

function localListing(pattern: CompiledPattern, { store }: Running): Listing {
  const text = format(pattern.pattern)
  return {
    source: 'local',
    page: async (after): Promise<QueryPage> => store.page(text, { after, limit: PAGE_ITEMS }),
  }
}

/** The nodes to ask: those that provide what the pattern names, then those that are connected. */
async function listingsOf(
  pattern: CompiledPattern,
  { signal, timeoutMs = PAGE_MS }: QueryOptions,
  from: Running,
): Promise<Listing[]> {
  const text = format(pattern.pattern)
  const nodes = new Map<string, readonly string[]>()
  const facet = facetOf(pattern.pattern)
  if (facet) await search(facet, nodes, { signal, from })
  for (const peer of from.peers()) {
    if (nodes.size < MAX_ASKED && !nodes.has(peer)) nodes.set(peer, [])
  }
  for (const peer of nodes.keys())
    if (!from.report.asked.includes(peer)) from.report.asked.push(peer)
  return [...nodes].map(([peer, addresses]) => ({
    source: peer,
    page: async (after) =>
      withDeadline(
        { ...(signal && { signal }), timeoutMs, schedule: from.schedule },
        async (stop) => {
          const client = await from.clients.to(peer, { signal: stop, addresses })
          const sent = await client.list(text, after, { signal: stop })
          const page = verifyPage(sent, { pattern, after, peer })
          const versions = page.versions.filter((version) => isAllowed(version, peer, from))
          return { ...page, versions }
        },
      ),
  }))
}

async function search(
  facet: Facet,
  nodes: Map<string, readonly string[]>,
  { signal, from }: { readonly signal: AbortSignal | undefined; readonly from: Running },
): Promise<void> {
  try {
    const { schedule } = from
    const options = { ...(signal && { signal }), timeoutMs: SEARCH_MS, schedule }
    await withDeadline(options, async (stop) => {
      for await (const { id, addresses } of from.providersOf(facet, stop)) {
        nodes.set(id, addresses)
        if (nodes.size === MAX_ASKED) return
      }
    })
  } catch (error) {
    signal?.throwIfAborted()
    // Who was found until then, and who is connected, is asked all the same.
    from.report.searchError = error
  }
}

/** In a cluster, what its rules do not let somebody write is not shown as theirs. */
function isAllowed(
  { record }: StoredVersion,
  peer: string,
  { membership, emit }: Running,
): boolean {
  try {
    membership.assertMayHaveWritten(record)
    return true
  } catch (error) {
    emit({ type: 'refused', peer, key: record.key, error })
    return false
  }
}

function fail({ report, emit }: Running, peer: string, error: unknown): void {
  report.failed.push({ peer, error })
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code.startsWith('ERR_RECORD_') || code === 'ERR_MESH_UNTRUSTED')
    emit({ type: 'refused', peer, key: '', error })
}

/** The facet that a pattern names; an agent's is the smaller one. */
function facetOf({ agent, project }: Address): Facet | undefined {
  if (isLiteral(agent)) return { agent }
  return isLiteral(project) ? { project } : undefined
}

function isLiteral(name: string): boolean {
  return name !== 'any' && !name.includes('*')
}
