import type { MockNode, RestartOptions } from './mock-node.ts'
import type { Random } from './random.ts'

export interface ChurnOptions extends RestartOptions {
  /** How long a node stays, on average, in milliseconds; the times are spread as chance spreads them. */
  readonly sessionMs: number
  /** How long it is away, on average, in milliseconds. */
  readonly absenceMs: number
  /** The nodes that come and go; all that are there when it begins, if left out. */
  readonly nodes?: readonly MockNode[]
}

/** Lets nodes crash and come back. @returns ends it, with nodes as they are then. */
export function churn(
  nodes: readonly MockNode[],
  options: ChurnOptions,
  random: Random,
  schedule: (ms: number, run: () => void) => void,
): () => void {
  const { sessionMs, absenceMs, writes = 'kept' } = options
  let ended = false
  const after = (averageMs: number, run: () => void): void =>
    schedule(-averageMs * Math.log(1 - random()), () => {
      if (!ended) run()
    })
  const stay = (node: MockNode): void =>
    after(sessionMs, () => {
      // Somebody else may have crashed or closed it meanwhile.
      if (node.state === 'up') node.crash()
      after(absenceMs, () => {
        if (node.state === 'crashed') node.restart({ writes })
        if (node.state === 'up') stay(node)
      })
    })
  for (const node of nodes) stay(node)
  return () => {
    ended = true
  }
}
