import { describe, expect, test } from 'vitest'
import { problemOf } from '../src/index.ts'
import { at, CID, PLAN, PLAN_ADDRESS, problemIn, serve } from './serve.ts'

describe('PUT and GET', () => {
  test('what was put is got, byte for byte, with its type and its content id', async () => {
    const { put, fetch } = await serve()
    const created = await put(PLAN, 'one')
    expect(created.status).toBe(201)
    expect(created.headers.get('location')).toBe(
      '/ucxl/claude:architect@shop%3Acheckout/*~/plan.md',
    )
    expect(await created.json()).toMatchObject({
      address: 'ucxl://claude:architect@shop:checkout/*~/plan.md',
      version: 1,
      time: '2025-08-01T00:00:00Z',
      content_type: 'text/markdown',
      size: 3,
    })
    const got = await fetch(PLAN)
    expect(got.status).toBe(200)
    expect(await got.text()).toBe('one')
    expect(got.headers.get('content-type')).toBe('text/markdown')
    expect(got.headers.get('etag')).toMatch(CID)
    expect(got.headers.get('cache-control')).toBe('no-cache')
    expect(got.headers.get('ucxl-address')).toBe('ucxl://claude:architect@shop:checkout/*~/plan.md')
    expect(got.headers.get('ucxl-recorded')).toBe('2025-08-01T00:00:00Z')
  })

  test('bytes that are no text, and none at all, come back as they were', async () => {
    const { put, fetch } = await serve()
    const every = Uint8Array.from({ length: 256 }, (_, byte) => byte)
    for (const body of [every, new Uint8Array(0)]) {
      expect((await fetch(PLAN, { method: 'PUT', body })).ok).toBe(true)
      expect(new Uint8Array(await (await fetch(PLAN)).arrayBuffer())).toEqual(body)
    }
    const json = '{"b": 1,\r\n "a": 2}'
    await put(PLAN, json, { 'content-type': 'application/json' })
    expect(await (await fetch(PLAN)).text()).toBe(json)
  })

  test('every token reads its version, escaped or not', async () => {
    const { threeVersions, fetch } = await serve()
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
      expect(await (await fetch(at(temporal))).text(), temporal).toBe(expected)
    }
  })

  test('?at= reads as of a moment, for who cannot write it into the address', async () => {
    const { threeVersions, fetch } = await serve()
    await threeVersions()
    expect(await (await fetch(`${PLAN}?at=2025-08-01T00:01:30Z`)).text()).toBe('two')
    expect(await problemIn(await fetch(`${at('*~1')}?at=2025-08-01`))).toEqual([
      400,
      'ERR_UCXI_REQUEST',
    ])
    expect(await problemIn(await fetch(`${PLAN}?at=yesterday`))).toEqual([
      400,
      'ERR_ADDRESS_TEMPORAL',
    ])
  })

  test('?valid_at= reads what was said to hold at a moment', async () => {
    const { put, fetch } = await serve()
    await put(`${PLAN}?valid_from=2025-01-01&valid_to=2025-06-01`, 'spring')
    await put(`${PLAN}?valid_from=2025-06-01`, 'summer')
    expect(await (await fetch(`${PLAN}?valid_at=2025-03-01`)).text()).toBe('spring')
    expect(await (await fetch(`${PLAN}?valid_at=2025-07-01`)).text()).toBe('summer')
    expect(await problemIn(await fetch(`${PLAN}?valid_at=2024-01-01`))).toEqual([
      404,
      'ERR_TEMPORAL_NOT_VALID',
    ])
  })

  test('HEAD tells what GET would, without the bytes', async () => {
    const { put, fetch } = await serve()
    await put(PLAN, 'one')
    const head = await fetch(PLAN, { method: 'HEAD' })
    expect(head.status).toBe(200)
    expect(head.headers.get('content-length')).toBe('3')
    expect(head.headers.get('etag')).toMatch(CID)
    expect(await head.text()).toBe('')
  })

  test('a large content goes in and out in pieces, as it is', async () => {
    const { fetch, store } = await serve()
    const body = Uint8Array.from({ length: 3_000_000 }, (_, place) => (place * 7919) >> 3)
    const sent = new ReadableStream({
      start: (controller) => {
        for (let start = 0; start < body.length; start += 100_000)
          controller.enqueue(body.slice(start, start + 100_000))
        controller.close()
      },
    })
    const init = { method: 'PUT', body: sent, duplex: 'half' } as RequestInit
    expect((await fetch(PLAN, init)).status).toBe(201)
    const got = await fetch(PLAN)
    expect(got.headers.get('content-length')).toBe('3000000')
    expect(Buffer.compare(Buffer.from(await got.arrayBuffer()), body)).toBe(0)
    expect((await store.stats()).bytes).toBe(3_000_000)
  })

  test('a conditional write happens only where its condition holds', async () => {
    const { put, fetch } = await serve()
    const first = await put(PLAN, 'one', { 'if-none-match': '*' })
    expect(first.status).toBe(201)
    expect((await put(PLAN, 'two', { 'if-none-match': '*' })).status).toBe(412)
    const etag = first.headers.get('etag') ?? ''
    expect((await put(PLAN, 'two', { 'if-match': etag })).status).toBe(200)
    const late = await put(PLAN, 'three', { 'if-match': etag })
    expect(await problemIn(late)).toEqual([412, 'ERR_STORE_CONFLICT'])
    expect(await (await fetch(PLAN)).text()).toBe('two')
    const now = (await fetch(PLAN)).headers.get('etag') ?? ''
    expect((await put(PLAN, 'x', { 'if-match': `W/${now}` })).status).toBe(412)
    expect((await put(PLAN, 'x', { 'if-none-match': `"other", ${now}` })).status).toBe(412)
    expect((await put(PLAN, 'x', { 'if-match': `"other", ${now}` })).status).toBe(200)
  })

  test('of many that change the same version at once, one does', async () => {
    const { put, store, ucxi } = await serve()
    const etag = (await put(PLAN, 'one')).headers.get('etag') ?? ''
    // All look before any writes.
    const change = { content: Buffer.from('two'), ifMatch: [etag.replaceAll('"', '')] }
    const changes = Array.from({ length: 20 }, async () =>
      ucxi.put(PLAN_ADDRESS, change).then(
        () => 200,
        (error: unknown) => problemOf(error).status,
      ),
    )
    const statuses = await Promise.all(changes)
    expect(statuses.toSorted((a, b) => a - b)).toEqual([
      200,
      ...Array.from({ length: 19 }, () => 412),
    ])
    expect((await store.stats()).versions).toBe(2)
  })

  test('where the server wants conditions, a write without one is 428', async () => {
    const { put, fetch } = await serve({ requireConditions: true })
    expect(await problemIn(await put(PLAN, 'one'))).toEqual([428, 'ERR_UCXI_CONDITION'])
    expect((await put(PLAN, 'one', { 'if-none-match': '*' })).status).toBe(201)
    expect(await problemIn(await fetch(PLAN, { method: 'DELETE' }))).toEqual([
      428,
      'ERR_UCXI_CONDITION',
    ])
  })

  test('bytes that are not those that their digest promises are not kept', async () => {
    const { put, fetch, store } = await serve()
    const sum = (await put(PLAN, 'one')) && (await fetch(PLAN)).headers.get('repr-digest')
    expect(sum).toBe('sha-256=:dpLDrTVAu4A8Ags67mbNiIcSMjTqDG5xQ8Ct1z/0Me0=:')
    expect((await put(PLAN, 'one', { 'repr-digest': sum ?? '' })).status).toBe(200)
    const wrong = await put(PLAN, 'two', { 'content-digest': sum ?? '' })
    expect(await problemIn(wrong)).toEqual([422, 'ERR_STORE_CONTENT_MISMATCH'])
    expect((await store.stats()).versions).toBe(2)
  })

  test('an entry says more of itself than bytes can', async () => {
    const { fetch } = await serve()
    const entry = {
      body: '{"chosen": "card"}',
      content_type: 'application/json',
      tags: ['payment'],
      relationships: [{ name: 'reviews', address: 'ucxl://gpt:reviewer@shop:checkout/review.md' }],
      provenance: { task: '42' },
      valid_from: '2025-09-01',
    }
    const headers = { 'content-type': 'application/vnd.ucxl.entry+json' }
    const body = JSON.stringify(entry)
    expect((await fetch(PLAN, { method: 'PUT', headers, body })).status).toBe(201)
    const got = await fetch(PLAN, { headers: { accept: 'application/vnd.ucxl.entry+json' } })
    expect(got.headers.get('content-type')).toBe('application/vnd.ucxl.entry+json')
    expect(await got.json()).toMatchObject({ ...entry, valid_from: '2025-09-01T00:00:00Z' })
    const wrong = JSON.stringify({ body: 'x', unknown: 1 })
    expect(await problemIn(await fetch(PLAN, { method: 'PUT', headers, body: wrong }))).toEqual([
      400,
      'ERR_UCXI_REQUEST',
    ])
    const base64 = JSON.stringify({ body: 'a b', encoding: 'base64' })
    expect(await problemIn(await fetch(PLAN, { method: 'PUT', headers, body: base64 }))).toEqual([
      400,
      'ERR_UCXI_REQUEST',
    ])
  })
})

