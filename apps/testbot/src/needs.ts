import type { NodeRole } from './roles/node.ts'
import { NODE_ROLES } from './roles/table.ts'
import type { TargetSpec } from './targets/spec.ts'

const needsGraph = (name: string): boolean =>
  (NODE_ROLES as Readonly<Record<string, NodeRole>>)[name]?.needsGraph ?? false

interface Played {
  readonly target: TargetSpec
  readonly roles: readonly { readonly role: string }[]
}

/** Whether a graph of decisions is to be started beside a node. */
export function startsGraph({ target, roles }: Played): boolean {
  return (
    target.kind === 'node' &&
    target.graph === undefined &&
    roles.some(({ role }) => needsGraph(role))
  )
}

/** The places of roles that need a graph, where the node runs elsewhere and nobody says where its graph is. */
export function withoutGraph({ target, roles }: Played): number[] {
  if (target.kind !== 'node' || target.url === undefined || target.graph !== undefined) return []
  return [...roles.keys()].filter((place) => needsGraph(roles[place]!.role))
}
