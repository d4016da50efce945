import { request as requestHttp } from 'node:http'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { beforeEach, describe, expect, test } from 'vitest'
import { identityFromSeed } from '@bzzz/identity'
import { openEnvelope, type Envelope } from '../src/formats.ts'
import { OPERATIONS } from '../src/operations.ts'
import { STATUS, TITLES } from '../src/status.ts'
import { address, clock, createAuthor, DAY, sent, START } from './author.ts'
import { problemIn, serve, withChain } from './serve.ts'

beforeEach(() => {
  clock.now = START
})

const inPath = (name: string, temporal = '*^'): string =>
  encodeURIComponent(address(name, 'claude', temporal))

describe('POST /decisions', () => {
  test('answers 201 with what was taken in, and 200 with the same when it is known', async () => {
    const { post } = await serve()
    const delivery = sent(await createAuthor().publish('pay'))
    const first = await post('/decisions', delivery)
    const body = {
      decision_id: delivery.node['decision_id'],
      address: address('pay', 'claude', '*~'),
      version: 1,
      content_id: delivery.record['content'],
      record_id: expect.stringMatching(/^bafkrei/),
    }
    expect([first.status, await first.json()]).toEqual([201, { ...body, state: 'accepted' }])
    const second = await post('/decisions', delivery)
    expect([second.status, await second.json()]).toEqual([200, { ...body, state: 'known' }])
  })

  test('answers with a problem and its code where a delivery is refused', async () => {
    const { post } = await serve({ limits: { bodyBytes: 10_000 } })
    const genuine = sent(await createAuthor().publish('pay'))
    const forged = { ...genuine, node: { ...genuine.node, title: 'Another' } }
    expect(await problemIn(await post('/decisions', forged))).toEqual([422, 'ERR_SLURP_CONTENT'])
    expect(await problemIn(await post('/decisions', '{'))).toEqual([400, 'ERR_SLURP_REQUEST'])
    expect(await problemIn(await post('/decisions', ''))).toEqual([400, 'ERR_SLURP_DELIVERY'])
    const large = await post('/decisions', { node: 'x'.repeat(20_000) })
    expect(await problemIn(large)).toEqual([413, 'ERR_SLURP_TOO_LARGE'])
    const text = await post('/decisions', 'hello', { 'content-type': 'text/plain' })
    expect(await problemIn(text)).toEqual([415, 'ERR_SLURP_MEDIA_TYPE'])
    clock.now += DAY
    const early = sent(await createAuthor().publish('soon'))
    clock.now -= DAY
    const soon = await post('/decisions', early)
    expect(soon.headers.get('retry-after')).toBe('60')
    expect(await problemIn(soon)).toEqual([425, 'ERR_SLURP_AHEAD'])
  })

  test('takes NDJSON, and answers each line with a line', async () => {
    const { post, slurp } = await serve({ limits: { bodyBytes: 5000 } })
    const author = createAuthor()
    const lines: string[] = []
    for (let n = 0; n < 450; n++) lines.push(JSON.stringify(await author.publish(`n${n}`)))
    lines[7] = 'no JSON'
    lines[8] = JSON.stringify('x'.repeat(6000))
    const headers = { 'content-type': 'application/x-ndjson' }
    const answer = await post('/decisions', `${lines.join('\n')}\n\n`, headers)
    expect(answer.status).toBe(200)
    const answers = (await answer.text())
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { state?: string; code?: string })
    expect(answers.map(({ state, code }) => state ?? code)).toEqual(
      lines.map((_, n) => (n === 7 || n === 8 ? 'ERR_SLURP_DELIVERY' : 'accepted')),
    )
    expect((await slurp.counts()).versions).toBe(448)
  })

  test('an import that is too large ends with a line that says so, and keeps what came', async () => {
    const { post, slurp } = await serve({ limits: { importBytes: 400_000 } })
    const author = createAuthor()
    const lines: string[] = []
    for (let n = 0; n < 450; n++) lines.push(JSON.stringify(await author.publish(`n${n}`)))
    const headers = { 'content-type': 'application/x-ndjson' }
    const answer = await post('/decisions', lines.join('\n'), headers)
    const last = (await answer.text()).trimEnd().split('\n').at(-1) ?? ''
    expect(JSON.parse(last)).toMatchObject({ code: 'ERR_SLURP_TOO_LARGE', status: 413 })
    expect((await slurp.counts()).versions).toBeGreaterThan(200)
  })
})