describe('POST, DELETE and restore', () => {
  test('a new context in a folder gets a name from the node, and its place is told', async () => {
    const { fetch, clock } = await serve({}, { random: () => 0.5 })
    // A clock may give fractions.
    clock.now += 0.5
    const folder = '/ucxl/claude:architect@shop:checkout/notes/'
    const posted = await fetch(folder, { method: 'POST', body: 'remember' })
    expect(posted.status).toBe(201)
    const location = posted.headers.get('location') ?? ''
    expect(location).toMatch(
      /^\/ucxl\/claude:architect@shop%3Acheckout\/notes\/[0-9A-HJKMNP-TV-Z]{26}$/,
    )
    expect(await (await fetch(location)).text()).toBe('remember')
    expect(await problemIn(await fetch(PLAN, { method: 'POST', body: 'x' }))).toEqual([
      400,
      'ERR_UCXI_REQUEST',
    ])
  })

  test('a deletion is gone, and says which version was the last alive', async () => {
    const { threeVersions, fetch, clock } = await serve()
    await threeVersions()
    const deleted = await fetch(PLAN, { method: 'DELETE' })
    expect(deleted.status).toBe(200)
    expect(await deleted.json()).toMatchObject({ version: 4, content: null, size: 0 })
    clock.now += 1000
    const response = await fetch(PLAN)
    expect(response.status).toBe(410)
    expect(await response.json()).toMatchObject({
      code: 'ERR_TEMPORAL_GONE',
      last_alive: { version: 3, time: '2025-08-01T00:02:00Z' },
    })
    expect(await (await fetch(at('*~3'))).text()).toBe('three')
    expect(await problemIn(await fetch(PLAN, { method: 'DELETE' }))).toEqual([
      410,
      'ERR_TEMPORAL_GONE',
    ])
    const nothing = '/ucxl/claude:architect@shop:checkout/nothing'
    expect(await problemIn(await fetch(nothing, { method: 'DELETE' }))).toEqual([
      404,
      'ERR_TEMPORAL_NOT_FOUND',
    ])
  })

  test('a deletion happens only where its condition holds', async () => {
    const { put, fetch } = await serve()
    const etag = (await put(PLAN, 'one')).headers.get('etag') ?? ''
    await put(PLAN, 'two')
    const late = await fetch(PLAN, { method: 'DELETE', headers: { 'if-match': etag } })
    expect(await problemIn(late)).toEqual([412, 'ERR_STORE_CONFLICT'])
    expect(await (await fetch(PLAN)).text()).toBe('two')
  })

  test('an old version is written again as the newest', async () => {
    const { threeVersions, fetch } = await serve()
    await threeVersions()
    const restored = await fetch('/ucxi/restore', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ address: 'ucxl://claude:architect@shop:checkout/*~1/plan.md' }),
    })
    expect(restored.status).toBe(200)
    expect(await restored.json()).toMatchObject({ version: 4, content_type: 'text/markdown' })
    expect(await (await fetch(PLAN)).text()).toBe('one')
  })
})

