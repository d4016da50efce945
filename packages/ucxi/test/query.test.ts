import { describe, expect, test } from 'vitest'
import { PLAN, problemIn, serve, type Served } from './serve.ts'

interface Page {
  versions: { address: string; key: string; snippet?: string; marks?: [number, number][] }[]
  next?: string
  after?: string
}

async function filled(): Promise<Served & { readonly find: (query: string) => Promise<Page> }> {
  const served = await serve()
  await served.threeVersions()
  await served.put(
    '/ucxl/gpt:reviewer@shop:checkout/review.md?tags=good&tags=fast',
    'Pay by card, always.',
  )
  served.clock.now += 60_000
  const find = async (query: string): Promise<Page> =>
    (await (await served.fetch(`/ucxi/query?${query}`)).json()) as Page
  return { ...served, find }
}

const ALL = `pattern=${encodeURIComponent('ucxl://any:any@shop:any/**')}`
const addresses = ({ versions }: Page): string[] => versions.map(({ address }) => address)
const PLAN_3 = 'ucxl://claude:architect@shop:checkout/*~3/plan.md'
const REVIEW = 'ucxl://gpt:reviewer@shop:checkout/*~/review.md'

describe('GET /ucxi/query', () => {
  test('finds contexts by pattern, now and as they were', async () => {
    const { find } = await filled()
    expect(addresses(await find(ALL))).toEqual([PLAN_3, REVIEW])
    expect(addresses(await find(''))).toEqual([PLAN_3, REVIEW])
    expect(addresses(await find(`${ALL}&at=2025-08-01T00:01:00Z`))).toEqual([
      'ucxl://claude:architect@shop:checkout/*~2/plan.md',
    ])
  })

  test('finds by tag and by the time of recording', async () => {
    const { find } = await filled()
    expect(addresses(await find('tags=good'))).toEqual([REVIEW])
    expect(addresses(await find('tags=good&tags=fast'))).toEqual([REVIEW])
    expect(addresses(await find('tags=good&tags=slow'))).toEqual([])
    expect(addresses(await find('since=2025-08-01T00:03:00Z'))).toEqual([REVIEW])
    expect(addresses(await find('before=2025-08-01T00:03:00Z'))).toEqual([PLAN_3])
  })

  test('leaves out what is deleted, where that is asked for', async () => {
    const { find, fetch } = await filled()
    await fetch(PLAN, { method: 'DELETE' })
    expect((await find(ALL)).versions).toHaveLength(2)
    expect(addresses(await find('alive=true'))).toEqual([REVIEW])
  })

  test('comes in pages, each naming the next', async () => {
    const { find, fetch } = await filled()
    const first = await find(`${ALL}&limit=1`)
    expect(addresses(first)).toEqual([PLAN_3])
    const second = (await (await fetch(first.next ?? '')).json()) as Page
    expect(addresses(second)).toEqual([REVIEW])
  })

  test('finds words, and shows where they stand', async () => {
    const { find } = await filled()
    const page = await find('text=card')
    expect(addresses(page)).toEqual([REVIEW])
    const [hit] = page.versions
    const [start, end] = hit?.marks?.[0] ?? [0, 0]
    expect(hit?.snippet?.slice(start, end)).toBe('card')
    expect(addresses(await find('text=card&pattern=ucxl://claude:any@any:any/**'))).toEqual([])
  })

  test.each([
    ['limit=0', 400, 'ERR_UCXI_REQUEST'],
    ['limit=1001', 400, 'ERR_UCXI_REQUEST'],
    ['limit=1&limit=2', 400, 'ERR_UCXI_REQUEST'],
    ['unknown=1', 400, 'ERR_UCXI_REQUEST'],
    ['alive=maybe', 400, 'ERR_UCXI_REQUEST'],
    ['at=yesterday', 400, 'ERR_UCXI_REQUEST'],
    ['text=card&at=2025-08-01', 400, 'ERR_UCXI_REQUEST'],
    ['text=card&after=x', 400, 'ERR_UCXI_REQUEST'],
    ['text=-card', 400, 'ERR_STORE_QUERY'],
    ['pattern=nonsense', 400, 'ERR_ADDRESS_SCHEME'],
    [`pattern=ucxl://any:any@any:any/${'*a'.repeat(17)}`, 400, 'ERR_UCXI_REQUEST'],
  ])('%s is %i %s', async (query, status, code) => {
    const { fetch } = await filled()
    expect(await problemIn(await fetch(`/ucxi/query?${query}`))).toEqual([status, code])
  })

  test('what it does not understand it does not repeat: it could be a secret', async () => {
    const { fetch } = await filled()
    const told = await (await fetch('/ucxi/query?secret-token=s3cret')).text()
    expect(told).not.toMatch(/s3cret|secret-token/)
    expect(await (await fetch('/elsewhere?secret-token=s3cret')).text()).not.toContain('s3cret')
  })
})