describe('reading', () => {
  test('a decision by its address or id, as it came, and in other formats', async () => {
    const signer = identityFromSeed(new Uint8Array(32).fill(77))
    const { fetch, slurp } = await withChain({ signer })
    const one = await fetch(`/decisions/${inPath('pay')}`)
    const view = (await one.json()) as { decision_id: string; node: object; content_id: string }
    expect(view).toMatchObject({ version: 1, title: 'Pay by card', sequence: 3 })
    expect(one.headers.get('etag')).toBe(`"${view.content_id}"`)
    const byId = await fetch(`/decisions/${view.decision_id}`)
    expect(await byId.json()).toEqual(view)
    const type = async (format: string): Promise<unknown> => {
      const answer = await fetch(`/decisions/${inPath('pay')}?format=${format}`)
      return [answer.headers.get('content-type')?.split(';')[0], await answer.text()]
    }
    expect(await type('madr')).toEqual([
      'text/markdown',
      expect.stringContaining('\n# Pay by card\n'),
    ])
    expect(await type('prov')).toEqual([
      'application/ld+json',
      expect.stringContaining('prov:Entity'),
    ])
    expect(await type('ndjson')).toEqual(['application/x-ndjson', expect.stringMatching(/\}\n$/)])
    expect(await type('intoto')).toEqual([
      'application/json',
      expect.stringContaining('Statement/v1'),
    ])
    const [, envelope] = (await type('dsse')) as [string, string]
    expect(openEnvelope(JSON.parse(envelope) as Envelope).signers).toEqual([signer.did])
    const nowhere = await fetch(`/decisions/${inPath('nowhere')}`)
    expect(await problemIn(nowhere)).toEqual([404, 'ERR_SLURP_UNKNOWN'])
    expect(await problemIn(await fetch('/decisions/hello'))).toEqual([400, 'ERR_ADDRESS_SCHEME'])
    expect((await slurp.counts()).decisions).toBe(3)
  })

  test('why, what would fall, and the way between', async () => {
    const { fetch } = await withChain()
    const why = (await (await fetch(`/decisions/${inPath('pay')}/why`)).json()) as {
      nodes: { address: string; newest: boolean; signers: string[] }[]
      links: { type: string; verdict: object }[]
    }
    expect(why.nodes.map(({ address: one, newest }) => [one, newest])).toEqual([
      [address('pay', 'claude', '*~'), true],
      [address('rule', 'claude', '*~'), true],
      [address('law', 'claude', '*~'), true],
    ])
    expect(why.nodes[0]?.signers[0]).toMatch(/^did:key:z6Mk/)
    expect(why.links.map(({ verdict }) => verdict)).toEqual([
      { status: 'verified' },
      { status: 'verified' },
    ])
    const newest = await fetch(`/decisions/${inPath('law')}/consequences?contexts&depth=1`)
    expect(newest.status).toBe(200)
    const fall = await fetch(`/decisions/${inPath('law')}/consequences?depth=1`)
    expect(await fall.json()).toMatchObject({
      nodes: [{ title: 'law' }, { title: 'The rule' }],
      cuts: [{ reason: 'depth' }],
    })
    const way = await fetch(`/decisions/${inPath('pay')}/path?to=${inPath('law')}`)
    expect(((await way.json()) as { links: unknown[] }).links).toHaveLength(2)
    const none = await fetch(`/decisions/${inPath('law')}/path?to=${inPath('pay')}`)
    expect(await none.json()).toEqual({ links: null, cuts: [] })
    const drawn = await fetch(`/decisions/${inPath('pay')}/why?format=mermaid`)
    expect(await drawn.text()).toMatch(/^flowchart BT\n {2}n0\["Pay by card<br\/>plan, accepted"\]/)
    const deep = await fetch(`/decisions/${inPath('pay')}/why?depth=65`)
    expect(await problemIn(deep)).toEqual([400, 'ERR_CHAIN_LIMIT'])
    const unknown = await fetch(`/decisions/${inPath('nowhere')}/why`)
    expect(await problemIn(unknown)).toEqual([404, 'ERR_CHAIN_START'])
  })

  test('a search with filters in its words and beside them', async () => {
    const { fetch } = await withChain()
    const titles = async (query: string): Promise<unknown> => {
      const page = (await (await fetch(`/decisions?${query}`)).json()) as {
        items: { title: string }[]
      }
      return page.items.map(({ title }) => title)
    }
    expect(await titles('')).toEqual(['Pay by card', 'law', 'The rule'])
    expect(await titles('q=pay')).toEqual(['Pay by card'])
    expect(await titles(`q=${encodeURIComponent('after:2025-08-02')}`)).toEqual(['Pay by card'])
    expect(await titles('type=policy&type=review')).toEqual(['law', 'The rule'])
    expect(await titles('before=2025-08-02&agent=claude')).toEqual(['law', 'The rule'])
    const first = (await (await fetch('/decisions?limit=2&facets=true')).json()) as {
      next: string
      facets: { type: unknown }
    }
    expect(first.facets.type).toEqual([
      { value: 'policy', count: 2 },
      { value: 'plan', count: 1 },
    ])
    expect(await titles(`limit=2&after=${first.next}`)).toEqual(['The rule'])
    expect(await problemIn(await fetch('/decisions?q=after:x'))).toEqual([400, 'ERR_SLURP_QUERY'])
    expect(await problemIn(await fetch('/decisions?limit=9999'))).toEqual([
      400,
      'ERR_SLURP_REQUEST',
    ])
    expect(await problemIn(await fetch('/decisions?colour=red'))).toEqual([
      400,
      'ERR_SLURP_REQUEST',
    ])
    expect(await problemIn(await fetch('/decisions?after=x'))).toEqual([400, 'ERR_SLURP_CURSOR'])
  })

  test('the state at a moment, what stands out, versions and counts', async () => {
    const { fetch } = await withChain()
    const get = async (path: string): Promise<unknown> => (await fetch(path)).json()
    expect(await get('/state?at=2025-08-01T12:00:00Z')).toMatchObject({
      at: '2025-08-01T12:00:00Z',
      items: [{ title: 'law', superseded_by: [] }, { title: 'The rule' }],
    })
    expect(await get('/state?at=2025-07-01')).toEqual({ at: '2025-07-01T00:00:00Z', items: [] })
    expect(await get('/standing/most-cited?limit=1')).toMatchObject({
      items: [{ address: address('law'), count: 1, newest: { title: 'law' } }],
      next: expect.any(String),
    })
    expect(await get(`/decisions/${inPath('pay')}/versions`)).toMatchObject({
      items: [{ version: 1 }],
    })
    expect(await get('/counts')).toEqual({
      decisions: 3,
      versions: 3,
      edges: 2,
      held: 0,
      position: 3,
    })
    expect(await get('/health')).toEqual({ status: 'ok' })
  })
})

