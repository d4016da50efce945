import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PassThrough } from 'node:stream'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  claimsOf,
  DEFAULTS,
  participantSchema,
  readConfiguration,
  startServices,
  type Health,
  type Running,
} from '../src/index.ts'
import { createLog, participantServices, type Participant } from '../src/participant.ts'

const NOWHERE = { kind: 'agent', folder: '.bzzz-test', httpPort: 0, healthPort: 0 } as const
const schedule = (run: () => void, ms: number) => {
  const timer = setTimeout(run, ms)
  return () => clearTimeout(timer)
}

let home = ''
const running: Running[] = []
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'bzzz-participant-'))
})
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop()
  rmSync(home, { recursive: true })
})

async function start(
  flags: Record<string, unknown> = {},
): Promise<Participant & { running: Running }> {
  const schema = participantSchema(NOWHERE)
  const { value } = readConfiguration(schema, { prefix: 'BZZZ', flags: { home, ...flags } })
  let all: Running | undefined
  const health = async () => all?.health() ?? new Map<string, Health>()
  const log = createLog({ output: new PassThrough(), level: 'silent' })
  const rest = { version: '0.0.0', now: Date.now, log, health }
  const { services, participant } = participantServices({ configuration: value, ...rest })
  all = await startServices(services, { schedule })
  running.push(all)
  return Object.assign(participant, { running: all })
}

const PLAN = '/ucxl/claude:architect@shop:checkout/plan.md'

describe('a participant', () => {
  test('serves its contexts, says how it is, and keeps what it has over a restart', async () => {
    const first = await start()
    expect((await fetch(`${first.url}${PLAN}`, { method: 'PUT', body: 'one' })).status).toBe(201)
    const health = await (await fetch(`${first.healthUrl}/health`)).json()
    expect(health).toMatchObject({
      status: 'ok',
      services: { http: { status: 'ok' }, mesh: { status: 'ok', details: { peers: 0 } } },
    })
    const { did } = first.identity
    expect(await first.running.stop()).toEqual(new Map())
    const again = await start()
    expect(again.identity.did).toBe(did)
    expect(await (await fetch(`${again.url}${PLAN}`)).text()).toBe('one')
  })

  test('follows what it is configured to, of those that it is configured to join', async () => {
    const writer = await start({ home: join(home, 'writer') })
    const reader = await start({
      home: join(home, 'reader'),
      'mesh.bootstrap': [...writer.mesh.addresses],
      'mesh.follow': ['ucxl://any:any@shop:any/**'],
    })
    await expect.poll(() => reader.mesh.peers(), { timeout: 10_000 }).toHaveLength(1)
    await expect
      .poll(() => writer.mesh.presence()[0]?.about.projects, { timeout: 10_000 })
      .toEqual(['shop'])
    await fetch(`${writer.url}${PLAN}`, { method: 'PUT', body: 'one' })
    const versions = async (): Promise<number> => (await reader.store.stats()).versions
    await expect.poll(versions, { timeout: 20_000 }).toBe(1)
  }, 40_000)

  test('is degraded where it reaches none of those that it is to join', async () => {
    const { running: all } = await start({ 'mesh.bootstrap': ['/ip4/127.0.0.1/tcp/1'] })
    expect((await all.health()).get('mesh')).toMatchObject({ status: 'degraded' })
  })

  test('publishes decisions; without a service they go to a graph of its own', async () => {
    const { decisions, running: all } = await start()
    const ucxl_address = 'ucxl://claude:architect@shop:checkout/*^/decisions/payment.json'
    const said = { agent_id: 'claude', decision_type: 'policy', title: 'Pay with Stripe' }
    expect(await decisions.publish({ ucxl_address, ...said })).toMatchObject({
      status: 'published',
    })
    await decisions.flush()
    expect((await all.health()).get('decisions')).toEqual({
      status: 'ok',
      circuit: { state: 'closed' },
      details: { pending: 0, deadLetters: 0 },
    })
  })

  test('is degraded, and shows it, while the service of decisions is left alone', async () => {
    const server = createServer((_, response) => void response.writeHead(500).end())
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const { decisions, healthUrl } = await start({ 'slurp.url': `http://127.0.0.1:${port}` })
    const ucxl_address = 'ucxl://claude:architect@shop:checkout/*^/decisions/payment.json'
    const said = { agent_id: 'claude', decision_type: 'policy', title: 'Pay with Stripe' }
    await decisions.publish({ ucxl_address, ...said })
    await expect.poll(() => decisions.circuit().state, { timeout: 20_000 }).toBe('open')
    const health = await (await fetch(`${healthUrl}/health`)).json()
    expect(health).toMatchObject({
      status: 'degraded',
      services: { decisions: { circuit: { state: 'open', until: expect.any(Number) } } },
    })
    const metrics = await (await fetch(`${healthUrl}/metrics`)).text()
    expect(metrics).toContain('bzzz_circuit_open{service="decisions"} 1')
    server.close()
  }, 40_000)

  test.each([
    ['mock', 'mock'],
    ['hybrid', 'hybrid'],
  ])('with a %s DHT and store leaves no contexts behind where it is a mock', async (dht, store) => {
    const { url, running: all } = await start({ 'backends.dht': dht, 'backends.store': store })
    expect((await fetch(`${url}${PLAN}`, { method: 'PUT', body: 'one' })).status).toBe(201)
    await all.stop()
    expect(existsSync(join(home, 'contexts.db'))).toBe(store !== 'mock')
  })

  test('that wants a service which is not configured does not start', async () => {
    await expect(start({ 'backends.slurp': 'real' })).rejects.toMatchObject({
      code: 'ERR_RUNTIME_START_CORE',
      cause: { code: 'ERR_RUNTIME_CONFIGURATION' },
    })
    // What was started before it is gone: the folder is free.
    await start()
  })

  test('is alone in its folder, and says so; a port that is taken is said with its setting', async () => {
    const first = await start()
    await expect(start()).rejects.toMatchObject({
      code: 'ERR_RUNTIME_START_STORAGE',
      cause: { code: 'ERR_RUNTIME_LOCKED' },
    })
    const port = Number(new URL(first.url).port)
    const other = { home: join(home, 'other'), 'http.port': port }
    await expect(start(other)).rejects.toMatchObject({
      cause: { code: 'ERR_RUNTIME_PORT', message: expect.stringContaining('http.port') },
    })
  })

  test('claims its ports and its folder', () => {
    const { value } = readConfiguration(participantSchema(DEFAULTS.agent), {
      prefix: 'BZZZ',
      flags: { home: '/x' },
    })
    expect(claimsOf('agent.yaml', value)).toMatchObject({
      name: 'agent.yaml',
      folders: { home: '/x' },
      ports: { 'http.port': { host: '127.0.0.1', port: 8080 } },
    })
  })
})
