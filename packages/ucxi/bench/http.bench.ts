import { execFile } from 'node:child_process'
import { createServer, type RequestListener, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { createMemoryStore } from '@bzzz/context-store'
import { identityFromSeed } from '@bzzz/identity'
import { median, type Bench, type Figure } from '../../../scripts/bench-harness.ts'
import { createUcxi, startUcxiServer } from '../src/index.ts'

const REQUESTS = 4000
const ROUNDS = 5
const ADDRESS = 'ucxl://claude:architect@shop:checkout/*^/plan.md'
const PATH = '/ucxl/claude:architect@shop:checkout/plan.md'
const run = promisify(execFile)

const bench: Bench = {
  package: 'ucxi',
  async run() {
    const store = createMemoryStore({ writer: identityFromSeed(new Uint8Array(32).fill(1)) })
    await store.put({
      address: ADDRESS,
      content: Buffer.alloc(1024, 'x'),
      contentType: 'text/plain',
    })
    const server = await startUcxiServer({ ucxi: createUcxi({ store }) })
    const bare = await listen(async (request, response) => {
      if (request.method === 'PUT') {
        const chunks: Buffer[] = []
        for await (const chunk of request) chunks.push(chunk as Buffer)
        await store.put({
          address: ADDRESS,
          content: Buffer.concat(chunks),
          contentType: 'text/plain',
        })
        response.writeHead(200, { 'content-length': 0 }).end()
        return
      }
      const { content, record } = await store.get(ADDRESS)
      response.writeHead(200, {
        'content-type': record.content_type ?? '',
        'content-length': content.length,
      })
      response.end(content)
    })
    const bareUrl = `http://127.0.0.1:${(bare.address() as AddressInfo).port}/`
    const figures = [
      await cpu('GET', `${server.url}${PATH}`, bareUrl),
      await cpu('PUT', `${server.url}${PATH}`, bareUrl),
    ]
    bare.close()
    await server.close()
    await store.close()
    return figures
  },
}
export default bench

/** Processor time of this process for each request; the load comes from another one. */
async function cpu(method: string, ours: string, bare: string): Promise<Figure> {
  const [subject, reference]: [number[], number[]] = [[], []]
  for (let round = 0; round < ROUNDS; round++) {
    subject.push(await microseconds(method, ours))
    reference.push(await microseconds(method, bare))
  }
  const value = median(subject)
  const beside = median(reference)
  const ratio = value / beside
  return {
    what: `${method} of 1 KB over HTTP, processor time for each request`,
    value,
    unit: 'µs',
    reference: { what: 'bare node:http on the same store', value: beside },
    ratio,
    goal: '<= 1.3 x',
    met: ratio <= 1.3,
  }
}

async function microseconds(method: string, url: string): Promise<number> {
  const before = process.cpuUsage()
  await run(process.execPath, [
    resolve(import.meta.dirname, 'load.ts'),
    method,
    url,
    String(REQUESTS),
  ])
  const { user, system } = process.cpuUsage(before)
  return (user + system) / REQUESTS
}

async function listen(
  listener: (...args: Parameters<RequestListener>) => Promise<void>,
): Promise<Server> {
  const server = createServer((request, response) => void listener(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}
