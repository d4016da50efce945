import { createMemoryStore, type ContextStore } from '@bzzz/context-store'
import { identityFromSeed } from '@bzzz/identity'
import { afterEach, describe, expect, test } from 'vitest'
import { createMesh, type Mesh, type MeshEvent, type MeshInit } from '../src/index.ts'
import { until } from './network.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (content: Uint8Array): string => new TextDecoder().decode(content)
const KEY = 'writer:architect@shop:checkout/plan.md'
const ADDRESS = `ucxl://${KEY.replace('/', '/*^/')}`
const at = (temporal: string): string => `ucxl://${KEY.replace('/', `/${temporal}/`)}`
const START = Date.UTC(2025, 7, 1)

interface Participant {
  readonly mesh: Mesh
  readonly store: ContextStore
  readonly events: MeshEvent[]
}

const running: Participant[] = []
const clock = { now: START }

/** A node of the mesh; `serving` replaces what it hands out to others. */
async function participant(
  number: number,
  {
    serving = (store) => store,
    ...init
  }: Partial<MeshInit> & { serving?: (store: ContextStore) => ContextStore } = {},
): Promise<Participant> {
  const identity = identityFromSeed(new Uint8Array(32).fill(number))
  const now = (): number => clock.now
  const store = createMemoryStore({ writer: identity, now })
  const events: MeshEvent[] = []
  const onEvent = (event: MeshEvent): void => void events.push(event)
  const mesh = await createMesh({ identity, store: serving(store), now, onEvent, ...init })
  const all = { mesh, store, events }
  running.push(all)
  return all
}

/** The timers of the system, but that what was written is not announced unasked, after 100 ms. */
function neverByItself(run: () => void, ms: number): () => void {
  if (ms === 100) return () => {}
  const timer = setTimeout(run, ms)
  return () => clearTimeout(timer)
}

/** A writer with three versions, announced, and a reader that joined it. */
async function pair(
  serving?: (store: ContextStore) => ContextStore,
  init: Partial<MeshInit> = {},
): Promise<[Participant, Participant]> {
  const writer = await participant(1, serving ? { serving, ...init } : init)
  const reader = await participant(2)
  for (const word of ['one', 'two', 'three']) {
    await writer.store.put({ address: ADDRESS, content: bytes(word) })
    clock.now += 60_000
  }
  await reader.mesh.join(writer.mesh.addresses[0] ?? '')
  await writer.mesh.publish('writer@shop')
  return [writer, reader]
}

