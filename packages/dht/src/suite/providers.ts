import assert from 'node:assert/strict'
import { collect, key, required, type ConformanceCase, type On } from './harness.ts'

// Kademlia's buckets hold 8 or 20, and some implementations stop a search at that many.
const MANY = 10

/** Providers: who holds what a key names. */
export function providerCases(on: On): ConformanceCase[] {
  return [
    {
      name: 'every provider is found, once; a key without providers has none, and that is no error',
      run: on(4, async ([first, second, , reader], { ids }) => {
        const found = async (): Promise<string[]> =>
          (await collect(required(reader).findProviders(key))).map(({ id }) => id).toSorted()
        assert.deepEqual(await found(), [])
        assert.ok((await required(first).provide(key)).stored >= 1)
        assert.deepEqual(await found(), [ids[0]])
        await required(second).provide(key)
        await required(second).provide(key)
        assert.deepEqual(await found(), ids.slice(0, 2).toSorted())
        assert.deepEqual(await collect(required(reader).findProviders('/conformance/other')), [])
      }),
    },
    {
      name: 'more providers than a bucket holds are all found, by nodes that know some and by others',
      run: on(MANY + 2, async (nodes, { ids }) => {
        for (const node of nodes.slice(0, MANY)) await node.provide(key)
        for (const reader of [nodes[0], nodes[MANY], nodes[MANY + 1]]) {
          const found = (await collect(required(reader).findProviders(key))).map(({ id }) => id)
          assert.deepEqual(found.toSorted(), ids.slice(0, MANY).toSorted())
        }
      }),
    },
    {
      name: 'a search for providers can be left early',
      run: on(3, async ([first, second, reader]) => {
        await required(first).provide(key)
        await required(second).provide(key)
        for await (const provider of required(reader).findProviders(key)) {
          assert.notEqual(provider.id, '')
          break
        }
      }),
    },
  ]
}
