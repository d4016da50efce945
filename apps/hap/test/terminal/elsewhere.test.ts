import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Health } from '@bzzz/runtime'
import { createMonitoring } from '@bzzz/runtime/participant'
import { expect, onTestFinished, test } from 'vitest'
import { createElsewhere } from '../../src/terminal/elsewhere.ts'

const HOST = '127.0.0.1'
const never = new AbortController().signal

async function withHealth(services: ReadonlyMap<string, Health>) {
  const monitoring = createMonitoring({
    port: 0,
    setting: 'health.port',
    health: async () => services,
  })
  await monitoring.start({ signal: never })
  onTestFinished(async () => monitoring.stop())
  return createElsewhere({ host: HOST, port: Number(new URL(monitoring.address).port) })
}

test('a process that has the home tells how it is, and who is connected to it', async () => {
  const connected = [
    { peer: '12D3', did: 'did:key:z6Mk', kind: 'agent', roles: ['coder'], rttMs: 3 },
  ]
  const services = new Map<string, Health>([
    ['store', { status: 'ok' }],
    ['mesh', { status: 'degraded', reason: 'Nobody has been reached', details: { connected } }],
  ])
  const elsewhere = await withHealth(services)
  expect(elsewhere.peers).toEqual([])
  expect(await elsewhere.health(never)).toEqual(services)
  expect(elsewhere.peers).toEqual([
    { did: 'did:key:z6Mk', about: { kind: 'agent', roles: ['coder'] }, rttMs: 3 },
  ])
})

test('one that says who is connected in another way still tells how it is', async () => {
  const services = new Map<string, Health>([['mesh', { status: 'ok', details: { peers: 3 } }]])
  const elsewhere = await withHealth(services)
  expect(await elsewhere.health(never)).toEqual(services)
  expect(elsewhere.peers).toEqual([])
})

test('what is no participant, or does not answer, says nothing', async () => {
  const server = createServer((_, response) => response.end('{"services":{"x":{"status":"fine"}}}'))
  await new Promise<void>((done) => server.listen(0, HOST, done))
  const { port } = server.address() as AddressInfo
  const elsewhere = createElsewhere({ host: HOST, port })
  expect(await elsewhere.health(never)).toEqual(new Map())
  await new Promise((done) => server.close(done))
  expect(await elsewhere.health(never)).toEqual(new Map())
})
