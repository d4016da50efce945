import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { describe, expect, test } from 'vitest'
import { at, PLAN, problemIn, serve } from './serve.ts'

const ENTRY = { accept: 'application/vnd.ucxl.entry+json' }

/** A request whose answer is not decoded. */
async function raw(
  url: string,
  headers: Record<string, string>,
): Promise<{ status: number | undefined; headers: IncomingHttpHeaders; bytes: Buffer }> {
  const { promise, resolve, reject } = Promise.withResolvers<Awaited<ReturnType<typeof raw>>>()
  httpRequest(url, { headers }, (response) => {
    const found: Buffer[] = []
    response.on('data', (piece: Buffer) => found.push(piece))
    response.once('end', () =>
      resolve({
        status: response.statusCode,
        headers: response.headers,
        bytes: Buffer.concat(found),
      }),
    )
  })
    .once('error', reject)
    .end()
  return promise
}

describe('what an answer says of itself', () => {
  test('a version never changes and says so; the newest one is asked for again', async () => {
    const { threeVersions, fetch } = await serve()
    await threeVersions()
    const caching = async (temporal: string): Promise<string | null> =>
      (await fetch(at(temporal))).headers.get('cache-control')
    expect(await caching('*~2')).toBe('public, max-age=31536000, immutable')
    expect(await caching('*^')).toBe('no-cache')
    expect(await caching('~~1')).toBe('no-cache')
    expect(await caching('2025-08-01')).toBe('no-cache')
    const pinned = await fetch(at('2025-08-01T00:01:00Z'))
    expect(pinned.headers.get('content-location')).toBe(
      '/ucxl/claude:architect@shop%3Acheckout/*~2/plan.md',
    )
  })

  test('the entry comes with its metadata where it is asked for, under an ETag of its own', async () => {
    const { put, fetch } = await serve()
    await put(PLAN, 'one')
    const entry = await fetch(PLAN, { headers: ENTRY })
    expect(entry.headers.get('etag')).not.toBe((await fetch(PLAN)).headers.get('etag'))
    expect(entry.headers.get('vary')).toContain('accept')
    expect(await entry.json()).toMatchObject({
      version: 1,
      encoding: 'utf-8',
      body: 'one',
      writer: expect.stringMatching(/^did:key:/),
    })
    await fetch(PLAN, { method: 'PUT', body: Uint8Array.of(255) })
    const bytes = await fetch(PLAN, { headers: ENTRY })
    expect(await bytes.json()).toMatchObject({ encoding: 'base64', body: '/w==' })
    // What calls itself a text and is none comes back as it was as well.
    const headers = { 'content-type': 'text/plain' }
    await fetch(PLAN, { method: 'PUT', body: Uint8Array.of(0xc3, 0x28), headers })
    expect(await (await fetch(PLAN, { headers: ENTRY })).json()).toMatchObject({ body: 'wyg=' })
  })

  test('the ETag of an entry is a condition for writing as well', async () => {
    const { put, fetch } = await serve()
    await put(PLAN, 'one')
    const etag = (await fetch(PLAN, { headers: ENTRY })).headers.get('etag') ?? ''
    expect((await put(PLAN, 'two', { 'if-match': etag })).status).toBe(200)
    expect((await put(PLAN, 'three', { 'if-match': etag })).status).toBe(412)
  })

  test('what another party wrote is never run as a page', async () => {
    const { put, fetch } = await serve()
    await put(PLAN, '<script>alert(1)</script>', { 'content-type': 'text/html' })
    const got = await fetch(PLAN)
    expect(got.headers.get('content-security-policy')).toContain('sandbox')
    expect(got.headers.get('x-content-type-options')).toBe('nosniff')
  })

  test('what did not change is not sent again', async () => {
    const { put, fetch } = await serve()
    await put(PLAN, 'one')
    const etag = (await fetch(PLAN)).headers.get('etag') ?? ''
    for (const tag of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
      const again = await fetch(PLAN, { headers: { 'if-none-match': tag } })
      expect([again.status, again.headers.get('etag'), await again.text()]).toEqual([304, etag, ''])
    }
    expect((await fetch(PLAN, { headers: { 'if-none-match': '"x"' } })).status).toBe(200)
    const failed = await fetch(PLAN, { headers: { 'if-match': '"x"' } })
    expect(await problemIn(failed)).toEqual([412, 'ERR_STORE_CONFLICT'])
    expect((await fetch(PLAN, { headers: { 'if-match': etag } })).status).toBe(200)
  })
})

