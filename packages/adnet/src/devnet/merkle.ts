import { createHash } from 'node:crypto'

/** The hash of two nodes, whichever is left: so that a path needs no directions. */
function join(a: string, b: string): string {
  const [first, second] = a < b ? [a, b] : [b, a]
  return createHash('sha256').update(first).update(second).digest('hex')
}

/** The root that a path leads to. */
export function rootOf(leaf: string, path: readonly string[]): string {
  return path.reduce(join, leaf)
}

/** The root over leaves and what was before, and the path of each leaf to it. */
export function rootAndPaths(
  leaves: readonly string[],
  before: string,
): { root: string; paths: Map<string, string[]> } {
  const paths = new Map<string, string[]>(leaves.map((leaf) => [leaf, []]))
  let level = leaves.map((hash) => ({ hash, under: [hash] }))
  while (level.length > 1) {
    const next: typeof level = []
    for (let place = 0; place < level.length; place += 2) {
      const [left, right] = [level[place]!, level[place + 1]]
      if (!right) {
        next.push(left)
        continue
      }
      for (const leaf of left.under) paths.get(leaf)!.push(right.hash)
      for (const leaf of right.under) paths.get(leaf)!.push(left.hash)
      next.push({ hash: join(left.hash, right.hash), under: [...left.under, ...right.under] })
    }
    level = next
  }
  const top = level[0]?.hash
  for (const path of paths.values()) path.push(before)
  return { root: top === undefined ? join(before, before) : join(top, before), paths }
}
