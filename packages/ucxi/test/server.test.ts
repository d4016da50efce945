import { get } from 'node:http'
import { createMemoryStore, type ContextStore } from '@bzzz/context-store'
import { identityFromSeed } from '@bzzz/identity'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createUcxi, startUcxiServer, type UcxiServer } from '../src/index.ts'
import { createApp } from '../src/server.ts'

const START = Date.UTC(2025, 7, 1)
const CID = /^"bafkrei[a-z2-7]{52}"$/
const PLAN = '/ucxl/claude:architect@shop:checkout/plan.md'
const clock = { now: START }

let store: ContextStore
let server: UcxiServer

beforeEach(async () => {
  clock.now = START
  const writer = identityFromSeed(new Uint8Array(32).fill(1))
  store = createMemoryStore({ writer, now: () => clock.now })
  server = await startUcxiServer({ ucxi: createUcxi({ store }), maxBodyBytes: 1024 * 1024 })
})

afterEach(async () => {
  await server.close()
  await store.close()
})

const request = async (path: string, init?: RequestInit): Promise<Response> =>
  fetch(`${server.url}${path}`, init)
const put = async (
  path: string,
  body: string,
  headers: Record<string, string> = {},
): Promise<Response> =>
  request(path, { method: 'PUT', body, headers: { 'content-type': 'text/markdown', ...headers } })

async function threeVersions(): Promise<void> {
  for (const word of ['one', 'two', 'three']) {
    await put(PLAN, word)
    clock.now += 60_000
  }
}

describe('PUT and GET', () => {
  test('what was put is got, byte for byte, with its type and its content id', async () => {
    const created = await put(PLAN, 'one')
    expect(created.status).toBe(201)
    expect(created.headers.get('location')).toBe(
      '/ucxl/claude:architect@shop%3Acheckout/*~/plan.md',
    )
    const view = (await created.json()) as Record<string, unknown>
    expect(view).toMatchObject({
      address: 'ucxl://claude:architect@shop:checkout/*~/plan.md',
      version: 1,
      time: '2025-08-01T00:00:00Z',
      content_type: 'text/markdown',
      size: 3,
    })
    const got = await request(PLAN)
    expect(got.status).toBe(200)
    expect(await got.text()).toBe('one')
    expect(got.headers.get('content-type')).toBe('text/markdown')
    expect(got.headers.get('etag')).toMatch(CID)
    expect(got.headers.get('memento-datetime')).toBe('Fri, 01 Aug 2025 00:00:00 GMT')
    expect(got.headers.get('cache-control')).toBe('no-cache')
  })

  test('bytes that are no text, and none at all, come back as they were', async () => {
    const every = Uint8Array.from({ length: 256 }, (_, byte) => byte)
    for (const body of [every, new Uint8Array(0)]) {
      expect((await request(PLAN, { method: 'PUT', body })).ok).toBe(true)
      expect(new Uint8Array(await (await request(PLAN)).arrayBuffer())).toEqual(body)
    }
    const json = '{"b": 1,\r\n "a": 2}'
    await put(PLAN, json, { 'content-type': 'application/json' })
    expect(await (await request(PLAN)).text()).toBe(json)
  })

  test('every token reads its version, escaped or not', async () => {
    await threeVersions()
    const readings = {
      '*^': 'three',
      '*%5E': 'three',
      '%2A%5E': 'three',
      '*~': 'one',
      '*~2': 'two',
      '~~1': 'two',
      '^^2': 'three',
      '%5E%5E2': 'three',
      '2025-08-01T00:01:30Z': 'two',
      '2025-08-01': 'one',
    }
    for (const [temporal, expected] of Object.entries(readings)) {
      const response = await request(PLAN.replace('/plan.md', `/${temporal}/plan.md`))
      expect(await response.text(), temporal).toBe(expected)
    }
    const pinned = await request(PLAN.replace('/plan.md', '/*~2/plan.md'))
    expect(pinned.headers.get('cache-control')).toContain('immutable')
    expect(pinned.headers.get('content-location')).toBe(
      '/ucxl/claude:architect@shop%3Acheckout/*~2/plan.md',
    )
  })

  test('HEAD tells what GET would, without the bytes', async () => {
    await put(PLAN, 'one')
    const head = await request(PLAN, { method: 'HEAD' })
    expect(head.status).toBe(200)
    expect(head.headers.get('content-length')).toBe('3')
    expect(await head.text()).toBe('')
  })

  test('the entry comes with its metadata where it is asked for', async () => {
    await put(PLAN, 'one')
    const headers = { accept: 'application/vnd.ucxl.entry+json' }
    const entry = await (await request(PLAN, { headers })).json()
    expect(entry).toMatchObject({
      version: 1,
      encoding: 'utf-8',
      body: 'one',
      writer: expect.stringMatching(/^did:key:/),
    })
    await request(PLAN, { method: 'PUT', body: Uint8Array.of(255) })
    expect(await (await request(PLAN, { headers })).json()).toMatchObject({
      encoding: 'base64',
      body: '/w==',
    })
  })

  test('what did not change is not sent again', async () => {
    await put(PLAN, 'one')
    const etag = (await request(PLAN)).headers.get('etag') ?? ''
    const again = await request(PLAN, { headers: { 'if-none-match': etag } })
    expect(again.status).toBe(304)
    expect(await again.text()).toBe('')
  })

  test('a conditional write happens only where its condition holds', async () => {
    const first = await put(PLAN, 'one', { 'if-none-match': '*' })
    expect(first.status).toBe(201)
    expect((await put(PLAN, 'two', { 'if-none-match': '*' })).status).toBe(412)
    const etag = first.headers.get('etag') ?? ''
    expect((await put(PLAN, 'two', { 'if-match': etag })).status).toBe(200)
    const late = await put(PLAN, 'three', { 'if-match': etag })
    expect(late.status).toBe(412)
    expect(await late.json()).toMatchObject({ code: 'ERR_STORE_CONFLICT' })
    expect(await (await request(PLAN)).text()).toBe('two')
  })

  test('what another party wrote is never run as a page', async () => {
    await put(PLAN, '<script>alert(1)</script>', { 'content-type': 'text/html' })
    const got = await request(PLAN)
    expect(got.headers.get('content-security-policy')).toContain('sandbox')
    expect(got.headers.get('x-content-type-options')).toBe('nosniff')
  })
})

