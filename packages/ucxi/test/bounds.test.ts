import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { createApp } from '../src/app.ts'
import { Counter } from '../src/counter.ts'
import { startUcxiServer } from '../src/index.ts'
import { collectGarbage } from './garbage.ts'
import { PLAN, problemIn, serve, type Served, atEnd, PLAN_ADDRESS } from './serve.ts'

/** Sends these bytes as they are, and gives all that comes back until the other end closes. */
async function say({ url }: Served, ...parts: (string | Buffer)[]): Promise<string> {
  const socket = dial(url)
  let text = ''
  socket.setEncoding('utf8').on('data', (piece: string) => (text += piece))
  socket.on('error', () => undefined)
  for (const part of parts) socket.write(part)
  await once(socket, 'close')
  return text
}

function dial(url: string): Socket {
  const { hostname, port } = new URL(url)
  return connect(Number(port), hostname)
}

/** How long a condition may take on a machine that does other things. */
const PATIENT = { timeout: 15_000 }
const HEAD = 'Host: localhost\r\n'
const problem = (text: string): [string | undefined, string | undefined] => [
  /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1],
  /"code":"(\w+)"/.exec(text)?.[1],
]

describe('bounds', () => {
  test('headers past their size are 431', async () => {
    const served = await serve()
    const text = await say(
      served,
      `GET ${PLAN} HTTP/1.1\r\n${HEAD}X: ${'x'.repeat(20_000)}\r\n\r\n`,
    )
    expect(problem(text)).toEqual(['431', 'ERR_UCXI_HEADERS'])
  })

  test('what is no HTTP is 400', async () => {
    const served = await serve()
    for (const nonsense of ['nonsense\r\n\r\n', 'FETCH / HTTP/1.1\r\n\r\n', '\x16\x03\x01\x02\x00'])
      expect(problem(await say(served, nonsense))).toEqual(['400', 'ERR_UCXI_REQUEST'])
    const both = 'Content-Length: 3\r\nTransfer-Encoding: chunked\r\n'
    expect(
      problem(await say(served, `PUT ${PLAN} HTTP/1.1\r\n${HEAD}${both}\r\n0\r\n\r\n`)),
    ).toEqual(['400', 'ERR_UCXI_REQUEST'])
  })

  test('a request that names no host is refused like one that names a wrong one', async () => {
    const text = await say(await serve(), `GET ${PLAN} HTTP/1.1\r\nConnection: close\r\n\r\n`)
    expect(problem(text)).toEqual(['403', 'ERR_UCXI_HOST'])
  })

  test('headers that come too slowly are 408, and the connection ends', async () => {
    const served = await serve({ limits: { headersMs: 100 } })
    expect(problem(await say(served, `GET ${PLAN} HTTP/1.1\r\nHost: loc`))).toEqual([
      '408',
      'ERR_UCXI_TIMEOUT',
    ])
  })

  test.each([
    ['of a told length', 'Content-Length: 100\r\n\r\nabc'],
    ['of a large told length', `Content-Length: 1000000\r\n\r\n${'x'.repeat(70_000)}`],
    ['in chunks', 'Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n'],
  ])('a body %s that stops coming is 408, and nothing is kept', async (_, rest) => {
    const served = await serve({ limits: { stallMs: 100 } })
    const text = await say(served, `PUT ${PLAN} HTTP/1.1\r\n${HEAD}${rest}`)
    expect(problem(text)).toEqual(['408', 'ERR_UCXI_TIMEOUT'])
    expect((await served.store.stats()).contents).toBe(0)
  })

  test('a body that trickles for too long is 408', async () => {
    const served = await serve({ limits: { requestMs: 300 } })
    const socket = dial(served.url)
    let text = ''
    socket.setEncoding('utf8').on('data', (piece: string) => (text += piece))
    socket.on('error', () => undefined)
    socket.write(`PUT ${PLAN} HTTP/1.1\r\n${HEAD}Content-Length: 100000\r\n\r\n`)
    const trickle = setInterval(() => socket.write('x'), 20)
    await once(socket, 'close')
    clearInterval(trickle)
    expect(problem(text)).toEqual(['408', 'ERR_UCXI_TIMEOUT'])
  })

  test('a body that ends before its length does leaves nothing, and the server goes on', async () => {
    const served = await serve()
    for (const rest of [
      'Content-Length: 100\r\n\r\nabc',
      'Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n',
    ]) {
      const socket = dial(served.url).resume()
      socket.on('error', () => undefined)
      socket.write(`PUT ${PLAN} HTTP/1.1\r\n${HEAD}${rest}`)
      socket.end()
      await once(socket, 'close')
    }
    expect((await served.put(PLAN, 'one')).status).toBe(201)
    expect((await served.store.stats()).versions).toBe(1)
  })

  test('a body past its size is 413, told or not, and nothing is kept', async () => {
    const served = await serve({ limits: { bodyBytes: 300_000 } })
    const told = await say(served, `PUT ${PLAN} HTTP/1.1\r\n${HEAD}Content-Length: 300001\r\n\r\n`)
    expect(problem(told)).toEqual(['413', 'ERR_STORE_CONTENT_TOO_LARGE'])
    const chunk = `fffff\r\n${'x'.repeat(0xf_ffff)}\r\n`
    const untold = await say(
      served,
      `PUT ${PLAN} HTTP/1.1\r\n${HEAD}Transfer-Encoding: chunked\r\n\r\n${chunk}`,
    )
    expect(problem(untold)).toEqual(['413', 'ERR_STORE_CONTENT_TOO_LARGE'])
    expect((await served.store.stats()).versions).toBe(0)
    const json = { method: 'POST', headers: { 'content-type': 'application/json' } }
    const small = await serve({ limits: { jsonBytes: 100 } })
    const body = JSON.stringify({ address: 'x'.repeat(200) })
    expect(await problemIn(await small.fetch('/ucxi/validate', { ...json, body }))).toEqual([
      413,
      'ERR_UCXI_TOO_LARGE',
    ])
  })

  test('what is compressed is not decompressed: 415 says what is taken', async () => {
    const { fetch } = await serve()
    const bomb = gzipSync(Buffer.alloc(10_000_000))
    const headers = { 'content-encoding': 'gzip', 'content-type': 'application/json' }
    for (const [path, method] of [
      [PLAN, 'PUT'],
      ['/ucxi/validate', 'POST'],
      ['/ucxi/query', 'QUERY'],
    ] as const) {
      const response = await fetch(path, { method, headers, body: bomb })
      expect(response.headers.get('accept-encoding')).toBe('identity')
      expect(await problemIn(response)).toEqual([415, 'ERR_UCXI_MEDIA_TYPE'])
    }
  })

  test('past the requests that a server takes at once it is 503, past those of one client 429', async () => {
    const hold = async (limits: object): Promise<[number, string]> => {
      const served = await serve({ limits })
      const busy = dial(served.url)
      busy.write(`PUT ${PLAN} HTTP/1.1\r\n${HEAD}Content-Length: 10\r\n\r\n`)
      // Where the first request stands is known once a second one is refused.
      let refused = await served.fetch(PLAN)
      while (refused.status === 404) refused = await served.fetch(PLAN)
      expect(refused.headers.get('retry-after')).toBe('1')
      const answer = await problemIn(refused)
      busy.destroy()
      await expect.poll(async () => (await served.fetch(PLAN)).status).toBe(404)
      return answer
    }
    expect(await hold({ requests: 1 })).toEqual([503, 'ERR_UCXI_BUSY'])
    expect(await hold({ requestsPerClient: 1 })).toEqual([429, 'ERR_UCXI_TOO_MANY'])
  })

  test('a counter forgets clients that have nothing under way', () => {
    const counter = new Counter('requests', 2, 1)
    counter.enter('a')
    expect(() => counter.enter('a')).toThrow(/of one client/)
    counter.enter('b')
    expect(() => counter.enter('c')).toThrow(/at once/)
    counter.leave('a')
    counter.enter('c')
  })

  test('a client that does not read is cut off, and what it asked for was never all in memory', async () => {
    const { store, ucxi } = await serve()
    await store.put({ address: PLAN_ADDRESS, content: new Uint8Array(16 * 1024 * 1024) })
    const app = createApp({ ucxi, limits: { stallMs: 300 } })
    let asked = 0
    app.server.on('request', () => asked++)
    const url = await app.listen({ port: 0, host: '127.0.0.1' })
    atEnd(async () => app.close())
    collectGarbage()
    const before = process.memoryUsage().rss
    const sockets = Array.from({ length: 20 }, () => {
      const socket = dial(url)
      socket.on('error', () => undefined)
      socket.write(`GET ${PLAN} HTTP/1.1\r\n${HEAD}\r\n`)
      socket.pause()
      return socket
    })
    const open = async (): Promise<number> =>
      promisify(app.server.getConnections.bind(app.server))()
    await expect.poll(() => asked, PATIENT).toBe(20)
    await expect.poll(open, PATIENT).toBe(0)
    const grown = process.memoryUsage().rss - before
    // Whole, they would be 320 MiB.
    expect(grown).toBeLessThan(120 * 1024 * 1024)
    for (const socket of sockets) socket.destroy()
  })

  test('a connection that never asks anything does not keep a server from closing', async () => {
    const { ucxi } = await serve()
    const server = await startUcxiServer({ ucxi })
    const silent = dial(server.url)
    silent.on('error', () => undefined)
    const asking = dial(server.url)
    asking.write(`PUT ${PLAN} HTTP/1.1\r\n${HEAD}Content-Length: 3\r\n\r\n`)
    await fetch(`${server.url}/ucxi/health`)
    const closed = server.close()
    asking.write('one')
    const [answer] = (await once(asking, 'data')) as [Buffer]
    expect(answer.toString()).toContain('201 Created')
    await closed
  })

  test('a write is streamed: what is under way is never all in memory', async () => {
    const served = await serve()
    const size = 16 * 1024 * 1024
    let sent = 0
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        if (sent >= size) controller.close()
        else controller.enqueue(new Uint8Array(64 * 1024).fill(sent >> 16))
        sent += 64 * 1024
      },
    })
    const init = { method: 'PUT', body, duplex: 'half' } as RequestInit
    expect((await served.fetch(PLAN, init)).status).toBe(201)
    expect((await served.store.stats()).bytes).toBe(size)
  })
})
