import { describe, expect, test } from 'vitest'
import { startUcxiServer, type Authorize, type Grant, type Refusal } from '../src/index.ts'
import { readEvents } from './event-reader.ts'
import { atEnd, PLAN, PLAN_ADDRESS, problemIn, serve, type Served } from './serve.ts'

const REVIEW = '/ucxl/gpt:reviewer@shop:checkout/review.md'

/** Tokens `alice` (all) and `bob` (reads what gpt wrote); others are nobody's. */
const authorize: Authorize = ({ token }) => {
  const grants: Record<string, Grant> = {
    'alice-token': { principal: 'alice', may: () => true },
    'bob-token': {
      principal: 'bob',
      may: (operation, key) => operation === 'read' && key.startsWith('gpt:'),
    },
  }
  return grants[token ?? ''] ?? null
}

const as = (who: string, init: RequestInit = {}): RequestInit => ({
  ...init,
  headers: { ...(init.headers as Record<string, string>), authorization: `Bearer ${who}-token` },
})

async function filled(): Promise<Served> {
  const served = await serve({ authorize })
  for (const [path, body] of [
    [PLAN, 'one'],
    [REVIEW, 'good'],
  ] as const)
    expect((await served.fetch(path, as('alice', { method: 'PUT', body }))).status).toBe(201)
  return served
}

describe('authorize', () => {
  test('without a token, or with one that is not known, nothing is said but how to get in', async () => {
    const { fetch } = await filled()
    const none = await fetch(PLAN)
    expect(none.headers.get('www-authenticate')).toBe('Bearer realm="ucxi"')
    expect(await problemIn(none)).toEqual([401, 'ERR_UCXI_UNAUTHORIZED'])
    const unknown = await fetch(PLAN, as('mallory'))
    expect(unknown.headers.get('www-authenticate')).toContain('error="invalid_token"')
    expect(await problemIn(unknown)).toEqual([401, 'ERR_UCXI_UNAUTHORIZED'])
    for (const authorization of [
      'Basic YTpi',
      'Bearer',
      'Bearer a b',
      `Bearer ${'x'.repeat(5000)}`,
    ])
      expect((await fetch(PLAN, { headers: { authorization } })).status).toBe(401)
    const told = await (await fetch(PLAN, as('mallory'))).text()
    expect(told).not.toContain('mallory')
  })

  test('who is refused is told for a log: from where, what and why, and no token', async () => {
    const refusals: Refusal[] = []
    const served = await serve({ authorize, onRefused: (refusal) => refusals.push(refusal) })
    await served.fetch(`${PLAN}?at=2025-08-01`, as('mallory'))
    await served.fetch(PLAN, as('bob', { method: 'PUT', body: 'x' }))
    const path = PLAN
    expect(refusals).toEqual([
      {
        remoteAddress: '127.0.0.1',
        method: 'GET',
        path,
        status: 401,
        code: 'ERR_UCXI_UNAUTHORIZED',
      },
      { remoteAddress: '127.0.0.1', method: 'PUT', path, status: 403, code: 'ERR_STORE_DENIED' },
    ])
    expect(JSON.stringify(refusals)).not.toContain('token')
  })

  test('a token in the URL is none', async () => {
    const { fetch } = await filled()
    const response = await fetch(`${PLAN}?access_token=alice-token`)
    expect(response.status).toBe(401)
    expect(await response.text()).not.toContain('alice-token')
  })

  test('what may not be read is not there', async () => {
    const { fetch } = await filled()
    expect(await (await fetch(REVIEW, as('bob'))).text()).toBe('good')
    expect((await fetch(PLAN, as('bob'))).status).toBeGreaterThanOrEqual(403)
    const list = await fetch('/ucxi/query', as('bob'))
    const { versions } = (await list.json()) as { versions: { key: string }[] }
    expect(versions.map(({ key }) => key)).toEqual(['gpt:reviewer@shop:checkout/review.md'])
  })

  test('what may not be written is 403, and stays as it is', async () => {
    const { fetch, store } = await filled()
    for (const init of [{ method: 'PUT', body: 'x' }, { method: 'DELETE' }])
      expect(await problemIn(await fetch(REVIEW, as('bob', init)))).toEqual([
        403,
        'ERR_STORE_DENIED',
      ])
    const body = JSON.stringify({ address: 'ucxl://gpt:reviewer@shop:checkout/review.md' })
    const headers = { 'content-type': 'application/json' }
    const announce = as('bob', { method: 'POST', headers, body })
    expect(await problemIn(await fetch('/ucxi/announce', announce))).toEqual([
      403,
      'ERR_STORE_DENIED',
    ])
    expect((await store.stats()).versions).toBe(2)
  })

  test('what a request may do is kept by private caches alone', async () => {
    const { fetch } = await filled()
    const pinned = await fetch(REVIEW.replace('/review', '/*~1/review'), as('bob'))
    expect(pinned.headers.get('cache-control')).toBe('private, max-age=31536000, immutable')
    expect(pinned.headers.get('vary')).toContain('authorization')
  })

  test('an event is told to who may read it alone', async () => {
    const { fetch, store } = await filled()
    const events = readEvents(await fetch('/ucxi/events', as('bob')))
    const address = 'ucxl://gpt:reviewer@shop:checkout/review.md'
    await store.put({ address: PLAN_ADDRESS, content: Buffer.from('secret') })
    await store.put({ address, content: Buffer.from('better') })
    const [first] = await events.take(1)
    expect(first?.data.address).toBe('ucxl://gpt:reviewer@shop:checkout/*~2/review.md')
    await events.close()
  })

  test("one client's Idempotency-Key is no other's", async () => {
    const { fetch } = await filled()
    const folder = '/ucxl/claude:architect@shop:checkout/notes/'
    const init = { method: 'POST', body: 'x', headers: { 'idempotency-key': 'a1' } }
    expect((await fetch(folder, as('alice', init))).status).toBe(201)
    expect(await problemIn(await fetch(folder, as('bob', init)))).toEqual([403, 'ERR_STORE_DENIED'])
  })

  test('health and the description of the interface are for everybody', async () => {
    const { fetch } = await filled()
    expect((await fetch('/ucxi/health')).status).toBe(200)
    expect((await fetch('/openapi.json')).status).toBe(200)
    expect((await fetch('/ucxi/stats')).status).toBe(401)
  })

  test("a browser's WebSocket brings its token as a subprotocol, which is not sent back", async () => {
    const { url } = await filled()
    const address = `${url.replace('http', 'ws')}/ucxi/events`
    const open = async (protocols: string[]): Promise<string> => {
      const socket = new WebSocket(address, protocols)
      return new Promise((resolve) => {
        socket.addEventListener('open', () => {
          resolve(socket.protocol)
          socket.close()
        })
        socket.addEventListener('error', () => resolve('refused'))
      })
    }
    expect(await open(['ucxi', 'bearer.bob-token'])).toBe('ucxi')
    expect(await open(['ucxi', 'bearer.mallory'])).toBe('refused')
    expect(await open(['ucxi'])).toBe('refused')
  })

  test('an address that others can reach is served with authorize alone', async () => {
    const { ucxi } = await serve()
    await expect(startUcxiServer({ ucxi, host: '0.0.0.0' })).rejects.toMatchObject({
      code: 'ERR_UCXI_BIND',
    })
    const server = await startUcxiServer({ ucxi, host: '0.0.0.0', authorize })
    atEnd(async () => server.close())
    const { port } = new URL(server.url)
    expect((await fetch(`http://127.0.0.1:${port}/ucxi/stats`, as('alice'))).status).toBe(200)
  })
})