describe('timelines and listings', () => {
  test('a timeline is listed in pages, each naming the next', async () => {
    await threeVersions()
    const path = '/timemap/claude:architect@shop:checkout/plan.md'
    const page = (await (await request(`${path}?limit=2`)).json()) as {
      versions: { version: number }[]
      next: string
    }
    expect(page.versions.map(({ version }) => version)).toEqual([1, 2])
    const rest = (await (await request(page.next)).json()) as { versions: { version: number }[] }
    expect(rest.versions.map(({ version }) => version)).toEqual([3])
    expect(rest).not.toHaveProperty('next')
  })

  test('contexts are found by pattern, now and as they were', async () => {
    await threeVersions()
    await put('/ucxl/gpt:reviewer@shop:checkout/review.md', 'good')
    const list = async (query: string): Promise<string[]> => {
      const { versions } = (await (await request(`/ucxi/query?${query}`)).json()) as {
        versions: { address: string }[]
      }
      return versions.map(({ address }) => address)
    }
    const pattern = encodeURIComponent('ucxl://any:any@shop:any/**')
    expect(await list(`pattern=${pattern}`)).toEqual([
      'ucxl://claude:architect@shop:checkout/*~3/plan.md',
      'ucxl://gpt:reviewer@shop:checkout/*~/review.md',
    ])
    expect(await list(`pattern=${pattern}&at=2025-08-01T00:01:00Z`)).toEqual([
      'ucxl://claude:architect@shop:checkout/*~2/plan.md',
    ])
    const first = (await (await request(`/ucxi/query?pattern=${pattern}&limit=1`)).json()) as {
      next: string
    }
    const second = (await (await request(first.next)).json()) as { versions: { key: string }[] }
    expect(second.versions.map(({ key }) => key)).toEqual(['gpt:reviewer@shop:checkout/review.md'])
  })
})

