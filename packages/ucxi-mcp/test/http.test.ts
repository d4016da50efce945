import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { request } from 'node:http'
import { McpError, openMemory, serveOverHttp, tokensOnly } from '@bzzz/ucxi-mcp'
import type { Grant } from '@bzzz/ucxi'
import { describe, expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from './programs.ts'
import { openWorld, PLAN } from './world.ts'

const JSON_TYPE = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
}
const opening = (version = '2025-11-25') => ({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: version, capabilities: {}, clientInfo: { name: 't', version: '1' } },
})

async function post(
  url: string,
  headers: Record<string, string>,
  body: string | object = opening(),
): Promise<{ status: number; headers: Record<string, unknown>; text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(
      url,
      { method: 'POST', headers: { ...JSON_TYPE, ...headers } },
      (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (piece: string) => (text += piece))
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        )
      },
    )
    asked.on('error', reject).end(typeof body === 'string' ? body : JSON.stringify(body))
  })
}

describe('over HTTP', () => {
  test('a page of another host or origin is turned away', async () => {
    const { url } = (await openWorld()).door
    expect((await post(url, { host: 'evil.example' })).status).toBe(403)
    expect((await post(url, { origin: 'https://evil.example' })).status).toBe(403)
    expect((await post(url, { origin: 'null' })).status).toBe(403)
    expect((await post(url, { origin: 'http://localhost:3000' })).status).toBe(200)
  })

  test('nothing but a body that is JSON and small enough is read', async () => {
    const { url } = (await openWorld({ maxBodyBytes: 1000 })).door
    expect((await post(url, {}, '{')).text).toContain('-32700')
    expect((await post(url, {}, JSON.stringify('x'.repeat(2000)))).status).toBe(413)
    expect((await post(url.replace('/mcp', '/other'), {})).status).toBe(404)
    expect((await post(url, {}, { jsonrpc: '2.0', id: 1, method: 'tools/list' })).status).toBe(400)
    expect((await post(url, { 'mcp-session-id': 'guessed' })).status).toBe(404)
  })

  test('a method that it does not know is told which ones it does', async () => {
    const { door } = await openWorld()
    const response = await fetch(door.url, { method: 'PUT', body: '{}' })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('POST, GET, DELETE')
  })

  test('more requests than it takes are told to come again', async () => {
    const { url } = (await openWorld({ maxRequests: 0 })).door
    const { status, headers } = await post(url, {})
    expect([status, headers['retry-after']]).toEqual([503, '1'])
  })

  test('who has no token is not let in, and no host but loopback is bound without', async () => {
    const { door, connect } = await openWorld({ authorize: tokensOnly(['secret-1', 'secret-2']) })
    const refused = await post(door.url, {})
    expect(refused.status).toBe(401)
    expect(refused.headers['www-authenticate']).toContain('Bearer')
    expect((await post(door.url, { authorization: 'Bearer wrong' })).status).toBe(401)
    const { call } = await connect({ token: 'secret-2' })
    expect((await call('ucxl_query')).failed).toBe(false)
    const { memory } = await openWorld()
    const init = { memory, place: undefined, version: '1', now: Date.now, host: '0.0.0.0' }
    await expect(serveOverHttp(init)).rejects.toSatisfy((error) =>
      McpError.is(error, 'ERR_MCP_BIND'),
    )
  })

  test('a port that is taken is said so', async () => {
    const { door, memory } = await openWorld()
    const port = Number(new URL(door.url).port)
    const init = { memory, place: undefined, version: '1', now: Date.now, port }
    await expect(serveOverHttp(init)).rejects.toSatisfy((error) =>
      McpError.is(error, 'ERR_MCP_PORT'),
    )
  })

  test.each([
    { legacy: false, files: false },
    { legacy: true, files: false },
    { legacy: false, files: true },
  ])('each sees what it may, and no more ($legacy, $files)', async ({ legacy, files }) => {
    const memory = files ? await openMemory({ folder: await temporaryFolder() }) : undefined
    if (memory) onTestFinished(async () => memory.close())
    const grants: Record<string, Grant> = {
      reader: {
        principal: 'reader',
        may: (what, key) => what === 'read' && key.includes('@shop:'),
      },
      writer: { principal: 'writer', may: () => true },
    }
    const { connect } = await openWorld({
      authorize: ({ token = '' }) => grants[token] ?? null,
      ...(memory && { memory }),
    })
    const { call: write } = await connect({ token: 'writer', legacy })
    const secret = 'ucxl://claude:architect@vault:keys/secret.md'
    await write('ucxl_put', { address: secret, body: 'hidden' })
    await write('ucxl_put', { address: PLAN, body: 'open' })
    const citations = [{ address: PLAN }]
    const place = { address: 'ucxl://claude:architect@vault:keys/decisions/' }
    await write('decision_publish', { title: 'Hidden', reasoning: 'x', citations, ...place })
    const { call: read, client } = await connect({ token: 'reader', legacy })
    expect((await read('ucxl_get', { address: PLAN })).data['text']).toBe('open')
    expect(await read('ucxl_get', { address: secret })).toMatchObject({ code: 'ERR_STORE_DENIED' })
    expect(await read('ucxl_put', { address: PLAN, body: 'x' })).toMatchObject({
      code: 'ERR_STORE_DENIED',
    })
    expect((await read('ucxl_query', {})).data['found']).toHaveLength(1)
    expect((await client.listResources()).resources).toHaveLength(1)
    const down = await read('decision_why', { address: PLAN, direction: 'down' })
    expect(down.data['links']).toEqual([])
    const all = await write('decision_why', { address: PLAN, direction: 'down' })
    expect(all.data['links']).toHaveLength(1)
  })

  test('a session of one party is none of another', async () => {
    const { door } = await openWorld({ authorize: tokensOnly(['one', 'two']) })
    const { headers } = await post(door.url, { authorization: 'Bearer one' })
    const session = String(headers['mcp-session-id'])
    const body = { jsonrpc: '2.0', id: 2, method: 'tools/list' }
    const version = { 'mcp-protocol-version': '2025-11-25', 'mcp-session-id': session }
    expect((await post(door.url, { ...version, authorization: 'Bearer two' }, body)).status).toBe(
      404,
    )
    expect((await post(door.url, { ...version, authorization: 'Bearer one' }, body)).status).toBe(
      200,
    )
  })

  test('sessions end after a silence, and the oldest gives way to a new one', async () => {
    let now = 1_000_000
    let sweep = (): void => {}
    const every = (_ms: number, call: () => void) => {
      sweep = call
      return () => {}
    }
    const init = { now: () => now, every, idleMs: 1000, maxSessions: 2 }
    const { door } = await openWorld(init)
    const begin = async () => String((await post(door.url, {})).headers['mcp-session-id'])
    const ask = async (session: string) => {
      const headers = { 'mcp-session-id': session, 'mcp-protocol-version': '2025-11-25' }
      return (await post(door.url, headers, { jsonrpc: '2.0', id: 2, method: 'ping' })).status
    }
    const first = await begin()
    now += 10
    const second = await begin()
    now += 10
    const third = await begin()
    expect([await ask(first), await ask(second), await ask(third)]).toEqual([404, 200, 200])
    now += 2000
    sweep()
    await expect.poll(() => ask(second)).toBe(404)
  })
})

test('the folder of a member of a cluster is left to its node', async () => {
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'cluster.json'), '{}')
  await expect(openMemory({ folder })).rejects.toMatchObject({ code: 'ERR_MCP_CLUSTER' })
})
