import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** Connects to a node, for what no client would send. @throws where nobody listens. */
export async function dial(url: string, signal: AbortSignal): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port || 80), hostname.replaceAll(/[[\]]/g, ''))
  await once(socket, 'connect', { signal }).catch((error: unknown) => {
    socket.destroy()
    throw error
  })
  // From here on, that a connection breaks is an answer.
  socket.on('error', () => socket.destroy())
  return socket
}

/** Sends bytes as they are. @returns the status of the answer; 0 for none. */
export async function say(url: string, text: string, signal: AbortSignal): Promise<number> {
  const socket = await dial(url, signal)
  try {
    let answer = ''
    socket.setEncoding('latin1')
    const status = new Promise<number>((resolve) => {
      socket.on('data', (piece: string) => {
        answer = (answer + piece).slice(0, 64)
        const found = /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]
        if (found !== undefined) resolve(Number(found))
      })
      socket.once('close', () => resolve(0))
      signal.addEventListener('abort', () => resolve(0), { once: true })
    })
    socket.write(text, 'latin1')
    return await status
  } finally {
    socket.destroy()
  }
}
