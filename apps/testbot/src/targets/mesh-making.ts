import type { ContextStore } from '@bzzz/context-store'
import type { ClusterView } from '@bzzz/identity/cluster'
import { createMesh, type Mesh, type MeshInit } from '@bzzz/mesh'
import { createGullibleMesh } from '@bzzz/mesh/testing'
import type { Break } from '../breaks.ts'
import { gullibleStore } from './gullible-store.ts'
import { withChanged } from './with-changed.ts'

/** How the nodes under test are made, each of parts. */
export interface Making {
  readonly mesh: (init: MeshInit) => Promise<Mesh>
  /** What a node keeps its versions in, over the store that it would otherwise have. */
  readonly store: (store: ContextStore) => ContextStore
  /** What a node believes of the cluster. */
  readonly view: (view: ClusterView) => ClusterView
}

export const SOUND: Making = {
  mesh: createMesh,
  store: (store) => store,
  view: (view) => view,
}

/** Takes every record, every value and everybody. */
const GULLIBLE: Making = {
  mesh: createGullibleMesh,
  store: gullibleStore,
  view: (view) =>
    withChanged(view, { membershipsOf: (did, at) => anybody(view.membershipsOf(did, at)) }),
}

/** Writes nothing, and gives nothing to anybody. */
const REFUSING: Making = {
  ...SOUND,
  store: (store) => store.restrictedTo({ may: () => false }),
}

export function makingOf(broken: Break | undefined): Making {
  if (broken === 'accepts-everything') return GULLIBLE
  return broken === 'refuses-everything' ? REFUSING : SOUND
}

/** What a key holds; and where it holds nothing, what a member would. */
function anybody(held: ReturnType<ClusterView['membershipsOf']>): typeof held {
  if (held.list.length > 0) return held
  const list = [{ name: 'anybody', roles: ['bot'], trust: 'certificate' as const }]
  return { list, verdict: undefined, from: -Infinity, until: Infinity }
}
