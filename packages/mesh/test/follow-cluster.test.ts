import { clusterWriters, createMemoryStore } from '@bzzz/context-store'
import { identityFromSeed, type Identity } from '@bzzz/identity'
import {
  createCluster,
  createClusterView,
  createPolicy,
  type PolicyRules,
} from '@bzzz/identity/cluster'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { encodeAnnouncement, topicOf } from '../src/follow/announcement.ts'
import { signManifest } from '../src/manifest.ts'
import { until } from './network.ts'
import { held, join, participant, stopAll, write, type Participant } from './participants.ts'
import { startStranger } from './stranger.ts'

const PLAN = 'claude:architect@shop:checkout/plan.md'
const TOPIC = topicOf('shop')
const key = (number: number): Identity => identityFromSeed(new Uint8Array(32).fill(number))
const recipient = 'age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z'
const RULES: PolicyRules = {
  version: 1,
  roles: {
    architect: [
      { patterns: ['ucxl://any:any@shop:any/**'], operations: ['read', 'write', 'announce'] },
    ],
  },
}
const now = (): number => Date.now()

let admin = createCluster({ name: 'shop', admin: key(100), now })
beforeEach(() => {
  admin = createCluster({ name: 'shop', admin: key(100), now })
})
afterEach(stopAll)

function certify({ did }: Identity, name: string): void {
  const roles = ['architect']
  admin.certify({ name, roles, capabilities: [], kind: 'agent', did, recipient })
}

/** A member of the cluster, which follows the project. */
async function member(number: number, name: string): Promise<Participant> {
  const identity = key(number)
  certify(identity, name)
  const view = createClusterView({ cluster: admin.cluster, statements: admin.view.statements() })
  const policy = createPolicy({ view, rules: RULES, now })
  const store = createMemoryStore({ writer: identity, writers: clusterWriters({ policy, view }) })
  const node = await participant(number, { identity, store, cluster: { view, policy } })
  node.mesh.follow('ucxl://any:any@shop:any/**')
  return node
}

describe('in a cluster', () => {
  test('members hear of what is new and keep copies', async () => {
    const [claude, gpt] = [await member(1, 'claude'), await member(2, 'gpt')]
    await join(gpt, claude)
    await write(claude, PLAN, 'one')
    await claude.mesh.publish('claude@shop')
    await until('it follows', async () => (await held(gpt, PLAN)) === 'one')
    const address = await write(claude, PLAN, 'two')
    expect(await claude.mesh.replicate(address)).toMatchObject({ holders: [gpt.mesh.peerId] })
  })

  test('a stranger is told nothing, and nothing of it is believed', async () => {
    const [claude, gpt] = [await member(1, 'claude'), await member(2, 'gpt')]
    await join(gpt, claude)
    const stranger = await startStranger(3)
    await stranger.connect(claude.mesh.addresses[0] ?? '')
    await stranger.listen(TOPIC)
    const manifest = signManifest(
      { collection: 'mallory@shop', sequence: 1, heads: [], now: now() },
      stranger.identity,
    )
    await stranger.say(
      TOPIC,
      encodeAnnouncement([manifest], { writer: stranger.identity, now: now() }),
    )
    for (const text of ['one', 'two', 'three']) {
      await write(claude, PLAN, text)
      await claude.mesh.publish('claude@shop')
      await until(`it follows: ${text}`, async () => (await held(gpt, PLAN)) === text)
    }
    expect(stranger.heard).toEqual([])
    const told = [...claude.events, ...gpt.events].map(({ type }) => type)
    expect(told).not.toContain('behind')
    await stranger.stop()
  })

  test('a member announces under its own name alone', async () => {
    // A member that does not keep to the rules.
    const mallory = await startStranger(3)
    certify(mallory.identity, 'mallory')
    const [claude, gpt] = [await member(1, 'claude'), await member(2, 'gpt')]
    await join(gpt, claude)
    await mallory.connect(claude.mesh.addresses[0] ?? '')
    await mallory.listen(TOPIC)
    const manifest = signManifest(
      { collection: 'gpt@shop', sequence: 1, heads: [], now: now() },
      mallory.identity,
    )
    await mallory.say(
      TOPIC,
      encodeAnnouncement([manifest], { writer: mallory.identity, now: now() }),
    )
    const refused = /not by who holds the name gpt/
    await until('it is refused', () =>
      claude.events.some((event) => event.type === 'refused' && refused.test(String(event.error))),
    )
    expect(gpt.events.filter(({ type }) => type === 'refused')).toEqual([])
    await mallory.stop()
  })
})
