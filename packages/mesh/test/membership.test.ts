import { clusterWriters, createMemoryStore, type ContextStore } from '@bzzz/context-store'
import { identityFromSeed, type Identity } from '@bzzz/identity'
import {
  createCluster,
  createClusterView,
  createPolicy,
  type ClusterView,
  type PolicyRules,
} from '@bzzz/identity/cluster'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createMesh, type Mesh, type MeshEvent } from '../src/index.ts'
import { startNode } from '../src/libp2p/node.ts'
import { SyncClient } from '../src/sync-client.ts'
import { MAX_MESSAGE_BYTES, SYNC_PROTOCOL } from '../src/sync-messages.ts'
import { until } from './network.ts'

const DAY = 86_400_000
const START = Date.UTC(2025, 7, 1)
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (content: Uint8Array): string => new TextDecoder().decode(content)
const key = (number: number): Identity => identityFromSeed(new Uint8Array(32).fill(number))
const refused = (code: unknown): object => expect.objectContaining({ code })

const RULES: PolicyRules = {
  version: 1,
  roles: {
    architect: [
      {
        patterns: ['ucxl://any:any@shop:any/**'],
        operations: ['read', 'write', 'delete', 'announce'],
      },
    ],
    critic: [{ patterns: ['ucxl://any:any@shop:any/public/**'], operations: ['read'] }],
  },
}
const PLAN = 'ucxl://claude:architect@shop:checkout/*^/plan.md'
const PUBLIC = 'ucxl://claude:architect@shop:checkout/*^/public/plan.md'

interface Node {
  readonly mesh: Mesh
  readonly store: ContextStore
  readonly view: ClusterView
  readonly events: MeshEvent[]
}

const clock = { now: START }
const now = (): number => clock.now
let admin = createCluster({ name: 'shop', admin: key(100), now })
const running: Node[] = []

beforeEach(() => {
  clock.now = START
  admin = createCluster({ name: 'shop', admin: key(100), now })
})
afterEach(async () => {
  for (const { mesh, store } of running.splice(0)) {
    await mesh.stop()
    await store.close()
  }
})

/** Certifies a key for a name and its roles. */
function certify(
  identity: Identity,
  name: string,
  ...roles: string[]
): ReturnType<typeof admin.certify> {
  const recipient = 'age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z'
  const grant = { name, roles, capabilities: [], kind: 'agent' as const }
  return admin.certify({ ...grant, did: identity.did, recipient }, { lifetime: 30 * DAY })
}

/** A node that knows of the cluster what it is given. */
async function node(
  identity: Identity,
  statements: readonly unknown[],
  cluster = admin.cluster,
): Promise<Node> {
  const view = createClusterView({ cluster, statements })
  const policy = createPolicy({ view, rules: RULES, now })
  const writers = clusterWriters({ policy, view })
  const store = createMemoryStore({ writer: identity, now, writers })
  const events: MeshEvent[] = []
  const onEvent = (event: MeshEvent): void => void events.push(event)
  const mesh = await createMesh({
    identity,
    store,
    now,
    onEvent,
    cluster: { view, policy },
    freshMs: 0,
  })
  const all = { mesh, store, view, events }
  running.push(all)
  return all
}

const charter = (): unknown[] => admin.view.statements().slice(0, 1)
const refusals = ({ events }: Node): string[] =>
  events.flatMap((event) =>
    event.type === 'refused' ? [`${event.peer} ${(event.error as { code: string }).code}`] : [],
  )

