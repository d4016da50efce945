import type { Mesh } from '@bzzz/mesh'
import type { SlurpClient } from '@bzzz/slurp-client'
import type { Health } from '../services.ts'

const COUNTED = 1000
const MOST_SHOWN = 100

/** How it stands with the mesh, and who is connected. */
export function healthOfMesh(mesh: Mesh, wantsPeers: boolean): Health {
  const peers = mesh.peers().length
  const connected = mesh
    .presence()
    .slice(0, MOST_SHOWN)
    .map(({ peer, did, about, rttMs }) => ({ peer, did, ...about, rttMs }))
  const details = { peers, addresses: mesh.addresses, connected }
  if (peers > 0 || !wantsPeers) return { status: 'ok', details }
  return { status: 'degraded', reason: 'None of the nodes to join has been reached', details }
}

/** How deliveries stand. */
export async function healthOfDecisions(decisions: SlurpClient): Promise<Health> {
  const pending = await countOf(decisions.pending())
  const deadLetters = await countOf(decisions.deadLetters())
  const said = { circuit: decisions.circuit(), details: { pending, deadLetters } }
  if (deadLetters > 0)
    return { status: 'degraded', reason: 'Decisions were refused: see the dead letters', ...said }
  if (said.circuit.state !== 'closed')
    return {
      status: 'degraded',
      reason: 'The service fails: it is left alone for a while',
      ...said,
    }
  return { status: 'ok', ...said }
}

/** How many there are; counting ends at a thousand. */
async function countOf(items: AsyncIterable<unknown>): Promise<number> {
  let count = 0
  for await (const _ of items) if (++count === COUNTED) break
  return count
}