describe('what is held, and webhooks', () => {
  const hold = { name: 'all', judge: () => ({ verdict: 'hold' as const, reason: 'look' }) }

  test('a person takes in what was held, or rejects it', async () => {
    const { fetch, post } = await serve({ rules: [hold] })
    const author = createAuthor()
    const [a, b] = [sent(await author.publish('a')), sent(await author.publish('b'))]
    const first = await post('/decisions', a)
    expect([first.status, await first.json()]).toEqual([
      201,
      expect.objectContaining({ state: 'held' }),
    ])
    await post('/decisions', b)
    const { items } = (await (await fetch('/held')).json()) as {
      items: { record_id: string; rule: string; delivery: { node: { title: string } } }[]
    }
    expect(items.map(({ rule, delivery }) => [rule, delivery.node.title])).toEqual([
      ['all', 'a'],
      ['all', 'b'],
    ])
    const accepted = await fetch(`/held/${items[0]?.record_id}/accept`, { method: 'POST' })
    expect(await accepted.json()).toMatchObject({ state: 'accepted' })
    const rejected = await post(`/held/${items[1]?.record_id}/reject`, { reason: 'no' })
    expect(rejected.status).toBe(204)
    expect(await problemIn(await post('/decisions', b))).toEqual([422, 'ERR_SLURP_DROPPED'])
    expect(await problemIn(await post('/held/x/reject', {}))).toEqual([400, 'ERR_SLURP_REQUEST'])
    expect(await (await fetch('/held')).json()).toEqual({ items: [] })
  })

  test('webhooks are made, shown without their secret, and taken away', async () => {
    const { fetch, post } = await serve()
    const made = await post('/webhooks', { url: 'https://n8n.example/hook', types: ['policy'] })
    const hook = (await made.json()) as { id: string; secret: string }
    expect([made.status, hook.secret]).toEqual([201, expect.stringMatching(/^whsec_/)])
    const list = await (await fetch('/webhooks')).text()
    expect(list).toContain(hook.id)
    expect(list).not.toContain('whsec_')
    expect(await (await fetch(`/webhooks/${hook.id}/attempts`)).json()).toEqual({ items: [] })
    expect((await fetch(`/webhooks/${hook.id}/enable`, { method: 'POST' })).status).toBe(204)
    expect((await fetch(`/webhooks/${hook.id}`, { method: 'DELETE' })).status).toBe(204)
    const gone = await fetch(`/webhooks/${hook.id}`, { method: 'DELETE' })
    expect(await problemIn(gone)).toEqual([404, 'ERR_SLURP_UNKNOWN'])
    const local = await post('/webhooks', { url: 'http://127.0.0.1:8080/' })
    expect(await problemIn(local)).toEqual([422, 'ERR_SLURP_WEBHOOK'])
  })

  test('explains what curation would say', async () => {
    const { post } = await serve({ rules: [hold] })
    const { node } = sent(await createAuthor().publish('a'))
    expect(await (await post('/explain', node)).json()).toMatchObject({
      verdict: 'hold',
      rule: 'all',
    })
  })
})

