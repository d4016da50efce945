import { createMemoryStore, type ContextStore } from '@bzzz/context-store'
import { identityFromSeed } from '@bzzz/identity'
import { afterEach, describe, expect, test } from 'vitest'
import { createMesh, type Mesh, type QueryHit } from '../src/index.ts'
import { facetKeyOf } from '../src/facets.ts'
import { collect } from './collect.ts'
import { inMemory, startNetwork, until } from './network.ts'

const START = Date.UTC(2025, 7, 1)
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

interface Node {
  readonly mesh: Mesh
  readonly store: ContextStore
}

const running: Node[] = []
const clock = { now: START }
afterEach(async () => {
  clock.now = START
  for (const { mesh, store } of running.splice(0)) {
    await mesh.stop()
    await store.close()
  }
})

async function node(number: number, to?: Node): Promise<Node> {
  const identity = identityFromSeed(new Uint8Array(32).fill(number))
  const now = (): number => clock.now
  const store = createMemoryStore({ writer: identity, now })
  const mesh = await createMesh({ identity, store, now })
  running.push({ mesh, store })
  if (to) await mesh.join(to.mesh.addresses[0] ?? '')
  return { mesh, store }
}

async function write({ store }: Node, ...addresses: string[]): Promise<void> {
  for (const address of addresses) {
    clock.now += 1000
    await store.put({ address: `ucxl://${address}`, content: bytes(address) })
  }
}

const providers = async ({ mesh }: Node, facet: { project: string } | { agent: string }) =>
  (await collect(mesh.providersOf(facet))).map(({ id }) => id)

const paths = (hits: readonly QueryHit[]): string[] =>
  hits.map(({ record }) => record.key.slice(record.key.indexOf('/') + 1))

describe('facets', () => {
  test('a node is found by the projects and the agents that it holds anything for', async () => {
    const claude = await node(1)
    const gpt = await node(2, claude)
    await write(claude, 'claude:a@shop:t/x')
    await write(gpt, 'gpt:a@shop:t/y', 'gpt:a@web:t/z')
    await until(
      'both are found',
      async () => (await providers(claude, { project: 'web' })).length > 0,
    )
    await until(
      'both are found',
      async () => (await providers(gpt, { agent: 'claude' })).length > 0,
    )
    expect(await providers(claude, { project: 'web' })).toEqual([gpt.mesh.peerId])
    expect(await providers(gpt, { agent: 'claude' })).toEqual([claude.mesh.peerId])
    expect(await providers(gpt, { agent: 'nobody' })).toEqual([])
  })

  test(
    'a search of libp2p stops at a bucket of eight: a facet with sixteen providers gives more',
    { timeout: 60_000 },
    async () => {
      const network = await startNetwork(18, {}, inMemory())
      const key = facetKeyOf({ project: 'shop' })
      const many = network.nodes.slice(0, 16)
      await Promise.all(many.map(async (dht) => dht.provide(key, { timeoutMs: 30_000 })))
      for (const asking of [network.nodes[0]!, network.nodes[17]!]) {
        const found = await collect(asking.findProviders(key, { timeoutMs: 30_000 }))
        const ids = new Set(found.map(({ id }) => id))
        // On a busy machine one may have been too late to be stored.
        expect(ids.size).toBeGreaterThanOrEqual(12)
        for (const id of ids) expect(network.ids.slice(0, 16)).toContain(id)
      }
      await network.close()
    },
  )
})

describe('facets of many', () => {
  test(
    'all twelve that hold something of a project are found by every node',
    { timeout: 60_000 },
    async () => {
      const hub = await node(100)
      const many = await Promise.all(
        Array.from({ length: 12 }, async (_, number) => node(number + 1, hub)),
      )
      const addresses = many.map((_, number) => `agent-${number}:a@shop:t/x`)
      await Promise.all(many.map(async (one, number) => write(one, addresses[number]!)))
      const ids = many.map(({ mesh }) => mesh.peerId)
      const all = async (one: Node): Promise<boolean> => {
        const found = await providers(one, { project: 'shop' }).catch((): string[] => [])
        return ids.every((id) => id === one.mesh.peerId || found.includes(id))
      }
      for (const one of [...many, hub]) await until('all are found', async () => all(one), 30)
    },
  )
})