/** A store that hands out something else than it holds. */
function tampered(store: ContextStore, change: Partial<ContextStore>): ContextStore {
  return new Proxy(store, {
    get(target, name) {
      const value = (name in change ? change : target)[name as keyof ContextStore]
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

afterEach(async () => {
  clock.now = START
  for (const { mesh, store } of running.splice(0)) {
    await mesh.stop()
    await store.close()
  }
})

describe('two nodes', () => {
  test('one resolves an address that it never held, goes back in time, and keeps what it read', async () => {
    const [writer, reader] = await pair()
    const latest = await reader.mesh.get(ADDRESS)
    expect(text(latest.content)).toBe('three')
    expect(latest).toMatchObject({ source: writer.mesh.peerId, fresh: true })
    expect(text((await reader.mesh.get(at('*~1'))).content)).toBe('one')
    expect(text((await reader.mesh.get(at('2025-08-01T00:01:30Z'))).content)).toBe('two')
    await expect(reader.mesh.get(at('2025-07-31'))).rejects.toMatchObject({
      code: 'ERR_TEMPORAL_OUT_OF_RANGE',
    })
    expect(await reader.mesh.get(at('*~1'))).toMatchObject({ source: 'local' })
    expect((await reader.store.stats()).versions).toBe(3)
  })

  test('a manifest is found, and says whether what a provider gives fits it', async () => {
    const [writer, reader] = await pair(undefined, { schedule: neverByItself })
    const state = await reader.mesh.collection('writer@shop')
    expect(state).toMatchObject({ fits: true, provider: writer.mesh.peerId })
    expect(state.manifest).toMatchObject({ collection: 'writer@shop', sequence: 1, timelines: 1 })
    expect(state.heads.map(({ key, version }) => [key, version])).toEqual([[KEY, 3]])
    await writer.store.put({ address: ADDRESS, content: bytes('four') })
    expect(await reader.mesh.collection('writer@shop')).toMatchObject({ fits: false })
    const again = await writer.mesh.publish('writer@shop')
    expect(again.manifest.sequence).toBe(2)
    expect(await reader.mesh.collection('writer@shop')).toMatchObject({ fits: true })
    expect((await writer.mesh.publish('writer@shop')).manifest.sequence).toBe(2)
  })

  test('a collection that is published twice at once has one manifest after the other', async () => {
    const [writer, reader] = await pair()
    await writer.store.put({ address: ADDRESS, content: bytes('four') })
    const all = Promise.all([
      writer.mesh.publish('writer@shop'),
      writer.mesh.publish('writer@shop'),
    ])
    expect((await all).map(({ manifest }) => manifest.sequence)).toEqual([2, 2])
    expect(await reader.mesh.collection('writer@shop')).toMatchObject({ fits: true })
  })

  test('the newest version is asked for again once what is known is not fresh any more', async () => {
    const [writer, reader] = await pair()
    await reader.mesh.get(ADDRESS)
    await writer.store.put({ address: ADDRESS, content: bytes('four') })
    expect(text((await reader.mesh.get(ADDRESS)).content)).toBe('three')
    expect(text((await reader.mesh.get(ADDRESS, { consistency: 'latest' })).content)).toBe('four')
    await writer.store.put({ address: ADDRESS, content: bytes('five') })
    clock.now += 31_000
    expect(text((await reader.mesh.get(ADDRESS)).content)).toBe('five')
  })

  test('what a node wrote itself it never asks of others', async () => {
    const [writer] = await pair()
    const own = await writer.mesh.get(ADDRESS, { consistency: 'latest' })
    expect(own).toMatchObject({ source: 'local', fresh: true })
  })

  test('what was read stays readable when its writer is gone, and is marked as not fresh', async () => {
    const [writer, reader] = await pair()
    await reader.mesh.get(ADDRESS)
    await writer.mesh.stop()
    await until('the reader noticed', () => reader.mesh.peers().length === 0)
    clock.now += 31_000
    const version = await reader.mesh.get(ADDRESS)
    expect(text(version.content)).toBe('three')
    expect(version).toMatchObject({ source: 'local', fresh: false })
    await expect(reader.mesh.get(at('2024-01-01'))).rejects.toMatchObject({
      code: 'ERR_TEMPORAL_OUT_OF_RANGE',
    })
    await expect(reader.mesh.refresh(KEY)).rejects.toMatchObject({
      code: expect.stringMatching(/UNREACHABLE/),
    })
  })

  test('a content of several chunks arrives whole', async () => {
    const [writer, reader] = await pair()
    const large = Uint8Array.from({ length: 3_000_001 }, (_, place) => place % 251)
    await writer.store.put({
      address: 'ucxl://writer:architect@shop:checkout/large.bin',
      content: large,
    })
    const { content } = await reader.mesh.get('ucxl://writer:architect@shop:checkout/large.bin')
    expect(Buffer.compare(content, large)).toBe(0)
  })

  test('a hundred reads at once from a node not spoken with before all arrive', async () => {
    const [writer, reader] = [await participant(1), await participant(2)]
    await writer.mesh.join(reader.mesh.addresses[0] ?? '')
    const address = (number: number): string => `ucxl://writer:architect@shop:checkout/*^/${number}`
    const numbers = Array.from({ length: 100 }, (_, number) => number)
    await writer.store.putAll(
      numbers.map((number) => ({ address: address(number), content: bytes(`${number}`) })),
    )
    await writer.mesh.publish('writer@shop')
    const versions = await Promise.all(
      numbers.map(async (number) => reader.mesh.get(address(number))),
    )
    expect(versions.map(({ content }) => text(content))).toEqual(numbers.map(String))
  })

  test('a timeline longer than a page arrives whole', async () => {
    const [writer, reader] = await pair()
    const address = 'ucxl://writer:architect@shop:checkout/long.md'
    const writes = Array.from({ length: 1100 }, (_, number) => ({
      address,
      content: bytes(`${number}`),
    }))
    await writer.store.putAll(writes)
    expect((await reader.mesh.resolve(address)).record.version).toBe(1100)
  })

  test('what is announced before anyone is there is told to whoever joins', async () => {
    const writer = await participant(1)
    await writer.store.put({ address: ADDRESS, content: bytes('one') })
    writer.mesh.announce('writer@shop')
    const reader = await participant(2)
    await writer.mesh.join(reader.mesh.addresses[0] ?? '')
    await until('the announcement went out', () =>
      writer.events.some(({ type }) => type === 'announced'),
    )
    expect(text((await reader.mesh.get(ADDRESS)).content)).toBe('one')
  })

  test('a third node finds a collection through one that does not hold it', async () => {
    const [, middle] = await pair()
    const third = await participant(3)
    await third.mesh.join(middle.mesh.addresses[0] ?? '')
    await until('the third knows the first', async () => third.mesh.peers().length === 2)
    expect(text((await third.mesh.get(ADDRESS)).content)).toBe('three')
  })
})

describe('what cannot be had', () => {
  test('a context that nobody wrote in a collection that is there is not found', async () => {
    const [, reader] = await pair()
    await expect(
      reader.mesh.get('ucxl://writer:architect@shop:checkout/none.md'),
    ).rejects.toMatchObject({
      code: 'ERR_TEMPORAL_NOT_FOUND',
    })
  })

  test('a collection that nobody announced is not found', async () => {
    const [, reader] = await pair()
    await expect(reader.mesh.get('ucxl://nobody:b@c:d/x')).rejects.toMatchObject({
      code: 'ERR_MESH_NOT_FOUND',
    })
  })

  test('a node alone says that nobody answered', async () => {
    const { mesh } = await participant(1)
    await expect(mesh.get(ADDRESS)).rejects.toMatchObject({ code: 'ERR_DHT_UNREACHABLE' })
    await expect(mesh.publish('writer@shop')).rejects.toMatchObject({ code: 'ERR_DHT_UNREACHABLE' })
    await expect(mesh.get(ADDRESS, { consistency: 'local' })).rejects.toMatchObject({
      code: 'ERR_TEMPORAL_NOT_FOUND',
    })
  })

  test('an address where no node listens is unreachable', async () => {
    const { mesh } = await participant(1)
    await expect(mesh.join('/ip4/127.0.0.1/tcp/1')).rejects.toMatchObject({
      code: 'ERR_MESH_UNREACHABLE',
    })
    await expect(mesh.join('no address')).rejects.toMatchObject({ code: 'ERR_MESH_UNREACHABLE' })
  })

  test('a port in use is said plainly', async () => {
    const { mesh } = await participant(1)
    const listen = [/^(.*)\/p2p/.exec(mesh.addresses[0] ?? '')?.[1] ?? '']
    await expect(participant(2, { listen })).rejects.toMatchObject({
      code: 'ERR_MESH_LISTEN',
      message: expect.stringContaining('the port is in use'),
    })
  })

  test('malformed addresses, patterns, an aborted call and a node that has left have their codes', async () => {
    const { mesh } = await participant(1)
    await expect(mesh.get('ucxl://a:b@c')).rejects.toMatchObject({ code: 'ERR_ADDRESS_AUTHORITY' })
    await expect(mesh.get('ucxl://any:b@c:d/x')).rejects.toMatchObject({
      code: 'ERR_ADDRESS_PATTERN',
    })
    const reason = new Error('not wanted any more')
    await expect(mesh.get(ADDRESS, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    await mesh.stop()
    await mesh.stop()
    await expect(mesh.get(ADDRESS)).rejects.toMatchObject({ code: 'ERR_MESH_CLOSED' })
  })
})

describe('a node that hands out something else', () => {
  test('a record that was changed on the way is refused and told, and nothing is kept', async () => {
    const [writer, reader] = await pair((store) =>
      tampered(store, {
        async *history(key, options) {
          for await (const version of store.history(key, options)) {
            const { record } = version
            yield record.version === 2 ? { ...version, record: { ...record, size: 4 } } : version
          }
        },
      }),
    )
    await expect(reader.mesh.get(ADDRESS)).rejects.toMatchObject({
      code: 'ERR_MESH_UNTRUSTED',
      cause: { code: 'ERR_RECORD_SIGNATURE' },
    })
    expect(reader.events).toContainEqual(
      expect.objectContaining({ type: 'refused', peer: writer.mesh.peerId, key: KEY }),
    )
    expect(await reader.store.stats()).toMatchObject({ versions: 0, contents: 0 })
  })

  test('a timeline with a version left out is refused', async () => {
    const [, reader] = await pair((store) =>
      tampered(store, {
        async *history(key, options) {
          for await (const version of store.history(key, options)) {
            if (version.record.version !== 2) yield version
          }
        },
      }),
    )
    await expect(reader.mesh.get(ADDRESS)).rejects.toMatchObject({
      code: 'ERR_MESH_UNTRUSTED',
      cause: { code: 'ERR_RECORD_CHAIN' },
    })
    expect((await reader.store.stats()).versions).toBe(0)
  })

  test('records of another writer than the one of the manifest are refused', async () => {
    const impostor = createMemoryStore({
      writer: identityFromSeed(new Uint8Array(32).fill(9)),
      now: () => clock.now,
    })
    await impostor.put({ address: ADDRESS, content: bytes('forged') })
    const [, reader] = await pair((store) =>
      tampered(store, { history: (key, options) => impostor.history(key, options) }),
    )
    await expect(reader.mesh.get(ADDRESS)).rejects.toMatchObject({ code: 'ERR_MESH_UNTRUSTED' })
    expect((await reader.store.stats()).versions).toBe(0)
  })

  test('other bytes than those of the content id are refused', async () => {
    const [, reader] = await pair((store) =>
      tampered(store, { content: async () => bytes('other') }),
    )
    await expect(reader.mesh.get(ADDRESS)).rejects.toMatchObject({ code: 'ERR_MESH_UNTRUSTED' })
    expect((await reader.store.stats()).contents).toBe(0)
    await expect(reader.store.get(ADDRESS)).rejects.toMatchObject({
      code: 'ERR_STORE_CONTENT_MISSING',
    })
  })

  test('another node that holds the same is asked instead', async () => {
    const [writer, reader] = await pair((store) =>
      tampered(store, { content: async () => bytes('other') }),
    )
    const copy = await participant(3)
    for await (const { record } of writer.store.history(KEY)) {
      await copy.store.append([record])
      await copy.store.addContent(
        record.content ?? '',
        (await writer.store.content(record.content ?? ''))!,
      )
    }
    await copy.mesh.join(reader.mesh.addresses[0] ?? '')
    await copy.mesh.dht.provide(await dhtKey('writer@shop'))
    expect(text((await reader.mesh.get(ADDRESS)).content)).toBe('three')
  })

  test('a collection that another writer announced cannot be announced again', async () => {
    const [, reader] = await pair()
    await expect(reader.mesh.publish('writer@shop')).rejects.toMatchObject({
      code: 'ERR_MESH_MANIFEST',
    })
  })
})

async function dhtKey(collection: string): Promise<string> {
  const { dhtKeyOf } = await import('../src/manifest.ts')
  return dhtKeyOf(collection)
}