describe('QUERY /ucxi/query (RFC 10008)', () => {
  const ask = async ({ fetch }: Served, body: unknown, type = 'application/json') =>
    fetch('/ucxi/query', {
      method: 'QUERY',
      headers: { 'content-type': type },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })

  test('asks the same with a body, and is told where to GET it', async () => {
    const served = await filled()
    const answer = await ask(served, {
      pattern: 'ucxl://any:any@shop:any/**',
      tags: ['good'],
      limit: 1,
    })
    expect(addresses((await answer.json()) as Page)).toEqual([REVIEW])
    const same = await served.fetch(answer.headers.get('content-location') ?? '')
    expect(addresses((await same.json()) as Page)).toEqual([REVIEW])
    expect((await served.fetch('/ucxi/query')).headers.get('accept-query')).toBe('application/json')
  })

  test('refuses what is no JSON, is called something else, or nested too deep', async () => {
    const served = await filled()
    expect(await problemIn(await ask(served, '{"pattern": '))).toEqual([400, 'ERR_UCXI_REQUEST'])
    expect(await problemIn(await ask(served, {}, 'text/plain'))).toEqual([
      415,
      'ERR_UCXI_MEDIA_TYPE',
    ])
    // Brackets in a text are no nesting.
    const text = { text: '[{'.repeat(100), pattern: 'ucxl://any:any@any:any/**' }
    expect((await ask(served, text)).status).not.toBe(415)
  })
})

