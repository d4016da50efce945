// A node with two contents, and servers of raw TCP, plain HTTP and a bare libp2p stream beside it, in a
// process of their own. Tells where they are as a line of JSON, and ends with its standard input.
import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { createMemoryStore } from '@bzzz/context-store'
import { identityFromSeed } from '@bzzz/identity'
import { createMesh } from '../src/index.ts'
import { serveBareStream } from './bare-stream.ts'

const identity = identityFromSeed(new Uint8Array(32).fill(1))
const store = createMemoryStore({ writer: identity })
const put = async (name: string, size: number): Promise<string> => {
  const { record } = await store.put({
    address: `ucxl://a:b@c:d/${name}`,
    content: Buffer.alloc(size, 'x'),
  })
  return record.content ?? ''
}
const small = await put('small', 1024)
const large = await put('large', 10 * 1024 * 1024)
const mesh = await createMesh({ identity, store })

// Answers a number of 4 bytes with that many bytes.
const answers = new Map([1024, 10 * 1024 * 1024].map((size) => [size, Buffer.alloc(size, 'x')]))
const tcp = createServer((socket) => {
  socket.setNoDelay(true)
  socket.on('data', (chunk) => socket.write(answers.get(chunk.readUInt32BE(0)) ?? Buffer.alloc(0)))
  socket.on('error', () => {})
})
tcp.listen(0, '127.0.0.1')
await once(tcp, 'listening')
const web = createHttpServer((request, response) => {
  response.end(answers.get(Number(request.url?.slice(1))))
})
web.listen(0, '127.0.0.1')
await once(web, 'listening')

const { port: http } = web.address() as AddressInfo
const { port } = tcp.address() as AddressInfo
const bare = await serveBareStream()
console.log(JSON.stringify({ address: mesh.addresses[0], port, http, bare, small, large }))
process.stdin.resume().once('end', () => process.exit(0))
