import { Counter, Registry } from '@prometheus-io/client'
import { afterEach, expect, test } from 'vitest'
import { type Health } from '../src/index.ts'
import { createMonitoring, type Monitoring } from '../src/participant.ts'

const services = new Map<string, Health>()
const running: Monitoring[] = []

async function start(metrics?: Registry, port = 0): Promise<Monitoring> {
  const monitoring = createMonitoring({
    port,
    setting: 'health.port',
    health: async () => services,
    ...(metrics && { metrics }),
  })
  await monitoring.start({ signal: new AbortController().signal })
  running.push(monitoring)
  return monitoring
}

afterEach(async () => {
  services.clear()
  for (const one of running.splice(0)) await one.stop()
})

async function ask({ address }: Monitoring, path: string) {
  const response = await fetch(`${address}${path}`)
  const body = await response.text()
  return {
    status: response.status,
    body: path === '/metrics' ? body : (JSON.parse(body) as unknown),
  }
}

test('says that the process lives, whether it can serve, and how each service is', async () => {
  const monitoring = await start()
  services.set('store', { status: 'ok' })
  services.set('mesh', { status: 'degraded', reason: 'No peers' })
  expect(await ask(monitoring, '/healthz')).toEqual({ status: 200, body: { status: 'ok' } })
  expect(await ask(monitoring, '/readyz')).toEqual({ status: 200, body: { ready: true, down: [] } })
  expect(await ask(monitoring, '/health')).toEqual({
    status: 200,
    body: {
      status: 'degraded',
      services: { store: { status: 'ok' }, mesh: { status: 'degraded', reason: 'No peers' } },
    },
  })
  services.set('store', { status: 'down', reason: 'The disk is full' })
  expect(await ask(monitoring, '/healthz')).toMatchObject({ status: 200 })
  expect(await ask(monitoring, '/readyz')).toEqual({
    status: 503,
    body: { ready: false, down: ['store'] },
  })
  expect(await ask(monitoring, '/health')).toMatchObject({ status: 503, body: { status: 'down' } })
})

test('shows metrics as Prometheus reads them', async () => {
  const metrics = new Registry()
  const writes = new Counter({ name: 'bzzz_writes_total', help: 'Writes', registers: [metrics] })
  writes.inc(3)
  services.set('mesh', { status: 'degraded' })
  services.set('worker', { status: 'degraded', circuit: { state: 'open', until: 1 } })
  services.set('decisions', { status: 'ok', circuit: { state: 'closed' } })
  const { status, body } = await ask(await start(metrics), '/metrics')
  expect(status).toBe(200)
  const lines = String(body).split('\n')
  expect(lines).toContain('bzzz_writes_total 3')
  expect(lines).toContain('bzzz_service_health{service="mesh"} 0.5')
  expect(lines.filter((line) => line.startsWith('bzzz_circuit_open'))).toEqual([
    'bzzz_circuit_open{service="worker"} 1',
    'bzzz_circuit_open{service="decisions"} 0',
  ])
  expect(lines.find((line) => /^process_resident_memory_bytes \d{7,}/.test(line))).toBeDefined()
  // Each line is a comment, or a name with its labels and a number.
  for (const line of lines.filter((one) => one !== ''))
    expect(line).toMatch(/^(?:# (?:HELP|TYPE) .+|[a-z_]+(?:\{[^}]*\})? [-+.\deE]+)$/)
})

test('a port that is in use is said, with the setting to change', async () => {
  const { address } = await start()
  const port = Number(new URL(address).port)
  await expect(start(undefined, port)).rejects.toMatchObject({
    code: 'ERR_RUNTIME_PORT',
    message: `Port ${port} is in use: change health.port, or stop what listens there`,
  })
})
