import { DEFAULT_DEPTH, DEFAULT_NODES, MAX_DEPTH, MAX_NODES } from './chain.ts'
import { DecisionError, excerptOf } from './errors.ts'

/** How far to go. */
export interface Bounds {
  /** Links from the start, at most: 8 if left out, 64 at most. */
  readonly depth?: number
  /** Nodes with the start, at most: 1,000 if left out, 100,000 at most. */
  readonly nodes?: number
}

/** @throws {DecisionError} `ERR_CHAIN_LIMIT` for a bound that is none. */
export function boundsOf({
  depth = DEFAULT_DEPTH,
  nodes = DEFAULT_NODES,
}: Bounds): Required<Bounds> {
  return {
    depth: within('depth', depth, 0, MAX_DEPTH),
    nodes: within('nodes', nodes, 1, MAX_NODES),
  }
}

function within(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value
  const expected = `a whole number from ${least} to ${most} for ${name}`
  const problem = { path: '', expected, received: excerptOf(value), example: '8' }
  throw new DecisionError('ERR_CHAIN_LIMIT', [problem])
}
