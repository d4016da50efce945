import { EXIT, RuntimeError } from '@bzzz/runtime'
import { z } from 'zod'
import type { Desk } from './desk.ts'

const TIMEOUT_MS = 5000

/** As much as is read of what a participant says of its health. */
const said = z.object({
  services: z.object({
    mesh: z.object({
      details: z.object({
        connected: z.array(
          z.object({
            peer: z.string(),
            did: z.string(),
            kind: z.string().optional(),
            roles: z.array(z.string()).optional(),
            capabilities: z.array(z.string()).optional(),
            rttMs: z.number().optional(),
          }),
        ),
      }),
    }),
  }),
})

/** Lists who is on the mesh, as the portal that runs on this home sees it. */
export async function listPeers(desk: Desk): Promise<number> {
  const { health } = (await desk.person()).configuration
  const host = health.host.includes(':') ? `[${health.host}]` : health.host
  const peers = await ask(`http://${host}:${health.port}/health`, desk.signal)
  desk.result(peers)
  for (const { did, kind = 'participant', roles = [], capabilities = [], rttMs } of peers) {
    const about = [roles.join(', '), capabilities.join(', ')].filter((part) => part !== '')
    const rtt = rttMs === undefined ? '' : `  ${Math.round(rttMs)} ms`
    desk.say(`${did}  ${kind}  ${about.join('; ')}${rtt}`)
  }
  if (peers.length === 0) desk.say('Nobody is connected.')
  return EXIT.done
}

async function ask(url: string, signal: AbortSignal) {
  let answer: unknown
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)])
    answer = await (await fetch(url, { signal: limit })).json()
  } catch (cause) {
    const why = `No portal answers at ${url}: is bzzz-hap run running on this home?`
    throw new RuntimeError('ERR_RUNTIME_UNREACHABLE', why, { cause })
  }
  const { data } = said.safeParse(answer)
  if (data) return data.services.mesh.details.connected
  throw new RuntimeError('ERR_RUNTIME_UNREACHABLE', `What answers at ${url} is no participant`)
}
