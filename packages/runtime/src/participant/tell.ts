import type { MeshEvent } from '@bzzz/mesh'
import type { Log } from '../log.ts'

const WARNINGS: ReadonlySet<MeshEvent['type']> = new Set([
  'announce-failed',
  'behind',
  'provide-failed',
  'refused',
  'twice',
])
const NOTABLE: ReadonlySet<MeshEvent['type']> = new Set(['joined', 'left', 'known-peers'])

/** Tells a log of the mesh: what an operator may have to do as a warning, who comes and goes, the rest. */
export function tellOfMesh(log: Log, { type, ...event }: MeshEvent): void {
  if (WARNINGS.has(type)) log.warn(event, type)
  else if (NOTABLE.has(type)) log.info(event, type)
  else log.debug(event, type)
}