describe('who may ask', () => {
  test('a host or an origin that the service was not told of is refused', async () => {
    const { fetch, url } = await serve({ allowOrigins: ['https://portal.example'] })
    const { port } = new URL(url)
    const status = await new Promise((resolve) => {
      const options = { port, path: '/counts', headers: { host: 'evil.example' } }
      requestHttp(options, (answer) => {
        answer.resume()
        resolve(answer.statusCode)
      }).end()
    })
    expect(status).toBe(403)
    const evil = await fetch('/counts', { headers: { origin: 'https://evil.example' } })
    expect(await problemIn(evil)).toEqual([403, 'ERR_SLURP_HOST'])
    const portal = await fetch('/counts', { headers: { origin: 'https://portal.example' } })
    expect(portal.headers.get('access-control-allow-origin')).toBe('https://portal.example')
    const headers = { origin: 'https://portal.example', 'access-control-request-method': 'POST' }
    const asked = await fetch('/decisions', { method: 'OPTIONS', headers })
    expect([asked.status, asked.headers.get('access-control-allow-methods')]).toEqual([
      204,
      'POST, GET',
    ])
  })

  test('tokens say what a request may do', async () => {
    const { fetch, post } = await serve({
      authorize: ({ token, wants }) =>
        token === 'reader' ? (wants === 'read' ? 'allowed' : 'denied') : 'unknown',
    })
    const as = (token: string): RequestInit => ({ headers: { authorization: `Bearer ${token}` } })
    const nobody = await fetch('/counts')
    expect(nobody.headers.get('www-authenticate')).toContain('Bearer')
    expect(await problemIn(nobody)).toEqual([401, 'ERR_SLURP_UNAUTHORIZED'])
    expect(await problemIn(await fetch('/counts', as('x')))).toEqual([
      401,
      'ERR_SLURP_UNAUTHORIZED',
    ])
    const basic = await fetch('/counts', { headers: { authorization: 'Basic eDp5' } })
    expect(await problemIn(basic)).toEqual([401, 'ERR_SLURP_UNAUTHORIZED'])
    expect((await fetch('/counts', as('reader'))).status).toBe(200)
    expect(await problemIn(await fetch('/webhooks', as('reader')))).toEqual([
      403,
      'ERR_SLURP_FORBIDDEN',
    ])
    const delivered = await post('/decisions', {}, { authorization: 'Bearer reader' })
    expect(await problemIn(delivered)).toEqual([403, 'ERR_SLURP_FORBIDDEN'])
    expect((await fetch('/health')).status).toBe(200)
  })

  test('another address than loopback needs authorize, and a port that is free', async () => {
    await expect(serve({ host: '0.0.0.0' })).rejects.toMatchObject({ code: 'ERR_SLURP_BIND' })
    const { url } = await serve()
    const port = Number(new URL(url).port)
    await expect(serve({ port })).rejects.toMatchObject({
      code: 'ERR_SLURP_PORT',
      message: expect.stringContaining('the port is in use'),
    })
    // An address for documents (RFC 5737), which no machine has.
    const elsewhere = serve({ host: '192.0.2.1', authorize: () => 'allowed' })
    await expect(elsewhere).rejects.toMatchObject({
      code: 'ERR_SLURP_PORT',
      message: expect.stringContaining('EADDRNOTAVAIL'),
    })
  })
})