describe('a closed cluster', () => {
  test('members meet by their certificates, and each reads what its role may', async () => {
    const claude = key(1)
    const bob = key(2)
    const writer = await node(claude, [...charter(), certify(claude, 'claude', 'architect')])
    const reader = await node(bob, [...charter(), certify(bob, 'bob', 'critic')])
    await writer.store.put({ address: PLAN, content: bytes('secret plan') })
    await writer.store.put({ address: PUBLIC, content: bytes('public plan') })
    await reader.mesh.join(writer.mesh.addresses[0] ?? '')
    await writer.mesh.publish('claude@shop')
    expect(text((await reader.mesh.get(PUBLIC)).content)).toBe('public plan')
    await expect(reader.mesh.get(PLAN)).rejects.toThrow(
      refused(expect.stringMatching(/^ERR_(MESH|TEMPORAL|DHT)_/)),
    )
    expect(await reader.store.head('claude:architect@shop:checkout/plan.md')).toBeUndefined()
    expect(reader.view.statements()).toHaveLength(3)
    expect(writer.view.statements()).toHaveLength(3)
    const { heads } = await reader.mesh.collection('claude@shop')
    expect(heads.map((head) => head.key)).toEqual(['claude:architect@shop:checkout/public/plan.md'])
  })

  test('what two members compare is what both may read', async () => {
    const claude = key(1)
    const bob = key(2)
    const writer = await node(claude, [...charter(), certify(claude, 'claude', 'architect')])
    const reader = await node(bob, [...charter(), certify(bob, 'bob', 'critic')])
    await writer.store.put({ address: PLAN, content: bytes('secret plan') })
    await writer.store.put({ address: PUBLIC, content: bytes('public plan') })
    await reader.mesh.join(writer.mesh.addresses[0] ?? '')
    const report = await reader.mesh.reconcile(writer.mesh.peerId)
    expect(report).toMatchObject({ theirTimelines: 1, differing: 1, records: 1, contents: 1 })
    expect(text((await reader.store.get(PUBLIC)).content)).toBe('public plan')
    expect((await reader.store.stats()).contexts).toBe(1)
    for (const again of [
      await writer.mesh.reconcile(reader.mesh.peerId),
      await reader.mesh.reconcile(writer.mesh.peerId),
    ])
      expect(again).toMatchObject({ timelines: 1, theirTimelines: 1, differing: 0 })
    const revocation = admin.revoke({ did: bob.did, reason: 'lost' })
    writer.view.merge([revocation])
    await expect(reader.mesh.reconcile(writer.mesh.peerId)).rejects.toMatchObject({
      code: 'ERR_MESH_MEMBERSHIP',
    })
  })

  test.each([
    ['without a certificate', () => []],
    ['with one that a stranger signed', () => strangersCertificate()],
    ['with one that has expired', () => expired()],
    ['with one that is not valid yet', () => notYetValid()],
    ['with one that was revoked', () => revoked()],
    ["with another's", () => [certify(key(9), 'mallory', 'architect')]],
  ])('a node %s is refused by name, and gets nothing', async (_, statements) => {
    const claude = key(1)
    const writer = await node(claude, [...charter(), certify(claude, 'claude', 'architect')])
    await writer.store.put({ address: PUBLIC, content: bytes('public plan') })
    const shown = statements()
    const mallory = await node(key(3), [])
    mallory.view.merge([...charter(), ...shown])
    await expect(mallory.mesh.join(writer.mesh.addresses[0] ?? '')).rejects.toThrow(
      refused('ERR_MESH_MEMBERSHIP'),
    )
    await until('the writer says whom it refused', () => refusals(writer).length > 0)
    expect(refusals(writer)).toContain(`${mallory.mesh.peerId} ERR_MESH_MEMBERSHIP`)
    await expect(mallory.mesh.get(PUBLIC)).rejects.toThrow(
      refused(expect.stringMatching(/^ERR_(MESH|TEMPORAL|DHT)_/)),
    )
    expect((await mallory.store.stats()).versions).toBe(0)
  })

  test('a node of another cluster is refused, whatever it shows', async () => {
    const claude = key(1)
    const writer = await node(claude, [...charter(), certify(claude, 'claude', 'architect')])
    const other = createCluster({ name: 'other', admin: key(101), now })
    const stranger = await node(key(3), other.view.statements(), other.cluster)
    await expect(stranger.mesh.join(writer.mesh.addresses[0] ?? '')).rejects.toThrow(
      refused('ERR_MESH_MEMBERSHIP'),
    )
    await until('the writer says why', () => refusals(writer).length > 0)
    const event = writer.events.find(({ type }) => type === 'refused') as { error: Error }
    expect(event.error.message).toContain(`it is of the cluster ${other.cluster}`)
  })

  test('a revocation spreads, ends what was open, and leaves what was signed before it readable', async () => {
    const claude = key(1)
    const bob = key(2)
    const eve = key(4)
    const writer = await node(claude, [...charter(), certify(claude, 'claude', 'architect')])
    const middle = await node(bob, [...charter(), certify(bob, 'bob', 'architect')])
    const end = await node(eve, [...charter(), certify(eve, 'eve', 'architect')])
    await middle.mesh.join(writer.mesh.addresses[0] ?? '')
    await end.mesh.join(middle.mesh.addresses[0] ?? '')
    await writer.store.put({ address: PLAN, content: bytes('before') })
    await writer.mesh.publish('claude@shop')
    await middle.mesh.get(PLAN)
    clock.now += 60_000
    const revocation = admin.revoke({ did: claude.did, reason: 'the laptop was stolen' })
    end.view.add(revocation)
    expect(await end.mesh.spread()).toBe(1)
    await until('the writer heard of it', () =>
      [middle, writer].every(
        ({ view }) => view.statements().length === end.view.statements().length,
      ),
    )
    await expect(middle.mesh.refresh('claude:architect@shop:checkout/plan.md')).rejects.toThrow(
      refused(expect.stringMatching(/^ERR_(MESH|TEMPORAL|DHT)_/)),
    )
    clock.now += 60_000
    const thief = createMemoryStore({ writer: claude, now })
    for await (const { record } of writer.store.history('claude:architect@shop:checkout/plan.md'))
      await thief.append([record])
    const { record } = await thief.put({ address: PLAN, content: bytes('after') })
    await expect(middle.store.append([record])).rejects.toThrow(refused('ERR_STORE_WRITER'))
    const read = await middle.mesh.get(PLAN, { consistency: 'local' })
    expect(text(read.content)).toBe('before')
    const { writer: did, time } = read.record
    const verdict = middle.view.check({ did, name: 'claude', at: Date.parse(time) })
    expect(verdict).toMatchObject({ status: 'valid', revokedSince: '2025-08-01T00:01:00Z' })
  })

  test('a member refuses a node that it joined and that shows nothing', async () => {
    const claude = key(1)
    const member = await node(claude, [...charter(), certify(claude, 'claude', 'architect')])
    const stranger = await node(key(3), charter())
    await expect(member.mesh.join(stranger.mesh.addresses[0] ?? '')).rejects.toThrow(
      refused('ERR_MESH_MEMBERSHIP'),
    )
  })

  test('who is revoked while connected is answered no more, though it did not hear of it', async () => {
    const claude = key(1)
    const bob = key(2)
    const writer = await node(claude, [...charter(), certify(claude, 'claude', 'architect')])
    const reader = await node(bob, [...charter(), certify(bob, 'bob', 'architect')])
    await writer.store.put({ address: PLAN, content: bytes('plan') })
    await reader.mesh.join(writer.mesh.addresses[0] ?? '')
    await writer.mesh.publish('claude@shop')
    await reader.mesh.get(PLAN)
    writer.view.add(admin.revoke({ did: bob.did, reason: 'left' }))
    clock.now += 1000
    const ask = reader.mesh.refresh('claude:architect@shop:checkout/plan.md')
    await expect(ask).rejects.toThrow(refused(expect.stringMatching(/^ERR_MESH_/)))
    expect(refusals(writer)).toContain(`${reader.mesh.peerId} ERR_MESH_MEMBERSHIP`)
  })

  test('two that meet tell each other of everybody that they know', async () => {
    const claude = key(1)
    const bob = key(2)
    const others = Array.from({ length: 250 }, (_, place) => {
      const did = identityFromSeed(new Uint8Array(32).fill(7).fill(place, 0, 1)).did
      const recipient = 'age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z'
      const grant = { roles: ['critic'], capabilities: [], kind: 'agent' as const, recipient, did }
      return admin.certify({ ...grant, name: `member-${place}` })
    })
    const [one, other] = [others.slice(0, 200), others.slice(200)]
    const writer = await node(claude, [
      ...charter(),
      certify(claude, 'claude', 'architect'),
      ...one,
    ])
    const reader = await node(bob, [...charter(), certify(bob, 'bob', 'critic'), ...other])
    await reader.mesh.join(writer.mesh.addresses[0] ?? '')
    await until('both know all', () =>
      [writer, reader].every(({ view }) => view.statements().length === 253),
    )
  })

  test('nothing is answered before a hello', async () => {
    const claude = key(1)
    const writer = await node(claude, [...charter(), certify(claude, 'claude', 'architect')])
    await writer.store.put({ address: PUBLIC, content: bytes('public plan') })
    const bare = await startNode({
      identity: key(5),
      listen: ['/ip4/127.0.0.1/tcp/0'],
      rules: {},
      protocol: SYNC_PROTOCOL,
      maxMessageBytes: MAX_MESSAGE_BYTES,
      serve: async () => {},
    })
    const signal = AbortSignal.timeout(5000)
    const peer = await bare.dial(writer.mesh.addresses[0] ?? '', { signal })
    const client = new SyncClient(await bare.open(peer, { signal }))
    const heads = client.heads('claude@shop')[Symbol.asyncIterator]()
    await expect(heads.next()).rejects.toThrow(refused(expect.stringMatching(/^ERR_MESH_/)))
    await until('the writer says so', () =>
      refusals(writer).includes(`${bare.peerId} ERR_MESH_PROTOCOL`),
    )
    await bare.stop()
  })

  test('a member announces its own name only', async () => {
    const claude = key(1)
    const mallory = key(3)
    const writer = await node(claude, [...charter(), certify(claude, 'claude', 'architect')])
    const thief = await node(mallory, [...charter(), certify(mallory, 'mallory', 'architect')])
    await thief.mesh.join(writer.mesh.addresses[0] ?? '')
    await writer.store.put({ address: PUBLIC, content: bytes('public plan') })
    await writer.mesh.publish('claude@shop')
    await expect(thief.mesh.publish('claude@shop')).rejects.toThrow(refused('ERR_MESH_MANIFEST'))
    await expect(thief.store.put({ address: PUBLIC, content: bytes('stolen') })).rejects.toThrow(
      refused('ERR_STORE_WRITER'),
    )
  })
})

