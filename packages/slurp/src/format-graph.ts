import type { Chain } from '@bzzz/decision-schema/chains'
import { keyOf, parse } from '@bzzz/ucxl-address'
import { addressOfKey, addressOfVersion } from './addresses.ts'
import type { DecisionRecord } from './format-record.ts'
import { edgesOf } from './row-of.ts'

/** What a drawing shows of a context. */
export interface GraphNode {
  /** Its address. */
  readonly id: string
  readonly title: string
  readonly kind: 'decision' | 'document' | 'missing'
  readonly type?: string
  readonly status?: string
}

/** What a drawing shows between two of them. */
export interface GraphLink {
  readonly from: string
  readonly to: string
  /** `justified_by`, `supersedes`, … */
  readonly type: string
  /** What a look at it came to, where somebody looked. */
  readonly verdict?: 'verified' | 'unverified' | 'broken'
}

/** Contexts, and what leads from one to another. */
export interface Graph {
  readonly nodes: readonly GraphNode[]
  readonly links: readonly GraphLink[]
}

/** The drawing of a chain, verdicts included. */
export function graphOfChain(chain: Chain): Graph {
  return {
    nodes: chain.nodes.map(({ address, kind, decision }) => ({
      id: address,
      title: decision?.title ?? nameIn(address),
      kind,
      ...(decision ? { type: decision.decision_type } : {}),
      ...(decision?.status === undefined ? {} : { status: decision.status }),
    })),
    links: chain.links.map(({ from, to, citation, verdict }) => ({
      from,
      to,
      type: citation.type,
      verdict: verdict.status,
    })),
  }
}

/**
 * The drawing of some versions: what they cite and supersede. What an edge names without a version
 * is the version among them, if there is one; what is not among them is drawn as missing.
 */
export function graphOfRecords(records: readonly DecisionRecord[]): Graph {
  const nodes = new Map<string, GraphNode>()
  const byKey = new Map<string, string>()
  for (const { address, decision } of records) {
    const { title = nameIn(address), decision_type: type, status } = decision
    const node = { id: address, title, kind: 'decision', type } as const
    nodes.set(address, status === undefined ? node : { ...node, status })
    byKey.set(keyOf(parse(address)), address)
  }
  const links: GraphLink[] = []
  for (const { address, decision } of records) {
    for (const { kind, type, key, version } of edgesOf(decision)) {
      if (kind === 'impacts') continue
      const exact = version === undefined ? undefined : addressOfVersion(key, version)
      const to =
        (exact !== undefined && nodes.has(exact) ? exact : byKey.get(key)) ??
        exact ??
        addressOfKey(key)
      if (!nodes.has(to)) nodes.set(to, { id: to, title: nameIn(to), kind: 'missing' })
      links.push({ from: address, to, type })
    }
  }
  return { nodes: [...nodes.values()], links }
}

/** The last name in an address, for what has no title. */
function nameIn(address: string): string {
  return address.split('/').findLast((part) => part !== '') ?? address
}
