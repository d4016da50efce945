import { clusterWriters, createMemoryStore } from '@bzzz/context-store'
import { identityFromSeed, type Identity } from '@bzzz/identity'
import {
  createCluster,
  createClusterView,
  createPolicy,
  type PolicyRules,
} from '@bzzz/identity/cluster'
import { afterEach, expect, test } from 'vitest'
import { createMesh, type Mesh, type MeshEvent } from '../src/index.ts'
import { startNode } from '../src/libp2p/node.ts'
import { SyncClient } from '../src/sync-client.ts'
import { MAX_MESSAGE_BYTES, SYNC_PROTOCOL } from '../src/sync-messages.ts'
import { collect } from './collect.ts'

const START = Date.UTC(2025, 7, 1)
const now = (): number => START
const key = (number: number): Identity => identityFromSeed(new Uint8Array(32).fill(number))
const content = new TextEncoder().encode('plan')
const RULES: PolicyRules = {
  version: 1,
  roles: {
    architect: [
      { patterns: ['ucxl://any:any@shop:any/**'], operations: ['read', 'write', 'announce'] },
    ],
    critic: [{ patterns: ['ucxl://any:any@shop:any/public/**'], operations: ['read'] }],
  },
}

const running: { stop(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop()
})

const admin = createCluster({ name: 'shop', admin: key(100), now })

async function member(identity: Identity, name: string, role: string, stranger = false) {
  const recipient = 'age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z'
  const grant = { name, roles: [role], capabilities: [], kind: 'agent' as const }
  const certificate = admin.certify({ ...grant, did: identity.did, recipient })
  const charter = admin.view.statements().slice(0, 1)
  const statements = stranger ? charter : [...charter, certificate]
  const view = createClusterView({ cluster: admin.cluster, statements })
  const policy = createPolicy({ view, rules: RULES, now })
  const store = createMemoryStore({
    writer: identity,
    now,
    writers: clusterWriters({ policy, view }),
  })
  const events: MeshEvent[] = []
  const onEvent = (event: MeshEvent): void => void events.push(event)
  const cluster = { view, policy }
  const start = async (bootstrap: string[] = []): Promise<Mesh> => {
    const mesh = await createMesh({ identity, store, now, onEvent, cluster, bootstrap })
    running.push(mesh)
    return mesh
  }
  return { store, events, start }
}

test('a query gives each what its role may read', async () => {
  const claude = await member(key(1), 'claude', 'architect')
  const bob = await member(key(2), 'bob', 'critic')
  for (const path of ['secret', 'public/plan'])
    await claude.store.put({ address: `ucxl://claude:architect@shop:checkout/${path}`, content })
  const writer = await claude.start()
  const reader = await bob.start()
  await reader.join(writer.addresses[0] ?? '')
  const hits = await collect(reader.query('ucxl://claude:any@shop:any/**'))
  expect(hits.map(({ record }) => record.key)).toEqual([
    'claude:architect@shop:checkout/public/plan',
  ])
})

test('a bootstrap node that refuses this one for its membership is not dialled again soon', async () => {
  const claude = await member(key(1), 'claude', 'architect')
  const mallory = await member(key(3), 'mallory', 'architect', true)
  const writer = await claude.start()
  await mallory.start([writer.addresses[0] ?? ''])
  await expect
    .poll(() => mallory.events.find(({ type }) => type === 'retry'), { timeout: 10_000 })
    .toMatchObject({ error: { code: 'ERR_MESH_MEMBERSHIP' } })
  const retry = mallory.events.find(({ type }) => type === 'retry') as { at: number }
  expect(retry.at - START).toBeGreaterThanOrEqual(600_000)
})

test('who says hello over and over is told to come later', async () => {
  const claude = await member(key(1), 'claude', 'architect')
  const writer = await claude.start()
  const bare = await startNode({
    identity: key(5),
    listen: ['/ip4/127.0.0.1/tcp/0'],
    rules: {},
    protocol: SYNC_PROTOCOL,
    maxMessageBytes: MAX_MESSAGE_BYTES,
    serve: async () => {},
  })
  running.push(bare)
  const signal = AbortSignal.timeout(10_000)
  const peer = await bare.dial(writer.addresses[0] ?? '', { signal })
  const codes: unknown[] = []
  for (let count = 0; count < 12; count++) {
    const client = new SyncClient(await bare.open(peer, { signal }))
    const error = await client.hello(undefined, { signal }).catch((reason: unknown) => reason)
    codes.push((error as { code?: unknown }).code)
    client.close()
  }
  expect(codes.slice(0, 10)).toEqual(codes.slice(0, 10).map(() => 'ERR_MESH_MEMBERSHIP'))
  expect(codes.slice(10)).toEqual(['ERR_MESH_BUSY', 'ERR_MESH_BUSY'])
})
