import { createMemoryStore, type ContextStore, type VersionRecord } from '@bzzz/context-store'
import { identityFromSeed } from '@bzzz/identity'
import { afterEach, expect, test } from 'vitest'
import { createMesh, type Mesh, type MeshInit } from '../src/index.ts'
import { until } from './network.ts'

const ALL = 'ucxl://any:any@any:any/**'
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const address = (agent: string, name: number): string =>
  `ucxl://${agent}:coder@shop:notes/*^/${name}`
const numbers = (count: number, from = 0): number[] =>
  Array.from({ length: count }, (_, place) => from + place)

interface Participant {
  readonly mesh: Mesh
  readonly store: ContextStore
}

const running: Participant[] = []

async function participant(
  number: number,
  options: Partial<MeshInit> = { takes: [ALL] },
): Promise<Participant> {
  const identity = identityFromSeed(new Uint8Array(32).fill(number))
  const store = createMemoryStore({ writer: identity })
  const all = { store, mesh: await createMesh({ identity, store, ...options }) }
  running.push(all)
  return all
}

afterEach(async () => {
  for (const { mesh, store } of running.splice(0)) {
    await mesh.stop()
    await store.close()
  }
})

async function write(store: ContextStore, agent: string, names: readonly number[], word: string) {
  await store.putAll(
    names.map((name) => ({ address: address(agent, name), content: bytes(`${word} ${name}`) })),
  )
}

async function recordsOf(store: ContextStore): Promise<VersionRecord[]> {
  const records: VersionRecord[] = []
  for await (const { record } of store.list(ALL)) records.push(record)
  return records
}

const whole = async (store: ContextStore) => (await store.summary()).range('')

test('two nodes of ten thousand timelines, five hundred of which differ, are written to meanwhile', async () => {
  const [one, other] = [await participant(1), await participant(2)]
  await write(one.store, 'one', numbers(5000), 'first')
  await write(other.store, 'other', numbers(5000), 'first')
  await one.store.append(await recordsOf(other.store))
  await other.store.append(await recordsOf(one.store))
  expect(await whole(one.store)).toEqual(await whole(other.store))
  await write(one.store, 'one', numbers(150), 'second')
  await write(one.store, 'one', numbers(100, 5000), 'new')
  await write(other.store, 'other', numbers(150), 'second')
  await write(other.store, 'other', numbers(100, 5000), 'new')
  const peer = await one.mesh.join(other.mesh.addresses[0] ?? '')
  await one.mesh.publish('one@shop')
  await other.mesh.publish('other@shop')
  const meanwhile = Promise.all([
    write(one.store, 'one', numbers(20, 3000), 'meanwhile'),
    write(other.store, 'other', numbers(20, 3000), 'meanwhile'),
  ])
  const first = await one.mesh.reconcile(peer, { timeoutMs: 60_000 })
  expect(first.refused).toEqual([])
  expect(first.records).toBeGreaterThanOrEqual(250)
  expect(first.given.records).toBeGreaterThanOrEqual(250)
  await meanwhile
  await other.mesh.reconcile(one.mesh.peerId, { timeoutMs: 60_000 })
  expect(await whole(one.store)).toEqual(await whole(other.store))
  const { versions } = await one.store.stats()
  expect(versions).toBe(10_000 + 500 + 40)
  expect(await other.store.stats()).toMatchObject({ versions })
  const last = await one.mesh.reconcile(peer)
  expect(last).toMatchObject({ differing: 0, rounds: 1, timelines: 10_200, theirTimelines: 10_200 })
}, 60_000)

test('three nodes, of which two never meet, end with the same', async () => {
  const [one, two, three] = [await participant(1), await participant(2), await participant(3)]
  await write(one.store, 'one', numbers(40), 'x')
  await write(two.store, 'two', numbers(40), 'x')
  await write(three.store, 'three', numbers(40), 'x')
  const second = await one.mesh.join(two.mesh.addresses[0] ?? '')
  const third = await two.mesh.join(three.mesh.addresses[0] ?? '')
  await one.mesh.publish('one@shop')
  await two.mesh.publish('two@shop')
  await three.mesh.publish('three@shop')
  await one.mesh.reconcile(second)
  await two.mesh.reconcile(third)
  await one.mesh.reconcile(second)
  for (const { store } of [two, three]) expect(await whole(store)).toEqual(await whole(one.store))
  expect((await three.store.stats()).contents).toBe((await one.store.stats()).contents)
})