describe('the other operations', () => {
  test('resolve says where an address leads, without reading it', async () => {
    const { fetch } = await filled()
    const resolved = await fetch(
      `/ucxi/resolve?address=${encodeURIComponent('ucxl://claude:architect@shop:checkout/~~1/plan.md')}`,
    )
    expect(await resolved.json()).toMatchObject({ version: 2, source: 'local', fresh: true })
    const then = await fetch(
      '/ucxi/resolve?address=ucxl://claude:architect@shop:checkout/plan.md&at=2025-08-01',
    )
    expect(await then.json()).toMatchObject({ version: 1 })
    expect(await problemIn(await fetch('/ucxi/resolve'))).toEqual([400, 'ERR_UCXI_REQUEST'])
  })

  const post = (body: unknown) => ({
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

  test('validate says what is wrong with an address, and its canonical form', async () => {
    const { fetch } = await serve()
    const valid = await fetch('/ucxi/validate', post({ address: 'UCXL://A:b@c:d/plan.md' }))
    expect(await valid.json()).toEqual({
      valid: true,
      address: 'ucxl://a:b@c:d/*^/plan.md',
      uri: 'ucxl://a:b@c%3Ad/*%5E/plan.md',
      pattern: false,
      problems: [],
    })
    const wrong = await fetch('/ucxi/validate', post({ address: 'ucxl://a:b@c' }))
    expect(await wrong.json()).toMatchObject({
      valid: false,
      problems: [{ code: 'ERR_ADDRESS_AUTHORITY', offset: 12 }],
    })
  })

  test('validate checks a decision where the node knows how', async () => {
    const checkDecision = (decision: unknown) =>
      (decision as { title?: string }).title === undefined
        ? [{ code: 'ERR_DECISION_FIELD', message: 'Expected a title', path: 'title' }]
        : []
    const { fetch } = await serve({}, { checkDecision })
    expect(await (await fetch('/ucxi/validate', post({ decision: {} }))).json()).toEqual({
      valid: false,
      problems: [{ code: 'ERR_DECISION_FIELD', message: 'Expected a title', path: 'title' }],
    })
    const right = await fetch('/ucxi/validate', post({ decision: { title: 'Pay by card' } }))
    expect(await right.json()).toEqual({ valid: true, problems: [] })
    const without = await serve()
    expect(await problemIn(await without.fetch('/ucxi/validate', post({ decision: {} })))).toEqual([
      400,
      'ERR_UCXI_REQUEST',
    ])
    expect(await problemIn(await fetch('/ucxi/validate', post({})))).toEqual([
      400,
      'ERR_UCXI_REQUEST',
    ])
  })

  test('JSON that is nested too deep is refused before anything is made of it', async () => {
    const { fetch } = await serve({}, { checkDecision: () => [] })
    const nested = (depth: number): string =>
      `{"decision": ${'['.repeat(depth)}"[[{{"${']'.repeat(depth)}}`
    const send = async (body: string): Promise<Response> =>
      fetch('/ucxi/validate', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      })
    expect((await send(nested(63))).status).toBe(200)
    expect(await problemIn(await send(nested(64)))).toEqual([400, 'ERR_UCXI_REQUEST'])
    expect(await problemIn(await send(nested(400_000)))).toEqual([400, 'ERR_UCXI_REQUEST'])
  })

  test('announce tells the mesh; without one there is nobody to tell', async () => {
    const announced: string[] = []
    const mesh = {
      announce: (collection: string) => announced.push(collection),
      resolve: async () =>
        Promise.reject(Object.assign(new Error(), { code: 'ERR_MESH_NOT_FOUND' })),
    } as never
    const meshed = await serve({}, { mesh })
    await meshed.put(PLAN, 'one')
    announced.length = 0
    const body = post({ address: 'ucxl://claude:architect@shop:checkout/plan.md' })
    const answer = await meshed.fetch('/ucxi/announce', body)
    expect([answer.status, await answer.json()]).toEqual([202, { collection: 'claude@shop' }])
    expect(announced).toEqual(['claude@shop'])
    const nothing = post({ address: 'ucxl://claude:architect@shop:checkout/nothing' })
    expect(await problemIn(await meshed.fetch('/ucxi/announce', nothing))).toEqual([
      404,
      'ERR_TEMPORAL_NOT_FOUND',
    ])
    const alone = await serve()
    await alone.put(PLAN, 'one')
    expect(await problemIn(await alone.fetch('/ucxi/announce', body))).toEqual([
      503,
      'ERR_UCXI_NO_MESH',
    ])
  })

  test('stats and health answer, and OPTIONS tells what each path takes', async () => {
    const { fetch } = await filled()
    expect(await (await fetch('/ucxi/stats')).json()).toMatchObject({ contexts: 2, versions: 4 })
    expect(await (await fetch('/ucxi/health')).json()).toEqual({ status: 'ok' })
    const allowed = async (path: string): Promise<string | null> =>
      (await fetch(path, { method: 'OPTIONS' })).headers.get('allow')
    expect(await allowed(PLAN)).toBe('GET, HEAD, PUT, POST, DELETE, OPTIONS')
    expect(await allowed('/ucxi/query')).toBe('GET, HEAD, QUERY, OPTIONS')
    expect(await allowed('/timegate/a:b@c:d/x')).toBe('GET, HEAD, OPTIONS')
    const patch = await fetch(PLAN, { method: 'PATCH' })
    expect(patch.headers.get('allow')).toBe('GET, HEAD, PUT, POST, DELETE, OPTIONS')
    expect(await problemIn(patch)).toEqual([405, 'ERR_UCXI_METHOD'])
    for (const path of [
      '/ucxi/query',
      '/ucxi/health',
      '/openapi.json',
      '/ucxi/stats',
      '/ucxi/events',
    ])
      expect([path, (await fetch(path, { method: 'HEAD' })).status]).toEqual([path, 200])
  })
})
