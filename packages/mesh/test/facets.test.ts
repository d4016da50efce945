import type { Dht, Provider } from '@bzzz/dht'
import { expect, test } from 'vitest'
import { assertFacetKey, facetKeyOf, facetKeysOf, findMembers } from '../src/facets.ts'
import { systemSchedule } from '../src/timing.ts'
import type { PeerClients } from '../src/peer-clients.ts'
import { collect } from './collect.ts'

const provider = (id: string): Provider => ({ id, addresses: [`/ip4/127.0.0.1/tcp/1/p2p/${id}`] })

test('the keys of a timeline are those of its project and its agent', () => {
  expect(facetKeysOf('claude:architect@shop:checkout/plan.md')).toEqual([
    facetKeyOf({ project: 'shop' }),
    facetKeyOf({ agent: 'claude' }),
  ])
  expect(() => assertFacetKey(facetKeyOf({ agent: 'claude' }))).not.toThrow()
  expect(() => assertFacetKey('/ucxl/abc')).toThrow(
    expect.objectContaining({ code: 'ERR_MESH_PROTOCOL' }),
  )
})

test('a DHT answer is cut short: those that it names and that are connected are asked whom they know', async () => {
  const asked: string[] = []
  const knows: Record<string, string[]> = { seed: ['a', 'b', 'me'], neighbour: ['b', 'c'] }
  const dht = {
    async *findProviders() {
      yield provider('seed')
      yield provider('silent')
    },
  } as unknown as Dht
  const clients = {
    to: async (peer: string) => {
      asked.push(peer)
      if (peer === 'silent') throw new Error('gone')
      return { providers: async () => (knows[peer] ?? []).map(provider) }
    },
  } as unknown as PeerClients
  const from = { dht, clients, self: 'me', peers: ['neighbour'], schedule: systemSchedule }
  const found = await collect(findMembers({ project: 'shop' }, from, {}))
  expect(found.map(({ id }) => id).toSorted()).toEqual(['a', 'b', 'c', 'seed', 'silent'])
  expect(asked.toSorted()).toEqual(['neighbour', 'seed', 'silent'])
})
