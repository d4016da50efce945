import type { ChainCut } from './chain.ts'
import type { Vertex } from './graph-timelines.ts'
import type { Bounds } from './bounds.ts'

/** Where a walk led, without a look at whether the links hold. */
export interface GraphWalk {
  /** Breadth first from the start, which is the first; each version once. */
  readonly nodes: readonly { readonly address: string; readonly depth: number }[]
  /** Empty where all of it is here. */
  readonly cuts: readonly ChainCut[]
}

/** Walks breadth first, within bounds. From nowhere it leads nowhere. */
export function walkGraph(
  start: Vertex | undefined,
  next: (vertex: Vertex) => readonly Vertex[],
  bounds: Required<Bounds>,
): GraphWalk {
  const cuts: ChainCut[] = []
  const seen = new Set<Vertex>(start ? [start] : [])
  const nodes = start ? [{ address: start.address, depth: 0 }] : []
  // A set can be added to while it is gone through, in the order in which that was done.
  let place = 0
  for (const vertex of seen) {
    const depth = nodes[place++]?.depth ?? 0
    let cut: ChainCut['reason'] | undefined
    for (const other of next(vertex)) {
      if (cut === undefined && depth < bounds.depth && seen.size < bounds.nodes) {
        if (seen.has(other)) continue
        seen.add(other)
        nodes.push({ address: other.address, depth: depth + 1 })
      } else if (cut === undefined && !seen.has(other)) {
        cut = depth >= bounds.depth ? 'depth' : 'nodes'
        cuts.push({ address: vertex.address, reason: cut })
      }
    }
  }
  return { nodes, cuts }
}
