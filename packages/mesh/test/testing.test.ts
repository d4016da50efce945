import { generateIdentity, identityFromSeed } from '@bzzz/identity'
import { afterEach, expect, test } from 'vitest'
import { createMemoryStore } from '@bzzz/context-store'
import type { Mesh } from '../src/index.ts'
import {
  createGullibleMesh,
  dhtKeyOf,
  encodeManifest,
  signManifest,
  startStranger,
  type Stranger,
} from '../src/testing.ts'
import { participant, stopAll } from './participants.ts'

const KEY = dhtKeyOf('claude@shop')
const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
  await stopAll()
})

const stranger = async (): Promise<Stranger> => {
  const made = await startStranger({ identity: identityFromSeed(new Uint8Array(32).fill(9)) })
  ends.push(async () => made.stop())
  return made
}
const gullible = async (): Promise<Mesh> => {
  const identity = generateIdentity()
  const store = createMemoryStore({ writer: identity })
  const mesh = await createGullibleMesh({ identity, store })
  ends.push(
    async () => store.close(),
    async () => mesh.stop(),
  )
  return mesh
}
const sound = async (): Promise<Mesh> => (await participant(1)).mesh
const told = { signal: AbortSignal.timeout(60_000) }
const manifest = (collection: string, sequence: number): Uint8Array =>
  encodeManifest(signManifest({ collection, sequence, heads: [], now: 0 }, generateIdentity()))

test('a stranger hears what a node holds, and says what it takes', async () => {
  const [at = ''] = (await sound()).addresses
  const node = await stranger()
  expect(await node.valueAt(at, { key: KEY, ...told })).toBeUndefined()
  const value = manifest('claude@shop', 2)
  expect(await node.putValue(at, { key: KEY, value, ...told })).toBe(true)
  expect(await node.valueAt(at, { key: KEY, ...told })).toEqual(value)
  expect(await node.provide(at, { keys: ['one', 'two'], ...told })).toBe(2)
  expect(await node.providersAt(at, { key: 'two', ...told })).toEqual([node.peerId])
  expect(await node.providersAt(at, { key: 'three', ...told })).toEqual([])
  expect(await node.hello(at, told)).toBe(true)
})

const lies: [string, Uint8Array][] = [
  ['of another collection', manifest('gpt@shop', 3)],
  ['that is older', manifest('claude@shop', 1)],
  ['that is nothing', new Uint8Array(5000)],
]
test.each(lies)('a manifest %s is refused, but for a gullible node', async (_what, value) => {
  const node = await stranger()
  const [at = ''] = (await sound()).addresses
  const first = manifest('claude@shop', 2)
  await node.putValue(at, { key: KEY, value: first, ...told })
  expect(await node.putValue(at, { key: KEY, value, ...told })).toBe(false)
  expect(await node.valueAt(at, { key: KEY, ...told })).toEqual(first)
  const [naive = ''] = (await gullible()).addresses
  await node.putValue(naive, { key: KEY, value: first, ...told })
  expect(await node.putValue(naive, { key: KEY, value, ...told })).toBe(true)
  expect(await node.valueAt(naive, { key: KEY, ...told })).toEqual(value)
})

test('of one peer a node keeps 5,000 provider entries, and a gullible one all', async () => {
  const node = await stranger()
  const keys = Array.from({ length: 5010 }, (_, place) => `${place}`)
  const [at = '', naive = ''] = [(await sound()).addresses[0], (await gullible()).addresses[0]]
  await node.provide(at, { keys, ...told })
  expect(await node.providersAt(at, { key: '4999', ...told })).toEqual([node.peerId])
  expect(await node.providersAt(at, { key: '5000', ...told })).toEqual([])
  await node.provide(naive, { keys, ...told })
  expect(await node.providersAt(naive, { key: '5009', ...told })).toEqual([node.peerId])
})