describe('ranges', () => {
  test.each([
    ['bytes=0-3', 206, 'bytes 0-3/10', '0123'],
    ['bytes=7-', 206, 'bytes 7-9/10', '789'],
    ['bytes=-2', 206, 'bytes 8-9/10', '89'],
    ['bytes=4-99', 206, 'bytes 4-9/10', '456789'],
    ['bytes=-99', 206, 'bytes 0-9/10', '0123456789'],
    ['bytes=0-1,4-5', 200, null, '0123456789'],
    ['lines=0-1', 200, null, '0123456789'],
    ['bytes=3-1', 200, null, '0123456789'],
    ['bytes=-', 200, null, '0123456789'],
  ])('%s is %i %s', async (range, status, contentRange, text) => {
    const { put, fetch } = await serve()
    await put(PLAN, '0123456789')
    const part = await fetch(PLAN, { headers: { range } })
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([
      status,
      contentRange,
      text,
    ])
  })

  test('bytes that there are not are 416, with how many there are', async () => {
    const { put, fetch } = await serve()
    await put(PLAN, '0123456789')
    for (const range of ['bytes=10-', 'bytes=-0']) {
      const part = await fetch(PLAN, { headers: { range } })
      expect(part.headers.get('content-range')).toBe('bytes */10')
      expect(await problemIn(part)).toEqual([416, 'ERR_UCXI_RANGE'])
    }
  })

  test('If-Range gives the part of the same content, and all of another', async () => {
    const { put, fetch } = await serve()
    await put(PLAN, '0123456789')
    const etag = (await fetch(PLAN)).headers.get('etag') ?? ''
    const part = async (ifRange: string): Promise<number> =>
      (await fetch(PLAN, { headers: { range: 'bytes=0-1', 'if-range': ifRange } })).status
    expect([await part(etag), await part('"x"'), await part(`W/${etag}`)]).toEqual([206, 200, 200])
  })

  test('HEAD with a range tells its length', async () => {
    const { put, fetch } = await serve()
    await put(PLAN, '0123456789')
    const head = await fetch(PLAN, { method: 'HEAD', headers: { range: 'bytes=2-4' } })
    expect([head.status, head.headers.get('content-length')]).toEqual([206, '3'])
  })

  test('a part of a large content is read as a part', async () => {
    const { fetch } = await serve()
    const body = Uint8Array.from({ length: 1_000_000 }, (_, place) => place % 251)
    await fetch(PLAN, { method: 'PUT', body })
    const part = await fetch(PLAN, { headers: { range: 'bytes=700000-700009' } })
    expect(new Uint8Array(await part.arrayBuffer())).toEqual(body.slice(700_000, 700_010))
  })
})

describe('compression', () => {
  const text = 'all work and no play '.repeat(200)

  test('a text is compressed for who takes that, under an ETag that says so', async () => {
    const { put, url, fetch } = await serve()
    await put(PLAN, text)
    const etag =
      (await fetch(PLAN, { headers: { 'accept-encoding': 'identity' } })).headers.get('etag') ?? ''
    const br = await raw(`${url}${PLAN}`, { 'accept-encoding': 'gzip, br' })
    expect(br.headers['content-encoding']).toBe('br')
    expect(br.headers.etag).toBe(etag.replace(/"$/, '-br"'))
    expect(br.headers.vary).toContain('accept-encoding')
    // It would be the digest of other bytes.
    expect(br.headers).not.toHaveProperty('repr-digest')
    expect(brotliDecompressSync(br.bytes).toString()).toBe(text)
    const gzip = await raw(`${url}${PLAN}`, { 'accept-encoding': 'gzip;q=1, br;q=0' })
    expect(gunzipSync(gzip.bytes).toString()).toBe(text)
    const plain = await raw(`${url}${PLAN}`, {})
    expect([plain.headers['content-encoding'], plain.headers.etag]).toEqual([undefined, etag])
    expect(plain.headers.vary).toContain('accept-encoding')
  })

  test('the ETag of the compressed form stands for the content in every condition', async () => {
    const { put, fetch } = await serve()
    await put(PLAN, text)
    const etag = (await fetch(PLAN)).headers.get('etag') ?? ''
    expect(etag).toMatch(/-(br|gzip)"$/)
    expect((await fetch(PLAN, { headers: { 'if-none-match': etag } })).status).toBe(304)
    expect((await put(PLAN, 'two', { 'if-match': etag })).status).toBe(200)
  })

  test.each([
    ['image/png', text],
    ['application/zip', text],
    ['application/octet-stream', text],
    ['text/plain', 'short'],
  ])('%s of what gains nothing is sent as it is', async (type, body) => {
    const { put, url } = await serve()
    await put(PLAN, body, { 'content-type': type })
    const got = await raw(`${url}${PLAN}`, { 'accept-encoding': 'br, gzip' })
    expect(got.headers['content-encoding']).toBeUndefined()
    expect(got.bytes.toString()).toBe(body)
  })

  test('a large text is compressed as it streams, and a part of it is not', async () => {
    const { put, url } = await serve()
    const large = text.repeat(100)
    await put(PLAN, large)
    const got = await raw(`${url}${PLAN}`, { 'accept-encoding': 'br' })
    expect(got.headers['content-encoding']).toBe('br')
    expect(got.bytes.length).toBeLessThan(10_000)
    expect(brotliDecompressSync(got.bytes).toString()).toBe(large)
    const part = await raw(`${url}${PLAN}`, { 'accept-encoding': 'br', range: 'bytes=0-7' })
    expect([part.headers['content-encoding'], part.bytes.toString()]).toEqual([
      undefined,
      'all work',
    ])
  })
})
