import type { Chain, ChainCut, ChainLink, ChainNode, ChainOptions } from './chain.ts'
import { versionAddress } from './check-citation.ts'
import { findCycles } from './cycles.ts'
import { boundsOf } from './bounds.ts'
import { createLoader, type LoadedVersion, type Loader } from './loader.ts'
import { mapBounded, PARALLEL } from './map-bounded.ts'
import type { ChainReader } from './reader.ts'

/** A link with the version at its far end, where there is one. */
export interface Step {
  readonly link: ChainLink
  readonly far: LoadedVersion | undefined
}

/** Somewhere to go, before it is looked at. */
interface Way {
  /** Where it leads. */
  readonly address: string
  look(): Promise<readonly Step[]>
}

/** The ways that lead on from a version in one direction, in an order of their own. */
export type Expand = (version: LoadedVersion, loader: Loader) => Promise<readonly Way[]>

/** What an exploration begins with, and what it looks for. */
export interface Exploration {
  readonly start: LoadedVersion
  readonly expand: Expand
  /** Which end of a link is the far one. */
  readonly end: 'from' | 'to'
  /** Ends the exploration as soon as a link leads to such a version. */
  readonly stop?: (far: LoadedVersion | undefined) => boolean
}

interface Visit {
  readonly node: ChainNode
  readonly version: LoadedVersion | undefined
}

/**
 * Breadth first, level by level: the look-ups of a level run side by side, and what they find is
 * put in order afterwards. What the bounds forbid is not looked at.
 */
export async function explore(
  reader: ChainReader,
  { start, expand, end, stop }: Exploration,
  options: ChainOptions,
): Promise<Chain> {
  const bounds = boundsOf(options)
  const loader = createLoader(reader, options)
  const first = nodeOf(start, versionAddress(start.key, start.version), 0)
  const seen = new Map<string, ChainNode>([[first.address, first]])
  const links: ChainLink[] = []
  const cuts: ChainCut[] = []

  /** The ways of a level that the bounds allow to look at. */
  function choose(level: readonly Visit[], ways: readonly (readonly Way[])[]): Way[] {
    const promised = new Set<string>()
    return level.flatMap(({ node }, index) => {
      const cut = new Set<ChainCut['reason']>()
      const chosen = (ways[index] ?? []).filter(({ address }) => {
        if (seen.has(address) || promised.has(address)) return true
        if (node.depth >= bounds.depth) cut.add('depth')
        else if (seen.size + promised.size >= bounds.nodes) cut.add('nodes')
        else return promised.add(address).size > 0
        return false
      })
      for (const reason of cut) cuts.push(Object.freeze({ address: node.address, reason }))
      return chosen
    })
  }

  for (
    let level: Visit[] = [{ node: first, version: start }], depth = 1;
    level.length > 0;
    depth++
  ) {
    const ways = await mapBounded(level, PARALLEL, async ({ version }) =>
      version === undefined ? [] : expand(version, loader),
    )
    const steps = await mapBounded(choose(level, ways), PARALLEL, (way) => way.look())
    level = []
    for (const { link, far } of steps.flat()) {
      links.push(link)
      if (!seen.has(link[end])) {
        const node = nodeOf(far, link[end], depth)
        seen.set(node.address, node)
        level.push({ node, version: far })
      }
      if (stop?.(far)) return finish([...seen.values()], links, cuts)
    }
  }
  return finish([...seen.values()], links, cuts)
}

function finish(nodes: ChainNode[], links: ChainLink[], cuts: ChainCut[]): Chain {
  const addresses = nodes.map(({ address }) => address)
  const cycles = findCycles(addresses, links).map((loop) => Object.freeze(loop))
  return Object.freeze({
    nodes: Object.freeze(nodes),
    links: Object.freeze(links),
    cycles: Object.freeze(cycles),
    cuts: Object.freeze(cuts),
  })
}

function nodeOf(version: LoadedVersion | undefined, address: string, depth: number): ChainNode {
  if (version === undefined) return Object.freeze({ address, depth, kind: 'missing' })
  const { contentId, decision, signature } = version
  return Object.freeze({
    address,
    depth,
    kind: decision ? 'decision' : 'document',
    contentId,
    ...(decision && { decision }),
    ...(signature && { signature }),
  })
}
