import { describe, expect, test } from 'vitest'
import { conformanceRules, dhtConformance, type DhtNetwork } from '../src/conformance.ts'
import {
  createHybridDht,
  type Dht,
  type Difference,
  type Provider,
  type RuleBook,
} from '../src/index.ts'
import { TableDht, tableNetwork, tableSupports } from './table-dht.ts'

const rules: RuleBook = { conformance: conformanceRules }
const KEY = '/conformance/key'
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (value: Uint8Array): string => new TextDecoder().decode(value)

async function collect(source: AsyncIterable<Provider>): Promise<Provider[]> {
  const found: Provider[] = []
  for await (const provider of source) found.push(provider)
  return found
}

/** Two networks of tables, node for node one composite. */
async function hybridNetwork(count: number, book: RuleBook): Promise<DhtNetwork> {
  const [one, other] = [await tableNetwork()(count, book), await tableNetwork()(count, book)]
  return {
    nodes: one.nodes.map((node, number) => createHybridDht(node, other.nodes[number]!)),
    ids: one.ids,
    plant: async (...planted) => {
      await one.plant(...planted)
      await other.plant(...planted)
    },
    stall: (node) => {
      one.stall(node)
      other.stall(node)
    },
    elapse: async (ms) => {
      await one.elapse(ms)
      await other.elapse(ms)
    },
    close: async () => {},
  }
}

describe('a composite', () => {
  for (const { name, run } of dhtConformance(hybridNetwork, tableSupports)) test(name, run)
})

describe('a composite of unlike sides', () => {
  const sides = async (counts: readonly [number, number] = [3, 3]) => {
    const first = await tableNetwork()(counts[0], rules)
    const second = await tableNetwork()(counts[1], rules)
    const differences: Difference[] = []
    const make = (onDifference?: (difference: Difference) => void): Dht =>
      createHybridDht(first.nodes[0]!, second.nodes[0]!, {
        patienceMs: 5,
        ...(onDifference ? { onDifference } : {}),
      })
    return {
      first,
      second,
      dht: make(),
      heard: make((each) => differences.push(each)),
      differences,
    }
  }

  test('gives the value of the first side, and of the second where the first has none', async () => {
    const { first, second, dht } = await sides()
    await second.nodes[1]!.putValue(KEY, bytes('1:second'))
    expect(text((await dht.getValue(KEY)).value)).toBe('1:second')
    await first.nodes[1]!.putValue(KEY, bytes('1:first'))
    expect(text((await dht.getValue(KEY)).value)).toBe('1:first')
  })

  test('does not wait for a first side that is silent', async () => {
    const { first, second, dht } = await sides()
    await second.nodes[1]!.putValue(KEY, bytes('1:second'))
    first.stall(1)
    expect(text((await dht.getValue(KEY)).value)).toBe('1:second')
  })

  test('asks the second side at once where the first one fails', async () => {
    const { first, second } = await sides()
    const [one, other] = [first.nodes[0]!, second.nodes[0]!]
    const patient = createHybridDht(one, other, { patienceMs: 60_000 })
    await second.nodes[1]!.putValue(KEY, bytes('1:second'))
    expect(text((await patient.getValue(KEY, { timeoutMs: 5_000 })).value)).toBe('1:second')
  })

  test('believes no invalid value of the first side', async () => {
    const { first, second, dht } = await sides()
    await second.nodes[1]!.putValue(KEY, bytes('1:second'))
    await first.plant(1, KEY, bytes('nonsense'))
    expect(text((await dht.getValue(KEY)).value)).toBe('1:second')
  })

  test('puts to both, and is told what the first side says', async () => {
    const { first, second, dht } = await sides([3, 4])
    expect((await dht.putValue(KEY, bytes('1:a'))).stored).toBe(2)
    for (const network of [first, second]) {
      expect(text((await network.nodes[1]!.getValue(KEY)).value)).toBe('1:a')
    }
    await first.nodes[1]!.putValue(KEY, bytes('3:better'))
    await expect(dht.putValue(KEY, bytes('2:b'))).rejects.toMatchObject({ code: 'ERR_DHT_REFUSED' })
  })

  test('goes on with the second side where nobody on the first one answers', async () => {
    const { dht } = await sides([1, 3])
    expect(await dht.putValue(KEY, bytes('1:a'))).toEqual({ stored: 2, refused: 0, unreachable: 0 })
    expect((await dht.provide(KEY)).stored).toBe(2)
    expect(text((await dht.getValue(KEY)).value)).toBe('1:a')
    expect(await collect(dht.findProviders(KEY))).toHaveLength(1)
    // The second side answers that it has none; the first one could not be asked.
    const other = '/conformance/other'
    await expect(dht.getValue(other)).rejects.toMatchObject({
      code: 'ERR_DHT_UNREACHABLE',
      cause: { code: 'ERR_DHT_NOT_FOUND' },
    })
    await expect(collect(dht.findProviders(other))).rejects.toMatchObject({
      code: 'ERR_DHT_UNREACHABLE',
    })
  })

  test('finds the providers of both sides, each once', async () => {
    const { first, second, dht } = await sides()
    await first.nodes[1]!.provide(KEY)
    await second.nodes[1]!.provide(KEY)
    await second.nodes[2]!.provide(KEY)
    const ids = (await collect(dht.findProviders(KEY))).map(({ id }) => id)
    expect(ids.toSorted()).toEqual(['node-1', 'node-2'])
  })

  test('tells where the sides differ, and only there', async () => {
    const { first, second, heard, differences } = await sides()
    await heard.putValue(KEY, bytes('1:a'))
    await heard.getValue(KEY)
    await expect(heard.getValue('/conformance/none')).rejects.toMatchObject({
      code: 'ERR_DHT_NOT_FOUND',
    })
    expect(differences).toEqual([])
    await second.nodes[1]!.putValue(KEY, bytes('2:newer'))
    expect(text((await heard.getValue(KEY)).value)).toBe('1:a')
    expect(differences).toMatchObject([{ call: 'getValue', key: KEY }])
    await first.nodes[1]!.putValue('/conformance/one', bytes('1:a'))
    await heard.getValue('/conformance/one')
    expect(differences[1]).toMatchObject({ second: { reason: { code: 'ERR_DHT_NOT_FOUND' } } })
  })

  test('can do what both can', async () => {
    class Simple extends TableDht {
      override get supports() {
        return { refusesRollback: false, persistence: true }
      }
    }
    const simple = new Simple('simple', rules, [])
    const table = new TableDht('table', rules, [])
    expect(createHybridDht(table, simple).supports).toEqual({
      refusesRollback: false,
      persistence: true,
    })
  })
})