describe('what goes wrong', () => {
  const problem = async (path: string, init?: RequestInit): Promise<[number, unknown]> => {
    const response = await request(path, init)
    expect(response.headers.get('content-type')).toContain('application/problem+json')
    const body = (await response.json()) as { code: string; status: number; detail: string }
    expect(body.status).toBe(response.status)
    expect(JSON.stringify(body)).not.toMatch(/\/packages\/|node_modules|\n {4}at /)
    return [response.status, body.code]
  }

  test.each([
    ['/ucxl/a:b@c', 400, 'ERR_ADDRESS_AUTHORITY'],
    ['/ucxl/a:b@c:d/*^/%zz', 400, 'ERR_ADDRESS_PERCENT'],
    ['/ucxl/a:b@c:d/2025-02-30/x', 400, 'ERR_ADDRESS_TEMPORAL'],
    ['/ucxl/any:b@c:d/x', 400, 'ERR_ADDRESS_PATTERN'],
    ['/ucxl/a:b@c:d/*^/x/%2f%00', 400, 'ERR_ADDRESS_PATH'],
    ['/ucxl/a:b@c:d/x?at=2025-08-01', 400, 'ERR_UCXI_REQUEST'],
    ['/ucxl/a:b@c:d/nothing', 404, 'ERR_TEMPORAL_NOT_FOUND'],
    ['/timemap/a:b@c:d/nothing', 404, 'ERR_TEMPORAL_NOT_FOUND'],
    ['/timemap/a:b@c:d/x?limit=0', 400, 'ERR_UCXI_REQUEST'],
    ['/timemap/a:b@c:d/x?limit=1001', 400, 'ERR_UCXI_REQUEST'],
    ['/timemap/a:b@c:d/x?unknown=1', 400, 'ERR_UCXI_REQUEST'],
    ['/ucxi/query', 400, 'ERR_UCXI_REQUEST'],
    ['/ucxi/query?pattern=nonsense', 400, 'ERR_ADDRESS_SCHEME'],
    ['/ucxi/query?pattern=ucxl://any:any@any:any/**&at=yesterday', 400, 'ERR_TEMPORAL_INVALID'],
    ['/elsewhere', 404, 'ERR_UCXI_NOT_FOUND'],
  ])('%s is %i %s', async (path, status, code) => {
    expect(await problem(path)).toEqual([status, code])
  })

  test('a time outside the timeline says what there is', async () => {
    await threeVersions()
    const response = await request(PLAN.replace('/plan.md', '/2025-07-31/plan.md'))
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({
      code: 'ERR_TEMPORAL_OUT_OF_RANGE',
      exists: {
        first: { version: 1, time: '2025-08-01T00:00:00Z' },
        last: { version: 3, time: '2025-08-01T00:02:00Z' },
      },
    })
  })

  test('a deletion is gone, and says which version was the last alive', async () => {
    await threeVersions()
    await store.put({ address: 'ucxl://claude:architect@shop:checkout/plan.md', content: null })
    const response = await request(PLAN)
    expect(response.status).toBe(410)
    expect(await response.json()).toMatchObject({
      code: 'ERR_TEMPORAL_GONE',
      last_alive: { version: 3, time: '2025-08-01T00:02:00Z' },
    })
  })

  test('a write to the past, a body too large and an unknown method are refused, and nothing is kept', async () => {
    const past = PLAN.replace('/plan.md', '/*~1/plan.md')
    expect(await problem(past, { method: 'PUT', body: 'x' })).toEqual([400, 'ERR_UCXI_REQUEST'])
    const body = new Uint8Array(1024 * 1024 + 1)
    expect(await problem(PLAN, { method: 'PUT', body })).toEqual([
      413,
      'ERR_STORE_CONTENT_TOO_LARGE',
    ])
    expect(await problem(PLAN, { method: 'DELETE' })).toEqual([405, 'ERR_UCXI_METHOD'])
    expect((await request(PLAN, { method: 'PATCH' })).headers.get('allow')).toBe('GET, HEAD, PUT')
    expect((await store.stats()).versions).toBe(0)
  })

  test('a path that would climb out of the project is refused as it stands', async () => {
    // `fetch` would resolve the dots itself.
    for (const path of ['/ucxl/a:b@c:d/*^/../x', '/ucxl/a:b@c:d/*^/%2e%2e/x']) {
      const status = await new Promise((resolve, reject) => {
        get({ host: '127.0.0.1', port: new URL(server.url).port, path }, (response) => {
          response.resume()
          resolve(response.statusCode)
        }).once('error', reject)
      })
      expect(status).toBe(400)
    }
  })

  test('a page of another site cannot reach the node', async () => {
    const app = createApp({ ucxi: createUcxi({ store }) })
    const evil = await app.inject({ url: PLAN, headers: { host: 'evil.example:8080' } })
    expect([evil.statusCode, evil.json().code]).toEqual([403, 'ERR_UCXI_HOST'])
    const cross = {
      method: 'PUT',
      url: PLAN,
      headers: { host: 'localhost:8080', origin: 'https://evil.example' },
    } as const
    expect((await app.inject(cross)).statusCode).toBe(403)
    const same = { ...cross, headers: { host: 'localhost:8080', origin: 'http://localhost:8080' } }
    expect((await app.inject(same)).statusCode).toBe(201)
    await app.close()
  })

  test('an error that nobody foresaw tells nothing to the outside, and is logged', async () => {
    const seen: unknown[] = []
    const failure = new Error('secret path /etc/passwd')
    const broken = { ...createUcxi({ store }), get: async () => Promise.reject(failure) } as never
    const app = createApp({ ucxi: broken, onError: (error) => seen.push(error) })
    const response = await app.inject({ url: PLAN, headers: { host: 'localhost' } })
    expect([response.statusCode, response.json().code]).toEqual([500, 'ERR_UCXI_INTERNAL'])
    expect(response.body).not.toContain('secret')
    expect(seen).toEqual([failure])
    await app.close()
  })

  test('a port in use and an address that is no loopback are said plainly', async () => {
    const port = Number(new URL(server.url).port)
    const ucxi = createUcxi({ store })
    await expect(startUcxiServer({ ucxi, port })).rejects.toMatchObject({
      code: 'ERR_UCXI_PORT',
      message: expect.stringContaining(`127.0.0.1:${port}`),
    })
    await expect(startUcxiServer({ ucxi, host: '0.0.0.0' })).rejects.toMatchObject({
      code: 'ERR_UCXI_BIND',
    })
  })
})
