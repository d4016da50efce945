import { describe, expect, test } from 'vitest'
import { dhtConformance } from '../src/conformance.ts'
import type {
  DhtCallOptions,
  DhtError,
  FoundValue,
  GetOptions,
  Provider,
  Receipt,
} from '../src/index.ts'
import { TableDht, tableNetwork, tableSupports } from './table-dht.ts'

describe('the least that conforms', () => {
  for (const { name, run } of dhtConformance(tableNetwork(), tableSupports)) test(name, run)
})

/** The names of the cases that an implementation fails. */
async function failures(Node: typeof TableDht): Promise<string[]> {
  const failed: string[] = []
  for (const { name, run } of dhtConformance(tableNetwork(Node), tableSupports))
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
        for (const node of this.all) node.keep(key, value)
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
      'a call to a node that does not answer ends at its deadline, and not long after',
      'a call that waits for a silent node ends with the reason of its signal',
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
    expect(await failures(Stutterer)).toContain(
      'every provider is found, once; a key without providers has none, and that is no error',
    )
  })

  test('a get that invents a value', async () => {
    class Inventor extends TableDht {
      override async getValue(key: string, options?: GetOptions): Promise<FoundValue> {
        return super
          .getValue(key, options)
          .catch(() => ({ value: Uint8Array.of(49, 58), answered: 1, invalid: [] }))
      }
    }
    expect(await failures(Inventor)).toContain('a key that nobody put is not found')
  })

  test('a value that is believed although it breaks the rules', async () => {
    class Credulous extends TableDht {
      override async getValue(key: string, options?: GetOptions): Promise<FoundValue> {
        const found = await super.getValue(key, options)
        const planted = this.all[1]!.values.get(key)!.value
        return { ...found, value: Uint8Array.from(planted) }
      }
    }
    expect(await failures(Credulous)).toContain(
      'an invalid answer is not believed, and it is said who gave it and why',
    )
  })

  test('an invalid answer that nobody hears of', async () => {
    class Discreet extends TableDht {
      override async getValue(key: string, options?: GetOptions): Promise<FoundValue> {
        const found = await super.getValue(key, options).catch((error: unknown) => {
          throw Object.assign(error as DhtError, { invalid: [] })
        })
        return { ...found, invalid: [] }
      }
    }
    expect(await failures(Discreet)).toEqual([
      'an invalid answer is not believed, and it is said who gave it and why',
      'where all that was answered is invalid, nothing is found, and the error says from whom',
    ])
  })

  test('a search that stops at as many providers as a bucket holds', async () => {
    class Short extends TableDht {
      override async *findProviders(
        key: string,
        options?: DhtCallOptions,
      ): AsyncIterable<Provider> {
        let left = 8
        for await (const provider of super.findProviders(key, options)) {
          if (left-- > 0) yield provider
        }
      }
    }
    expect(await failures(Short)).toEqual([
      'more providers than a bucket holds are all found, by nodes that know some and by others',
    ])
  })

  test('a value that never ends', async () => {
    class Eternal extends TableDht {
      override standing(key: string): Uint8Array | undefined {
        return this.values.get(key)?.value
      }
    }
    expect(await failures(Eternal)).toEqual([
      'values and providers count for their time and no longer, and a new put gives new time',
    ])
  })
})
