import { createHybridDht, type Dht, type Provider } from '@bzzz/dht'
import { createMockNetwork } from '@bzzz/dht-mock'
import { identityFromSeed, peerIdOf } from '@bzzz/identity'
import { afterEach, describe, expect, test } from 'vitest'
import { dhtKeyOf } from '../src/manifest.ts'
import { until } from './network.ts'
import { join, participant, stopAll, write, type Participant } from './participants.ts'

const PLAN = 'claude:architect@shop:checkout/plan.md'
const ADDRESS = 'ucxl://claude:architect@shop:checkout/*^/plan.md'

afterEach(stopAll)

/** The same, but it names a provider last. */
function naming(dht: Dht, last: string): Dht {
  return {
    supports: dht.supports,
    putValue: async (...call) => dht.putValue(...call),
    getValue: async (...call) => dht.getValue(...call),
    provide: async (...call) => dht.provide(...call),
    close: async () => dht.close(),
    async *findProviders(...call) {
      const providers: Provider[] = []
      for await (const provider of dht.findProviders(...call)) providers.push(provider)
      yield* providers.toSorted((one, other) => Number(one.id === last) - Number(other.id === last))
    },
  }
}

describe('the DHT of a node', () => {
  test.each([
    ['simulated', (mock: Dht) => mock],
    ['real, with a simulated one behind it', (mock: Dht, own: Dht) => createHybridDht(own, mock)],
  ])('is %s, by configuration', async (_, choose) => {
    const network = createMockNetwork({ latency: 5, seed: 1 })
    const start = async (number: number): Promise<Participant> => {
      const { publicKey } = identityFromSeed(new Uint8Array(32).fill(number))
      const simulated = network.createNode({ id: peerIdOf(publicKey) })
      return participant(number, { dht: (own) => choose(simulated, own) })
    }
    const [writer, reader] = [await start(1), await start(2)]
    await join(reader, writer)
    await write(writer, PLAN, 'one')
    const { stored } = await writer.mesh.publish('claude@shop')
    expect(stored).toBe(1)
    const { content } = await reader.mesh.get(ADDRESS)
    expect(new TextDecoder().decode(content)).toBe('one')
    expect(network.search('/ucxl/*')).not.toEqual([])
  })

  test.each(['cached', 'latest'] as const)(
    'names eight first that only say that they hold it: the writer is not hidden (%s)',
    async (consistency) => {
      const writer = await participant(1)
      await write(writer, PLAN, 'one')
      for (let number = 10; number < 18; number++) {
        const falseOne = await participant(number)
        await join(falseOne, writer)
        await falseOne.mesh.dht.provide(dhtKeyOf('claude@shop'))
      }
      await writer.mesh.publish('claude@shop')
      const reader = await participant(3, { dht: (own) => naming(own, writer.mesh.peerId) })
      await join(reader, writer)
      const { content } = await reader.mesh.get(ADDRESS, { consistency })
      expect(new TextDecoder().decode(content)).toBe('one')
      const absent = reader.mesh.get(ADDRESS.replace('plan', 'none'), { consistency })
      await expect(absent).rejects.toThrow(
        expect.objectContaining({ code: 'ERR_TEMPORAL_NOT_FOUND' }) as Error,
      )
    },
  )

  test('names one that is behind first: where freshness matters two are asked', async () => {
    const [writer, behind, ahead] = [
      await participant(1),
      await participant(2),
      await participant(4),
    ]
    await join(behind, writer)
    await join(ahead, writer)
    const copy = async ({ mesh }: Participant): Promise<void> => {
      await mesh.get(ADDRESS, { consistency: 'latest' })
      await mesh.dht.provide(dhtKeyOf('claude@shop'))
    }
    await write(writer, PLAN, 'one')
    await writer.mesh.publish('claude@shop')
    await copy(behind)
    await write(writer, PLAN, 'two')
    await copy(ahead)
    const reader = await participant(3, { dht: (own) => naming(own, ahead.mesh.peerId) })
    await join(reader, behind)
    await join(reader, ahead)
    const read = async (consistency: 'cached' | 'latest') =>
      reader.mesh.get(ADDRESS, { consistency })
    const providers = async (): Promise<string[]> => {
      const ids: string[] = []
      for await (const { id } of reader.mesh.dht.findProviders(dhtKeyOf('claude@shop')))
        ids.push(id)
      return ids
    }
    await until('all provide it', async () => (await providers()).length === 3)
    // Else it would be asked first.
    await writer.mesh.stop()
    expect(await read('cached')).toMatchObject({ source: behind.mesh.peerId })
    const latest = await read('latest')
    expect(new TextDecoder().decode(latest.content)).toBe('two')
    expect(latest.source).toBe(ahead.mesh.peerId)
  })
})
