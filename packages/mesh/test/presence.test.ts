import { createMemoryStore } from '@bzzz/context-store'
import { identityFromSeed } from '@bzzz/identity'
import { createCluster, createClusterView, createPolicy } from '@bzzz/identity/cluster'
import { afterEach, describe, expect, test } from 'vitest'
import { createMesh, type Mesh, type MeshInit } from '../src/index.ts'
import { Health } from '../src/health.ts'
import { decodeRequest, encodeMessage } from '../src/sync-messages.ts'
import { fakeTiming } from './fake-timing.ts'
import { until } from './network.ts'

const START = Date.UTC(2025, 7, 1)
const identity = (number: number) => identityFromSeed(new Uint8Array(32).fill(number))
const running: Mesh[] = []
afterEach(async () => {
  for (const mesh of running.splice(0)) await mesh.stop()
})

async function node(number: number, init: Partial<MeshInit> = {}): Promise<Mesh> {
  const own = identity(number)
  const store = createMemoryStore({ writer: own })
  const mesh = await createMesh({ identity: own, store, now: () => START, ...init })
  running.push(mesh)
  return mesh
}

describe('presence', () => {
  test('says who is here, what they say of themselves, since when, and how far away', async () => {
    const about = {
      kind: 'agent',
      roles: ['architect'],
      capabilities: ['vote'],
      projects: ['shop'],
      version: '1.2.3',
    }
    const claude = await node(1, { about })
    const other = await node(2)
    expect(other.presence()).toEqual([])
    await other.join(claude.addresses[0] ?? '')
    await until('both were measured', () =>
      [claude, other].every((mesh) => mesh.presence()[0]?.rttMs !== undefined),
    )
    expect(other.presence()).toEqual([
      {
        peer: claude.peerId,
        did: identity(1).did,
        about,
        since: START,
        rttMs: expect.any(Number),
      },
    ])
    expect(claude.presence()).toMatchObject([{ peer: other.peerId, about: {} }])
    await claude.stop()
    await until('it is gone', () => other.presence().length === 0)
  })

  test('in a cluster says the names and roles of the certificates, whatever one says of oneself', async () => {
    const now = (): number => START
    const admin = createCluster({ name: 'shop', admin: identity(100), now })
    const certificates = [1, 2].map((number) =>
      admin.certify({
        did: identity(number).did,
        name: `member-${number}`,
        roles: ['critic'],
        capabilities: [],
        kind: 'agent',
        recipient: 'age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z',
      }),
    )
    const statements = [...admin.view.statements(), ...certificates]
    const view = createClusterView({ cluster: admin.cluster, statements })
    const cluster = { view, policy: createPolicy({ view, now }) }
    const one = await node(1, { cluster, about: { roles: ['admin'] } })
    const other = await node(2, { cluster })
    await other.join(one.addresses[0] ?? '')
    expect(other.presence()).toMatchObject([
      { about: { roles: ['admin'] }, memberships: [{ name: 'member-1', roles: ['critic'] }] },
    ])
  })

  test('a hello with fields that this version does not know is understood', () => {
    const message = encodeMessage({ id: 1, type: 'hello', protocol: 1, mood: 'good' } as never)
    expect(decodeRequest(message).head).toEqual({ id: 1, type: 'hello', protocol: 1 })
  })
})

describe('pings', () => {
  const gone = new Error('gone')

  function setUp(answers: (number | Error)[]) {
    const timing = fakeTiming(() => 0.5, START)
    const silent: string[] = []
    const rtts: number[] = []
    const health = new Health({
      peers: () => ['a'],
      ping: async () => {
        const answer = answers.shift() ?? gone
        if (answer instanceof Error) throw answer
        return answer
      },
      onAnswer: (_, rttMs) => void rtts.push(rttMs),
      onSilent: (peer) => void silent.push(peer),
      timing,
    })
    health.start()
    return { timing, silent, rtts, health }
  }

  test('healthy connections are not reset by one slow ping', async () => {
    const { timing, silent, rtts } = setUp([3, gone, 4, gone, 5])
    await timing.advance(5 * 30_000)
    expect(silent).toEqual([])
    expect(rtts).toEqual([3, 4, 5])
  })

  test('who is silent twice in a row is let go', async () => {
    const { timing, silent } = setUp([3, gone, gone])
    await timing.advance(2 * 30_000)
    expect(silent).toEqual([])
    await timing.advance(30_000)
    expect(silent).toEqual(['a'])
  })

  test('end with the node', async () => {
    const { timing, health, rtts } = setUp([1, 2])
    health.stop()
    await timing.advance(600_000)
    await health.check('a')
    expect(rtts).toEqual([])
    expect(timing.pending()).toEqual([])
  })
})
