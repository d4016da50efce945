import { describe, expect, test } from 'vitest'
import { dhtConformance } from '../src/conformance.ts'
import type { DhtCallOptions, FoundValue, GetOptions, Provider, Receipt } from '../src/index.ts'
import { TableDht, tableNetwork } from './table-dht.ts'

describe('the least that conforms', () => {
  for (const { name, run } of dhtConformance(tableNetwork())) test(name, run)
})

/** The names of the cases that an implementation fails. */
async function failures(Node: typeof TableDht): Promise<string[]> {
  const failed: string[] = []
  for (const { name, run } of dhtConformance(tableNetwork(Node)))
    await run().catch(() => failed.push(name))
  return failed
}

describe('the suite sees', () => {
  test('a put that says more than is true', async () => {
    class Boaster extends TableDht {
      override async putValue(
        key: string,
        value: Uint8Array,
        options?: DhtCallOptions,
      ): Promise<Receipt> {
        return { ...(await super.putValue(key, value, options)), stored: 20 }
      }
    }
    expect(await failures(Boaster)).toContain(
      'a value that one node put is found by another, and both say how many took part',
    )
  })

  test('an older value that overwrites a newer one', async () => {
    class Forgetful extends TableDht {
      override async putValue(
        key: string,
        value: Uint8Array,
        options?: DhtCallOptions,
      ): Promise<Receipt> {
        for (const node of this.all) node.values.delete(key)
        return super.putValue(key, value, options)
      }
    }
    expect(await failures(Forgetful)).toEqual([
      'a worse value is refused by those who hold the better one',
    ])
  })

  test('values that are shared instead of copied', async () => {
    class Sharing extends TableDht {
      override async putValue(
        key: string,
        value: Uint8Array,
        options?: DhtCallOptions,
      ): Promise<Receipt> {
        const receipt = await super.putValue(key, value, options)
        for (const node of this.all) node.values.set(key, value)
        return receipt
      }
    }
    expect(await failures(Sharing)).toEqual([
      'a value does not change with the bytes it was made of or given as',
    ])
  })

  test('a network that is silent where nobody answers', async () => {
    class Silent extends TableDht {
      override others(): TableDht[] {
        return this.all.filter((node) => node !== this)
      }
    }
    expect(await failures(Silent)).toEqual([
      'a node alone says that nobody answered, not that nothing exists',
    ])
  })

  test('a signal that is not heeded, and a node that works on after it was closed', async () => {
    class Deaf extends TableDht {
      override async call<Result>(
        _options: DhtCallOptions | undefined,
        work: () => Promise<Result>,
      ): Promise<Result> {
        return work()
      }
    }
    expect(await failures(Deaf)).toEqual([
      'a signal that is aborted already rejects with its reason, and nothing is sent',
      'after it is closed every call says so, and closing again is fine',
    ])
  })

  test('a provider that is told twice', async () => {
    class Stutterer extends TableDht {
      override async *findProviders(
        key: string,
        options?: DhtCallOptions,
      ): AsyncIterable<Provider> {
        for await (const provider of super.findProviders(key, options)) yield* [provider, provider]
      }
    }
    expect(await failures(Stutterer)).toEqual([
      'every provider is found, once; a key without providers has none, and that is no error',
    ])
  })

  test('a get that invents a value', async () => {
    class Inventor extends TableDht {
      override async getValue(key: string, options?: GetOptions): Promise<FoundValue> {
        return super
          .getValue(key, options)
          .catch(() => ({ value: Uint8Array.of(49, 58), answered: 1 }))
      }
    }
    expect(await failures(Inventor)).toContain('a key that nobody put is not found')
  })
})