describe('a query', () => {
  test('gives what all have, newest first, each once, with who has it', async () => {
    const claude = await node(1)
    const gpt = await node(2, claude)
    await write(claude, 'claude:a@shop:t/one', 'claude:a@shop:t/two')
    await write(gpt, 'gpt:a@shop:t/three')
    for (const { record } of await collect(claude.store.history('claude:a@shop:t/one')))
      await gpt.store.append([record])
    const result = gpt.mesh.query('ucxl://any:any@shop:any/**')
    const hits = await collect(result)
    expect(paths(hits)).toEqual(['three', 'two', 'one'])
    expect(hits.map(({ sources }) => sources)).toEqual([
      ['local'],
      [claude.mesh.peerId],
      ['local', claude.mesh.peerId],
    ])
    expect(result.report).toMatchObject({ asked: [claude.mesh.peerId], failed: [], more: false })
  })

  test('of several patterns gives the matches of the most specific one first', async () => {
    const one = await node(1)
    await write(one, 'claude:a@shop:t/plan', 'claude:a@shop:t/notes', 'gpt:a@shop:t/other')
    const hits = await collect(
      one.mesh.query(['ucxl://any:any@any:any/**', 'ucxl://claude:any@shop:any/plan']),
    )
    expect(paths(hits)).toEqual(['plan', 'other', 'notes'])
  })

  test('reaches a holder that is not connected, by its facet', async () => {
    const middle = await node(1)
    const holder = await node(2, middle)
    await write(holder, 'claude:a@shop:t/plan')
    const far = await node(3, middle)
    await until(
      'the facet is known',
      async () => (await providers(far, { agent: 'claude' })).length > 0,
    )
    expect(paths(await collect(far.mesh.query('ucxl://claude:any@any:any/**')))).toEqual(['plan'])
  })

  test('ends at its limit and says so, and goes over many pages', async () => {
    const one = await node(1)
    const other = await node(2, one)
    const address = (number: number): string =>
      `ucxl://claude:a@shop:t/${`${number}`.padStart(5, '0')}`
    const numbers = Array.from({ length: 1234 }, (_, number) => number)
    await one.store.putAll(numbers.map((n) => ({ address: address(n), content: bytes(`${n}`) })))
    const some = other.mesh.query('ucxl://any:any@shop:any/**', { limit: 700 })
    expect(await collect(some)).toHaveLength(700)
    expect(some.report.more).toBe(true)
    const all = other.mesh.query('ucxl://any:any@shop:any/**', { limit: 5000 })
    expect(new Set(paths(await collect(all))).size).toBe(1234)
    expect(all.report.more).toBe(false)
  })

  test('says who did not answer in time, and gives what the others have', async () => {
    const one = await node(1)
    const slow = await node(2, one)
    await write(one, 'claude:a@shop:t/plan')
    slow.store.page = async () => new Promise(() => {})
    const result = one.mesh.query('ucxl://any:any@shop:any/**', { timeoutMs: 100 })
    expect(paths(await collect(result))).toEqual(['plan'])
    expect(result.report.failed).toMatchObject([
      { peer: slow.mesh.peerId, error: { code: 'ERR_DHT_TIMEOUT' } },
    ])
  })

  test('alone gives what is here, and says that nobody could be asked', async () => {
    const one = await node(1)
    await write(one, 'claude:a@shop:t/plan')
    const result = one.mesh.query('ucxl://any:any@shop:any/**')
    expect(await collect(result)).toHaveLength(1)
    expect(result.report.searchError).toMatchObject({ code: 'ERR_DHT_UNREACHABLE' })
  })

  test('is refused where it is malformed, aborted, or the node has left', async () => {
    const one = await node(1)
    expect(() => one.mesh.query('nothing')).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^ERR_ADDRESS_/) }),
    )
    const reason = new Error('enough')
    const result = one.mesh.query('ucxl://any:any@a:any/**', { signal: AbortSignal.abort(reason) })
    await expect(collect(result)).rejects.toBe(reason)
    await one.mesh.stop()
    expect(() => one.mesh.query('ucxl://any:any@a:any/**')).toThrow(
      expect.objectContaining({ code: 'ERR_MESH_CLOSED' }),
    )
  })
})
