import type { Health } from '@bzzz/runtime'
import { z } from 'zod'
import type { Peer } from './source.ts'

const TIMEOUT_MS = 1000
const MOST = 64

const text = z.string().max(1024)

/** As much as is read of what a participant says of its health. */
const said = z.object({
  services: z.record(
    text,
    z.object({
      status: z.enum(['ok', 'degraded', 'down']),
      reason: text.optional(),
      details: z.json().optional(),
    }),
  ),
})
const meshDetails = z.object({
  connected: z.array(
    z.object({
      did: text,
      kind: text.optional(),
      roles: z.array(text).optional(),
      rttMs: z.number().optional(),
    }),
  ),
})

/** The process that has the home, as it tells of itself. */
export interface Elsewhere {
  /** How its services are; none where it does not say. */
  health(signal: AbortSignal): Promise<ReadonlyMap<string, Health>>
  /** Who was connected to it when it was asked last. */
  readonly peers: readonly Peer[]
}

/** Asks the process that has the home where that listens by the same configuration. */
export function createElsewhere({
  host,
  port,
}: {
  readonly host: string
  readonly port: number
}): Elsewhere {
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}/health`
  let peers: readonly Peer[] = []
  return {
    get peers() {
      return peers
    },
    async health(signal) {
      const services = await ask(url, signal)
      const { data } = meshDetails.safeParse(services?.['mesh']?.details)
      peers = (data?.connected ?? []).map(({ did, rttMs, ...about }) => ({
        did,
        about,
        ...(rttMs !== undefined && { rttMs }),
      }))
      const known = Object.entries(services ?? {}).slice(0, MOST)
      return new Map(
        known.map(([name, { reason, ...one }]) => [
          name,
          { ...one, ...(reason !== undefined && { reason }) },
        ]),
      )
    },
  }
}

async function ask(url: string, signal: AbortSignal) {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)])
    const answer = await fetch(url, { signal: limit })
    return said.safeParse(await answer.json()).data?.services
  } catch {
    // It listens elsewhere, or is on its way down: then it is not known.
    return undefined
  }
}
