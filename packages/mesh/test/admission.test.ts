import { clusterWriters, createMemoryStore } from '@bzzz/context-store'
import { identityFromSeed, recipientOf, type Identity } from '@bzzz/identity'
import {
  createCluster,
  createClusterView,
  createPolicy,
  OPEN_RULES,
  type Grant,
} from '@bzzz/identity/cluster'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { requestAdmission } from '../src/index.ts'
import { until } from './network.ts'
import { held, join, participant, stopAll, write, type Participant } from './participants.ts'

const key = (number: number): Identity => identityFromSeed(new Uint8Array(32).fill(number))
const GRANT: Grant = { name: 'claude', roles: ['architect'], capabilities: [], kind: 'agent' }

let time = Date.now()
const now = (): number => time
let admin = createCluster({ name: 'shop', admin: key(100), now })
let gate: Participant
beforeEach(async () => {
  time = Date.now()
  admin = createCluster({ name: 'shop', admin: key(100), now })
  const { did } = key(1)
  const recipient = recipientOf(key(1))
  admin.certify({ name: 'ada', roles: ['lead'], capabilities: [], kind: 'human', did, recipient })
  gate = await member(1, admin.view.statements(), true)
})
afterEach(stopAll)

async function member(number: number, statements: readonly unknown[], isAdmin = false) {
  const identity = key(number)
  const view = createClusterView({ cluster: admin.cluster, statements })
  const policy = createPolicy({ view, rules: OPEN_RULES, now })
  const store = createMemoryStore({ writer: identity, writers: clusterWriters({ policy, view }) })
  const desk = {
    challenge: async () => admin.challenge(),
    join: async (request: unknown) => {
      const certificate = admin.join(request)
      view.add(certificate)
      return [view.charter, certificate]
    },
  }
  const admission = isAdmin ? { admission: () => desk } : {}
  return participant(number, { identity, store, cluster: { view, policy }, ...admission })
}

function ask(number: number, token: string, addresses = gate.mesh.addresses) {
  const signal = AbortSignal.timeout(20_000)
  return requestAdmission({ identity: key(number), token, addresses, signal })
}

describe('whoever was invited', () => {
  test('is let in, once, and is a member of the mesh then', async () => {
    const { token } = admin.invite(GRANT)
    const { cluster, statements } = await ask(2, token)
    expect(cluster).toBe(admin.cluster)
    const claude = await member(2, statements)
    await join(claude, gate)
    expect(gate.mesh.presence()).toMatchObject([{ memberships: [{ name: 'claude' }] }])
    await expect(ask(3, token)).rejects.toMatchObject({ code: 'ERR_IDENTITY_REPLAYED' })
  })

  test('too late, or by a token that is none, is told so', async () => {
    const { token } = admin.invite(GRANT, { expiresIn: 1000 })
    time += 1000
    await expect(ask(2, token)).rejects.toMatchObject({ code: 'ERR_IDENTITY_EXPIRED' })
    const forged = token.slice(0, -43) + 'A'.repeat(43)
    await expect(ask(2, forged)).rejects.toMatchObject({ code: 'ERR_IDENTITY_UNKNOWN' })
    await expect(ask(2, 'bzzz-invite')).rejects.toMatchObject({ code: 'ERR_IDENTITY_STATEMENT' })
    expect(gate.events.filter(({ type }) => type === 'refused')).toHaveLength(2)
  })

  test('goes on to the next address, and says where nobody answers', async () => {
    const { token } = admin.invite(GRANT)
    const nobody = `/ip4/127.0.0.1/tcp/1/p2p/${gate.mesh.peerId}`
    await expect(ask(2, token, [nobody])).rejects.toMatchObject({ code: 'ERR_MESH_UNREACHABLE' })
    expect((await ask(2, token, [nobody, ...gate.mesh.addresses])).statements).toHaveLength(2)
  })
})

test('whoever has joined hears what is written at once, and is heard', async () => {
  for (let number = 10; number < 16; number++) {
    const name = `agent-${number}`
    const { token } = admin.invite({ ...GRANT, name })
    const node = await member(number, (await ask(number, token)).statements)
    const project = `p${number}`
    // Each listens to one topic from the start; neither knows the other's certificate before the hello.
    for (const { mesh } of [gate, node]) mesh.follow(`ucxl://any:any@${project}:any/**`)
    await join(node, gate)
    await until(`${name} is known`, async () =>
      gate.mesh.presence().some(({ did }) => did === node.identity.did),
    )
    const one = `ada:lead@${project}:x/one.md`
    const two = `${name}:architect@${project}:x/two.md`
    await write(gate, one, 'one')
    await write(node, two, 'two')
    await until(
      'both have both',
      async () => (await held(node, one)) === 'one' && (await held(gate, two)) === 'two',
    )
  }
}, 60_000)

test('a node that is of no admin lets nobody in', async () => {
  const { token } = admin.invite(GRANT)
  const { statements } = await ask(2, token)
  const claude = await member(2, statements)
  const other = admin.invite({ ...GRANT, name: 'gpt' })
  const refused = ask(3, other.token, claude.mesh.addresses)
  await expect(refused).rejects.toMatchObject({ code: 'ERR_MESH_UNREACHABLE' })
})
