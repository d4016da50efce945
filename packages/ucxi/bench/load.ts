// A load of requests over kept connections: node load.ts <method> <url> <count>
import { Agent, request } from 'node:http'

const [method = 'GET', url = '', count = '1000'] = process.argv.slice(2)
const agent = new Agent({ keepAlive: true, maxSockets: 16 })
const body = method === 'PUT' ? Buffer.alloc(1024, 'x') : undefined
const headers = body ? { 'content-type': 'text/plain', 'content-length': body.length } : {}

async function one(): Promise<void> {
  const done = Promise.withResolvers<void>()
  const sent = request(url, { method, agent, headers }, (response) => {
    if ((response.statusCode ?? 500) >= 400) done.reject(new Error(`status ${response.statusCode}`))
    response.resume().once('end', () => done.resolve())
  })
  sent.once('error', done.reject)
  sent.end(body)
  return done.promise
}

let left = Number(count)
await Promise.all(
  Array.from({ length: 16 }, async () => {
    while (left-- > 0) await one()
  }),
)
agent.destroy()
