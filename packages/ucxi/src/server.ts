import { isIP, type AddressInfo } from 'node:net'
import { UcxiError } from './errors.ts'
import type { UcxiServer, UcxiServerInit } from './init.ts'
import { isLoopback } from './origin.ts'

/**
 * Serves the operations over HTTP.
 *
 * @throws `ERR_UCXI_PORT` where the port is in use, `ERR_UCXI_BIND` for an address that is no loopback
 *   and no `authorize`.
 */
export async function startUcxiServer(init: UcxiServerInit): Promise<UcxiServer> {
  const { host = '127.0.0.1', port = 0 } = init
  if (!isLoopback(host) && !init.authorize) {
    throw new UcxiError(
      'ERR_UCXI_BIND',
      `Expected a loopback address such as 127.0.0.1, got ${host}: nobody else may connect without \`authorize\``,
    )
  }
  // A server's libraries are for who serves, not for all who read and write.
  const { createApp } = await import('./app.ts')
  const app = createApp(init)
  try {
    await app.listen({ port, host })
  } catch (cause) {
    await app.close()
    throw new UcxiError(
      'ERR_UCXI_PORT',
      `Cannot listen on ${host}:${port}: the port is in use. Choose another; 0 takes any that is free`,
      { cause },
    )
  }
  const { port: actual } = app.server.address() as AddressInfo
  return {
    url: `http://${isIP(host) === 6 ? `[${host}]` : host}:${actual}`,
    close: async () => app.close(),
  }
}