describe('Idempotency-Key', () => {
  const post = { method: 'POST', body: 'remember' }
  const folder = '/ucxl/claude:architect@shop:checkout/notes/'

  test('a request that is sent again is answered again, and done once', async () => {
    const { fetch, store } = await serve()
    const headers = { 'idempotency-key': 'a1' }
    const first = await fetch(folder, { ...post, headers })
    const again = await fetch(folder, { ...post, headers })
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 'true'])
    expect(again.headers.get('location')).toBe(first.headers.get('location'))
    expect(await again.json()).toEqual(await first.json())
    expect((await store.stats()).versions).toBe(1)
    await fetch(folder, { ...post, headers: { 'idempotency-key': 'a2' } })
    expect((await store.stats()).versions).toBe(2)
  })

  test('the same key with another body is refused', async () => {
    const { fetch } = await serve()
    const headers = { 'idempotency-key': 'a1' }
    await fetch(folder, { ...post, headers })
    expect(await problemIn(await fetch(folder, { ...post, headers, body: 'other' }))).toEqual([
      422,
      'ERR_UCXI_IDEMPOTENCY',
    ])
    const typed = { ...headers, 'content-type': 'text/css' }
    expect(await problemIn(await fetch(folder, { ...post, headers: typed }))).toEqual([
      422,
      'ERR_UCXI_IDEMPOTENCY',
    ])
  })

  test('a key is forgotten after its time, and past their number the oldest are', async () => {
    const limits = { idempotencyKeys: 2, idempotencyMs: 1000 }
    const { fetch, store, clock } = await serve({ limits })
    const send = async (key: string): Promise<void> => {
      await fetch(folder, { ...post, headers: { 'idempotency-key': key } })
    }
    for (const key of ['a', 'a', 'b', 'c', 'a']) await send(key)
    expect((await store.stats()).versions).toBe(4)
    clock.now += 1001
    await send('a')
    expect((await store.stats()).versions).toBe(5)
  })

  test('a request that failed may be tried again with its key', async () => {
    const { fetch, put } = await serve()
    await put(PLAN, 'one')
    const headers = { 'idempotency-key': 'a1', 'if-match': '"other"' }
    expect((await fetch(PLAN, { method: 'PUT', body: 'two', headers })).status).toBe(412)
    const right = { 'idempotency-key': 'a1' }
    expect((await fetch(PLAN, { method: 'PUT', body: 'two', headers: right })).status).toBe(200)
    const empty = await fetch(PLAN, { method: 'PUT', headers: { 'idempotency-key': 'a b' } })
    expect(await problemIn(empty)).toEqual([400, 'ERR_UCXI_REQUEST'])
  })
})
