/** An edge of a graph whose nodes are named by texts. */
export interface Edge {
  readonly from: string
  readonly to: string
}

/**
 * Of each part of a graph in which everything leads back to itself, one shortest loop through the
 * node of it that `nodes` names first. Each loop begins there and has each of its nodes once; the
 * loops stand in the order of their first nodes. Takes no recursion, so depth is no matter.
 */
export function findCycles(nodes: readonly string[], edges: readonly Edge[]): string[][] {
  const outgoing = new Map<string, string[]>(nodes.map((node) => [node, []]))
  for (const { from, to } of edges) if (outgoing.has(to)) outgoing.get(from)?.push(to)
  const partOf = parts(nodes, outgoing)
  const told = new Set<number>()
  return nodes.flatMap((node) => {
    const part = partOf.get(node)
    if (part === undefined || told.has(part)) return []
    const loop = shortestLoop(node, (to) => partOf.get(to) === part, outgoing)
    if (loop !== undefined) told.add(part)
    return loop === undefined ? [] : [loop]
  })
}

/** The strongly connected part that each node is in, by number (Tarjan's algorithm). */
function parts(
  nodes: readonly string[],
  outgoing: ReadonlyMap<string, readonly string[]>,
): Map<string, number> {
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const partOf = new Map<string, number>()
  const path: string[] = []
  let count = 0
  for (const root of nodes) {
    const open: { node: string; next: number }[] = []
    const enter = (node: string): void => {
      index.set(node, index.size)
      low.set(node, index.size - 1)
      path.push(node)
      open.push({ node, next: 0 })
    }
    if (!index.has(root)) enter(root)
    for (let frame = open.at(-1); frame !== undefined; frame = open.at(-1)) {
      const { node } = frame
      const to = outgoing.get(node)?.[frame.next++]
      if (to !== undefined && !index.has(to)) enter(to)
      else if (to !== undefined) {
        if (!partOf.has(to)) low.set(node, Math.min(low.get(node) ?? 0, index.get(to) ?? 0))
      } else {
        open.pop()
        const before = open.at(-1)?.node
        if (before !== undefined) {
          low.set(before, Math.min(low.get(before) ?? 0, low.get(node) ?? 0))
        }
        if (low.get(node) !== index.get(node)) continue
        for (let member = path.pop(); member !== undefined; member = path.pop()) {
          partOf.set(member, count)
          if (member === node) break
        }
        count++
      }
    }
  }
  return partOf
}

function shortestLoop(
  start: string,
  within: (node: string) => boolean,
  outgoing: ReadonlyMap<string, readonly string[]>,
): string[] | undefined {
  const before = new Map<string, string>()
  const queue = [start]
  for (const node of queue) {
    for (const to of outgoing.get(node) ?? []) {
      if (to === start) return trace(node, start, before)
      if (!within(to) || before.has(to)) continue
      before.set(to, node)
      queue.push(to)
    }
  }
  return undefined
}

function trace(last: string, start: string, before: ReadonlyMap<string, string>): string[] {
  const loop = [last]
  for (let node = last; node !== start;) {
    node = before.get(node) ?? start
    loop.unshift(node)
  }
  return loop
}