test('both begin at once, and neither waits for the other for ever', async () => {
  const [one, other] = [await participant(1), await participant(2)]
  await write(one.store, 'one', numbers(120), 'x')
  await write(other.store, 'other', numbers(120), 'x')
  const peer = await one.mesh.join(other.mesh.addresses[0] ?? '')
  await one.mesh.publish('one@shop')
  await other.mesh.publish('other@shop')
  await Promise.all([one.mesh.reconcile(peer), other.mesh.reconcile(one.mesh.peerId)])
  expect(await whole(one.store)).toEqual(await whole(other.store))
})

test('what nobody announced is left alone, and so is what another one signed than its writer', async () => {
  const [one, other, mallory] = [await participant(1), await participant(2), await participant(3)]
  // It holds what somebody wrote who was never on this network: that announces nobody.
  const ghost = createMemoryStore({ writer: identityFromSeed(new Uint8Array(32).fill(9)) })
  await write(ghost, 'ghost', numbers(3), 'x')
  await one.store.append(await recordsOf(ghost))
  await ghost.close()
  const peer = await other.mesh.join(one.mesh.addresses[0] ?? '')
  const before = await other.mesh.reconcile(peer)
  expect(before).toMatchObject({ records: 0, unannounced: ['ghost@shop'], refused: [] })
  await write(one.store, 'one', numbers(3), 'x')
  await one.mesh.publish('one@shop')
  const after = await other.mesh.reconcile(peer)
  expect(after).toMatchObject({ records: 3, unannounced: ['ghost@shop'] })
  expect([...after.taken]).toEqual([['one@shop', 3]])
  await write(mallory.store, 'one', numbers(3, 3), 'forged')
  const third = await other.mesh.join(mallory.mesh.addresses[0] ?? '')
  const refused = Array.from({ length: 3 }, () => ({ error: { code: 'ERR_MESH_MANIFEST' } }))
  expect(await other.mesh.reconcile(third)).toMatchObject({ records: 0, refused })
  // Nor is it taken where it is handed over.
  const given = { records: 0, refused: 3 }
  expect(await mallory.mesh.reconcile(other.mesh.peerId)).toMatchObject({ given })
  expect((await other.store.stats()).versions).toBe(3)
})

test(
  'a node that follows nothing takes nothing, and is not asked to',
  { timeout: 60_000 },
  async () => {
    const [one, other] = [await participant(1), await participant(2, {})]
    await write(one.store, 'one', numbers(2000), 'x')
    const peer = await one.mesh.join(other.mesh.addresses[0] ?? '')
    await one.mesh.publish('one@shop')
    const report = await one.mesh.reconcile(peer)
    expect(report.given).toEqual({ records: 0, contents: 0, refused: 2000 })
    expect(report.sent).toBeLessThan(1000)
    other.mesh.follow('ucxl://any:any@shop:any/**')
    await until('all is here', async () => (await other.store.stats()).versions === 2000, 30)
  },
)

test('a node that cannot be reached, and one that has left, have their codes', async () => {
  const [one, other] = [await participant(1), await participant(2)]
  // No address is known: it is looked for as long as there is time.
  const options = { timeoutMs: 200 }
  await expect(one.mesh.reconcile(other.mesh.peerId, options)).rejects.toMatchObject({
    code: expect.stringMatching(/^ERR_MESH_(TIMEOUT|UNREACHABLE)$/),
  })
  await expect(one.mesh.reconcile('nobody')).rejects.toMatchObject({ code: 'ERR_MESH_UNREACHABLE' })
  await one.mesh.stop()
  await expect(one.mesh.reconcile(other.mesh.peerId)).rejects.toMatchObject({
    code: 'ERR_MESH_CLOSED',
  })
})
