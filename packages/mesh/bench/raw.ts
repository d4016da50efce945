import { once } from 'node:events'
import { Agent, get } from 'node:http'
import { connect } from 'node:net'

/** Asks for that many bytes, one request after the other. */
export async function rawTcp(port: number) {
  const socket = connect(port, '127.0.0.1').setNoDelay(true)
  await once(socket, 'connect')
  return {
    async request(bytes: number): Promise<void> {
      const size = Buffer.alloc(4)
      size.writeUInt32BE(bytes)
      const done = Promise.withResolvers<void>()
      let missing = bytes
      const onData = (chunk: Buffer): void => {
        missing -= chunk.length
        if (missing === 0) done.resolve()
      }
      socket.on('data', onData)
      socket.write(size)
      await done.promise
      socket.off('data', onData)
    },
    close: () => socket.destroy(),
  }
}

/** Asks for that many bytes over HTTP, on a connection that stays open. */
export function plainHttp(port: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 })
  return {
    async request(bytes: number): Promise<void> {
      const done = Promise.withResolvers<void>()
      let count = 0
      get({ agent, port, host: '127.0.0.1', path: `/${bytes}` }, (response) => {
        response.on('data', (chunk: Buffer) => (count += chunk.length))
        response.once('end', done.resolve)
      }).once('error', done.reject)
      await done.promise
      if (count !== bytes) throw new Error(`${count} of ${bytes} bytes`)
    },
    close: () => agent.destroy(),
  }
}