describe('Host and Origin', () => {
  const asked = async (
    init: Parameters<typeof serve>[0],
    headers: Record<string, string>,
    method = 'PUT',
  ): Promise<Response> => {
    const { createApp } = await import('../src/app.ts')
    const { ucxi } = await serve()
    const app = createApp({ ucxi, ...init })
    atEnd(async () => app.close())
    const {
      statusCode,
      body,
      headers: got,
    } = await app.inject({
      method: method as 'PUT',
      url: PLAN,
      headers,
      ...(method === 'PUT' ? { payload: 'x' } : {}),
    })
    return new Response(statusCode === 204 ? null : body, {
      status: statusCode,
      headers: got as Record<string, string>,
    })
  }

  test('a name that leads here by rebinding, and a page of another site, are refused', async () => {
    for (const headers of [
      { host: 'evil.example:8080' },
      { host: 'localhost:8080', origin: 'https://evil.example' },
      { host: 'localhost:8080', origin: 'null' },
    ])
      expect(await problemIn(await asked({}, headers))).toEqual([403, 'ERR_UCXI_HOST'])
    for (const headers of [
      { host: 'localhost:8080', origin: 'http://localhost:8080' },
      { host: '[::1]:8080' },
    ])
      expect((await asked({}, headers)).status).toBe(201)
  })

  test('hosts and origins that the server was told of are let in', async () => {
    const init = { allowHosts: ['node.example'], allowOrigins: ['https://portal.example'] }
    const headers = { host: 'node.example:8080', origin: 'https://portal.example' }
    const written = await asked(init, headers)
    expect(written.status).toBe(201)
    expect(written.headers.get('access-control-allow-origin')).toBe('https://portal.example')
    expect(written.headers.get('vary')).toContain('origin')
    const ask = { ...headers, 'access-control-request-method': 'PUT' }
    const preflight = await asked(init, ask, 'OPTIONS')
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-methods')).toContain('PUT')
    expect(preflight.headers.get('access-control-allow-headers')).toContain('authorization')
    // A cache must not give one origin what another one was told, whatever else an answer depends on.
    const { ucxi } = await serve()
    await ucxi.put('ucxl://claude:architect@shop:checkout/*^/read.md', {
      content: Buffer.from('x'),
    })
    const { createApp } = await import('../src/app.ts')
    const app = createApp({ ucxi, ...init })
    atEnd(async () => app.close())
    for (const path of ['ucxl', 'timemap', 'timegate']) {
      const url = `/${path}/claude:architect@shop:checkout/read.md`
      const { headers: read } = await app.inject({ url, headers })
      expect(read['vary']).toMatch(/^origin, accept/)
    }
    const other = { ...headers, origin: 'https://evil.example' }
    expect((await asked(init, other)).headers.has('access-control-allow-origin')).toBe(false)
  })
})
