import { isIP, type AddressInfo } from 'node:net'
import type { ServerInit } from './app.ts'
import { createSlurp } from './create-slurp.ts'
import { SlurpError } from './errors.ts'
import { isLoopback } from './origin.ts'
import type { Slurp, SlurpInit } from './slurp.ts'

export interface StartSlurpInit extends SlurpInit, ServerInit {}

/** A service that runs. */
export interface RunningSlurp {
  /** `http://127.0.0.1:8090` */
  readonly url: string
  /** The same without HTTP. */
  readonly slurp: Slurp
  /** Takes no more requests, ends event streams and webhooks under way; the storage stays open. */
  close(): Promise<void>
}

/**
 * Starts the service: takes decisions in over HTTP, answers what rests on what, tells webhooks.
 *
 * @throws SlurpError `ERR_SLURP_PORT` where the port is in use or cannot be had, `ERR_SLURP_BIND` for an address that
 *   is no loopback and no `authorize`
 */
export async function startSlurp(init: StartSlurpInit): Promise<RunningSlurp> {
  const { host = '127.0.0.1', port = 0 } = init
  if (!isLoopback(host) && !init.authorize) {
    throw new SlurpError(
      'ERR_SLURP_BIND',
      `Expected a loopback address such as 127.0.0.1, got ${host}: nobody else may connect without \`authorize\``,
    )
  }
  const slurp = createSlurp(init)
  // A server's libraries are for who serves, not for all who have a graph.
  const { createApp } = await import('./app.ts')
  const app = await createApp(slurp, init)
  try {
    await app.listen({ port, host })
  } catch (cause) {
    await app.close()
    await slurp.close()
    const message = `Cannot listen on ${host}:${port}: ${whyNot(cause)}`
    throw new SlurpError('ERR_SLURP_PORT', message, { cause })
  }
  const { port: actual } = app.server.address() as AddressInfo
  return Object.freeze({
    url: `http://${isIP(host) === 6 ? `[${host}]` : host}:${actual}`,
    slurp,
    close: async () => {
      await app.close()
      await slurp.close()
    },
  })
}

function whyNot(cause: unknown): string {
  const { code = '', message } = cause as NodeJS.ErrnoException
  return code === 'EADDRINUSE'
    ? 'the port is in use. Choose another; 0 takes any that is free'
    : message
}
