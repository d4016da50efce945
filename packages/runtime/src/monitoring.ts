import type { AddressInfo } from 'node:net'
import { Gauge, Registry } from '@prometheus-io/client'
import { fastify, type FastifyInstance } from 'fastify'
import { RuntimeError } from './errors.ts'
import type { Health, Service } from './services.ts'

export interface MonitoringInit {
  /** Where it listens; loopback if left out. */
  readonly host?: string
  /** 0 is any free port. */
  readonly port: number
  /** The setting of the port, for the error where it is in use. */
  readonly setting: string
  /** How each service is. */
  readonly health: () => Promise<ReadonlyMap<string, Health>>
  /** What `/metrics` shows, besides the health of each service and what the process needs. */
  readonly metrics?: Registry
}

/** The service that says how the others are. */
export interface Monitoring extends Service {
  /** Where it listens, once it does; such as `http://127.0.0.1:8081`. */
  readonly address: string
}

const CIRCUITS = { closed: 0, 'half-open': 0.5, open: 1 } as const
const LEVELS = { ok: 1, degraded: 0.5, down: 0 } as const

/**
 * Answers `/healthz` (alive), `/readyz` (can serve: no service is down), `/health` (each service, in JSON)
 * and `/metrics` (for Prometheus).
 */
export function createMonitoring(init: MonitoringInit): Monitoring {
  let server: FastifyInstance | undefined
  let address = ''
  return {
    name: 'monitoring',
    phase: 'monitoring',
    get address() {
      return address
    },
    async start() {
      const { host = '127.0.0.1', port, setting } = init
      const listening = routesOf(init)
      try {
        await listening.listen({ host, port })
      } catch (cause) {
        await listening.close()
        if (!(cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE')) throw cause
        throw new RuntimeError(
          'ERR_RUNTIME_PORT',
          `Port ${port} is in use: change ${setting}, or stop what listens there`,
          { cause },
        )
      }
      server = listening
      const { port: actual } = listening.server.address() as AddressInfo
      address = `http://${host.includes(':') ? `[${host}]` : host}:${actual}`
    },
    async stop() {
      await server?.close()
      server = undefined
    },
  }
}

function routesOf({ health, metrics = new Registry() }: MonitoringInit): FastifyInstance {
  const server = fastify({ bodyLimit: 1024, requestTimeout: 10_000, forceCloseConnections: true })
  observe(metrics, health)
  server.addHook('onSend', async (_, reply) => {
    reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff')
  })
  server.get('/healthz', async () => ({ status: 'ok' }))
  server.get('/readyz', async (_, reply) => {
    const down = [...(await health())].filter(([, { status }]) => status === 'down')
    reply.code(down.length === 0 ? 200 : 503)
    return { ready: down.length === 0, down: down.map(([name]) => name) }
  })
  server.get('/health', async (_, reply) => {
    const services = await health()
    const status = worstOf(services.values())
    reply.code(status === 'down' ? 503 : 200)
    return { status, services: Object.fromEntries(services) }
  })
  server.get('/metrics', async (_, reply) => {
    reply.type(metrics.contentType)
    return metrics.metrics()
  })
  return server
}

/** Adds what is read when it is asked for: nothing is counted in between. */
function observe(metrics: Registry, health: MonitoringInit['health']): void {
  const registers = [metrics]
  // oxlint-disable-next-line no-new -- A gauge adds itself to its registry.
  new Gauge({
    name: 'bzzz_service_health',
    help: '1 is well, 0.5 degraded, 0 down',
    labelNames: ['service'],
    registers,
    async collect() {
      for (const [service, { status }] of await health()) this.set({ service }, LEVELS[status])
    },
  })
  // oxlint-disable-next-line no-new
  new Gauge({
    name: 'bzzz_circuit_open',
    help: '1 is left alone for a while, 0.5 tried once to see, 0 asked',
    labelNames: ['service'],
    registers,
    async collect() {
      for (const [service, { circuit }] of await health())
        if (circuit) this.set({ service }, CIRCUITS[circuit.state])
    },
  })
  // oxlint-disable-next-line no-new
  new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Resident memory size in bytes',
    registers,
    collect() {
      this.set(process.memoryUsage.rss())
    },
  })
  // oxlint-disable-next-line no-new
  new Gauge({
    name: 'process_cpu_seconds_total',
    help: 'Processor time spent, in seconds',
    registers,
    collect() {
      const { user, system } = process.cpuUsage()
      this.set((user + system) / 1e6)
    },
  })
}

function worstOf(all: Iterable<Health>): Health['status'] {
  const found = new Set([...all].map(({ status }) => status))
  if (found.has('down')) return 'down'
  return found.has('degraded') ? 'degraded' : 'ok'
}
