import { get } from 'node:http'
import { describe, expect, test } from 'vitest'
import { createApp } from '../src/app.ts'
import { createUcxi, startUcxiServer } from '../src/index.ts'
import { at, PLAN, problemIn, serve } from './serve.ts'

describe('what goes wrong', () => {
  test.each([
    ['/ucxl/a:b@c', 400, 'ERR_ADDRESS_AUTHORITY'],
    ['/ucxl/a:b@c:d/*^/%zz', 400, 'ERR_ADDRESS_PERCENT'],
    ['/ucxl/a:b@c:d/2025-02-30/x', 400, 'ERR_ADDRESS_TEMPORAL'],
    ['/ucxl/any:b@c:d/x', 400, 'ERR_ADDRESS_PATTERN'],
    ['/ucxl/a:b@c:d/*^/x/%2f%00', 400, 'ERR_ADDRESS_PATH'],
    ['/ucxl/a:b@c:d/x?unknown=1', 400, 'ERR_UCXI_REQUEST'],
    ['/ucxl/a:b@c:d/nothing', 404, 'ERR_TEMPORAL_NOT_FOUND'],
    ['/timemap/a:b@c:d/nothing', 404, 'ERR_TEMPORAL_NOT_FOUND'],
    ['/timemap/a:b@c:d/x?limit=0', 400, 'ERR_UCXI_REQUEST'],
    ['/timemap/a:b@c:d/x?limit=1001', 400, 'ERR_UCXI_REQUEST'],
    ['/timemap/a:b@c:d/x?unknown=1', 400, 'ERR_UCXI_REQUEST'],
    ['/timegate/a:b@c:d/nothing', 404, 'ERR_TEMPORAL_NOT_FOUND'],
    ['/ucxl', 400, 'ERR_ADDRESS_NAME'],
    ['/elsewhere', 404, 'ERR_UCXI_NOT_FOUND'],
    ['/%zz', 400, 'ERR_UCXI_REQUEST'],
  ])('%s is %i %s', async (path, status, code) => {
    const { fetch } = await serve()
    expect(await problemIn(await fetch(path))).toEqual([status, code])
  })

  test('a write to the past, a body too large and an unknown method are refused, and nothing is kept', async () => {
    const { fetch, store } = await serve({ maxBodyBytes: 1024 * 1024 })
    expect(await problemIn(await fetch(at('*~1'), { method: 'PUT', body: 'x' }))).toEqual([
      400,
      'ERR_UCXI_REQUEST',
    ])
    expect(await problemIn(await fetch(at('*~1'), { method: 'DELETE' }))).toEqual([
      400,
      'ERR_UCXI_REQUEST',
    ])
    const body = new Uint8Array(1024 * 1024 + 1)
    expect(await problemIn(await fetch(PLAN, { method: 'PUT', body }))).toEqual([
      413,
      'ERR_STORE_CONTENT_TOO_LARGE',
    ])
    expect((await store.stats()).versions).toBe(0)
  })

  test('a path that would climb out of the project is refused as it stands', async () => {
    const { url } = await serve()
    // `fetch` would resolve the dots itself.
    for (const path of ['/ucxl/a:b@c:d/*^/../x', '/ucxl/a:b@c:d/*^/%2e%2e/x']) {
      const status = await new Promise((resolve, reject) => {
        get({ host: '127.0.0.1', port: new URL(url).port, path }, (response) => {
          response.resume()
          resolve(response.statusCode)
        }).once('error', reject)
      })
      expect(status).toBe(400)
    }
  })

  test('a whole URL as the target of a request is read like its path', async () => {
    const { url, put } = await serve()
    await put(PLAN, 'one')
    const text = await new Promise((resolve, reject) => {
      get({ host: '127.0.0.1', port: new URL(url).port, path: `${url}${PLAN}` }, (response) => {
        response.on('data', (piece: Buffer) => resolve(piece.toString()))
      }).once('error', reject)
    })
    expect(text).toBe('one')
  })

  test('an error that nobody foresaw tells nothing to the outside, and is logged', async () => {
    const { store } = await serve()
    const seen: unknown[] = []
    const failure = new Error('secret path /etc/passwd')
    const ucxi = Object.assign(createUcxi({ store }), {
      resolve: async () => Promise.reject(failure),
    })
    const app = createApp({ ucxi, onError: (error) => seen.push(error) })
    const response = await app.inject({ url: PLAN, headers: { host: 'localhost' } })
    expect([response.statusCode, response.json().code]).toEqual([500, 'ERR_UCXI_INTERNAL'])
    expect(response.body).not.toContain('secret')
    expect(seen).toEqual([failure])
    await app.close()
  })

  test('a port in use and an address that is no loopback are said plainly', async () => {
    const { url, ucxi } = await serve()
    const port = Number(new URL(url).port)
    await expect(startUcxiServer({ ucxi, port })).rejects.toMatchObject({
      code: 'ERR_UCXI_PORT',
      message: expect.stringContaining(`127.0.0.1:${port}`),
    })
    await expect(startUcxiServer({ ucxi, host: '0.0.0.0' })).rejects.toMatchObject({
      code: 'ERR_UCXI_BIND',
    })
  })
})