describe('the interface', () => {
  test('what is not there, or not that way, says so', async () => {
    const { fetch } = await serve()
    expect(await problemIn(await fetch('/nothing'))).toEqual([404, 'ERR_SLURP_NOT_FOUND'])
    const wrong = await fetch('/decisions', { method: 'DELETE' })
    expect(wrong.headers.get('allow')).toBe('POST, GET')
    expect(await problemIn(wrong)).toEqual([405, 'ERR_SLURP_METHOD'])
  })

  test('what is no request, or has too long headers, gets a problem too', async () => {
    const { url, fetch } = await serve()
    const long = await fetch('/counts', { headers: { 'x-long': 'x'.repeat(20_000) } })
    expect(await problemIn(long)).toEqual([431, 'ERR_SLURP_HEADERS'])
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.end('hello\r\n\r\n')
    let text = ''
    for await (const piece of socket.setEncoding('utf8')) text += String(piece)
    expect(text).toMatch(/^HTTP\/1\.1 400 Bad Request[\s\S]*"code":"ERR_SLURP_REQUEST"/)
  })

  test('a fault tells clients nothing, and its operator all', async () => {
    const seen: unknown[] = []
    const { fetch, slurp } = await serve({ onError: (error) => seen.push(error) })
    const fault = new Error('/secret/path')
    Object.assign(slurp, { counts: async () => Promise.reject(fault) })
    const answer = await fetch('/counts')
    const text = await answer.clone().text()
    expect(await problemIn(answer)).toEqual([500, 'ERR_SLURP_INTERNAL'])
    expect(text).not.toContain('secret')
    expect(seen).toEqual([fault])
  })

  test('its document is OpenAPI 3.1, by a validator that is not ours, and answers fit it', async () => {
    const { fetch } = await withChain()
    const document = (await (await fetch('/openapi.json')).json()) as {
      openapi: string
      paths: Record<
        string,
        Record<
          string,
          {
            operationId: string
            responses: Record<string, { content?: Record<string, { schema: object }> }>
          }
        >
      >
      components: object
    }
    const result = await new Validator().validate(structuredClone(document))
    expect(result.errors).toBeUndefined()
    expect(result.valid).toBe(true)
    expect(document.openapi).toBe('3.1.1')
    const operations = Object.values(document.paths).flatMap((path) => Object.values(path))
    expect(operations.map(({ operationId }) => operationId).toSorted()).toEqual(
      Object.keys(OPERATIONS).toSorted(),
    )
    const ajv = new Ajv2020({ strict: false })
    const fits = async (path: string, template: string): Promise<void> => {
      const schema =
        document.paths[template]?.['get']?.responses['200']?.content?.['application/json']?.schema
      const validate = ajv.compile({ ...schema, components: document.components })
      const valid = validate(await (await fetch(path)).json())
      expect(validate.errors, path).toBeNull()
      expect(valid).toBe(true)
    }
    await fits('/decisions?q=pay&facets=true', '/decisions')
    await fits(`/decisions/${inPath('pay')}`, '/decisions/{start}')
    await fits(`/decisions/${inPath('pay')}/why`, '/decisions/{start}/why')
    await fits(`/decisions/${inPath('law')}/consequences`, '/decisions/{start}/consequences')
    await fits(`/decisions/${inPath('pay')}/path?to=${inPath('law')}`, '/decisions/{start}/path')
    await fits(`/decisions/${inPath('pay')}/versions`, '/decisions/{start}/versions')
    await fits('/state', '/state')
    await fits('/standing/most-cited', '/standing/{question}')
    await fits('/counts', '/counts')
    await fits('/webhooks', '/webhooks')
    await fits('/held', '/held')
  })

  test('each code has one status, and the README says what to do about it', () => {
    for (const status of Object.values(STATUS)) expect(TITLES[status]).toMatch(/^[A-Z]/)
    const codesIn = (path: string, pattern: RegExp): string[] =>
      [...readFileSync(`${import.meta.dirname}/../${path}`, 'utf8').matchAll(pattern)]
        .map(([, code = '']) => code)
        .toSorted()
    const own = codesIn('src/errors.ts', /^ {2}\| '(ERR_SLURP_[A-Z_]+)'/gm)
    expect(own.length).toBeGreaterThan(20)
    expect(
      Object.keys(STATUS)
        .filter((code) => code.startsWith('ERR_SLURP_'))
        .toSorted(),
    ).toEqual(own)
    expect(codesIn('README.md', /^\| `(ERR_[A-Z_]+)`/gm)).toEqual(own)
  })
})