describe('an open cluster', () => {
  test('takes in everybody, and a name belongs to the first key that used it', async () => {
    admin = createCluster({ name: 'open', admin: key(100), now, mode: 'open' })
    const policyOf = (view: ClusterView): ReturnType<typeof createPolicy> =>
      createPolicy({ view, now })
    const open = async (identity: Identity): Promise<Node> => {
      const view = createClusterView({ cluster: admin.cluster, statements: charter() })
      const policy = policyOf(view)
      const store = createMemoryStore({
        writer: identity,
        now,
        writers: clusterWriters({ policy, view }),
      })
      const events: MeshEvent[] = []
      const onEvent = (event: MeshEvent): void => void events.push(event)
      const mesh = await createMesh({
        identity,
        store,
        now,
        onEvent,
        cluster: { view, policy },
        freshMs: 0,
      })
      running.push({ mesh, store, view, events })
      return { mesh, store, view, events }
    }
    const writer = await open(key(1))
    const reader = await open(key(2))
    await reader.mesh.join(writer.mesh.addresses[0] ?? '')
    await writer.store.put({ address: PLAN, content: bytes('mine') })
    await writer.mesh.publish('claude@shop')
    expect(text((await reader.mesh.get(PLAN)).content)).toBe('mine')
    const verdict = reader.view.check({ did: key(1).did, name: 'claude', at: clock.now })
    expect(verdict).toMatchObject({ status: 'first-use', trust: 'first-use' })
    await expect(reader.store.put({ address: PLAN, content: bytes('theirs') })).rejects.toThrow(
      refused('ERR_STORE_WRITER'),
    )
  })
})

function strangersCertificate(): unknown[] {
  const other = createCluster({ name: 'shop', admin: key(101), now })
  const recipient = 'age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z'
  const grant = { name: 'mallory', roles: ['architect'], capabilities: [], kind: 'agent' as const }
  return [other.certify({ ...grant, did: key(3).did, recipient })]
}

function expired(): unknown[] {
  const certificate = certify(key(3), 'mallory', 'architect')
  clock.now += 31 * DAY
  certify(key(1), 'claude', 'architect')
  return [certificate]
}

function notYetValid(): unknown[] {
  clock.now += 10 * DAY
  const certificate = certify(key(3), 'mallory', 'architect')
  clock.now -= 10 * DAY
  return [certificate]
}

function revoked(): unknown[] {
  const certificate = certify(key(3), 'mallory', 'architect')
  return [certificate, admin.revoke({ did: key(3).did, reason: 'gone' })]
}
