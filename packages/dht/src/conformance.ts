/**
 * The conformance suite of the DHT interface: every implementation runs it, the real one and mocks.
 *
 * ```ts
 * for (const { name, run, skip } of dhtConformance(setup)) test.skipIf(skip)(name, run)
 * ```
 *
 * @packageDocumentation
 */
import assert from 'node:assert/strict'
import type { Dht, RecordRules, RuleBook } from './dht.ts'
import type { DhtErrorCode } from './errors.ts'

/** A network under test. */
export interface DhtNetwork {
  /** Its nodes, each of which knows the others. */
  readonly nodes: readonly Dht[]
  /** Ends all nodes and whatever they hold. */
  close(): Promise<void>
}

/** Makes a network of that many nodes, all under these rules. */
export type DhtSetup = (nodes: number, rules: RuleBook) => Promise<DhtNetwork>

/** One case, for any test runner: `run` rejects where the implementation does not conform. */
export interface ConformanceCase {
  readonly name: string
  /** Why the case does not apply to this implementation. */
  readonly skip?: string
  readonly run: () => Promise<void>
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const bytes = (text: string): Uint8Array => encoder.encode(text)

/** Values are `number:text`; the higher number is the better one. */
export const conformanceRules: RecordRules = {
  maxBytes: 4096,
  validate(_key, value) {
    if (!/^\d+:/.test(decoder.decode(value))) throw new Error('expected number:text, such as 1:a')
  },
  select(_key, values) {
    const ranks = values.map((value) => Number.parseInt(decoder.decode(value), 10))
    return ranks.indexOf(Math.max(...ranks))
  },
}

/** The cases, for an implementation with these abilities. */
export function dhtConformance(
  setup: DhtSetup,
  supports: { readonly refusesRollback: boolean } = { refusesRollback: true },
): ConformanceCase[] {
  const key = '/conformance/key'
  const on = (count: number, body: (nodes: readonly Dht[]) => Promise<void>) => async () => {
    const network = await setup(count, { conformance: conformanceRules })
    try {
      await body(network.nodes)
    } finally {
      await network.close()
    }
  }
  return [
    {
      name: 'a value that one node put is found by another, and both say how many took part',
      run: on(3, async ([writer, , reader]) => {
        const receipt = await required(writer).putValue(key, bytes('1:hello'))
        assert.deepEqual(receipt, { stored: 2, refused: 0, unreachable: 0 })
        const found = await required(reader).getValue(key)
        assert.equal(decoder.decode(found.value), '1:hello')
        assert.ok(found.answered >= 1, 'at least one other node answered')
      }),
    },
    {
      name: 'a key that nobody put is not found',
      run: on(3, async ([reader]) => {
        await rejects(required(reader).getValue(key), 'ERR_DHT_NOT_FOUND')
      }),
    },
    {
      name: 'a node alone says that nobody answered, not that nothing exists',
      run: on(1, async ([alone]) => {
        const options = { timeoutMs: 2_000 }
        await rejects(required(alone).getValue(key, options), 'ERR_DHT_UNREACHABLE')
        await rejects(required(alone).putValue(key, bytes('1:a'), options), 'ERR_DHT_UNREACHABLE')
        await rejects(required(alone).provide(key, options), 'ERR_DHT_UNREACHABLE')
        await rejects(collect(required(alone).findProviders(key, options)), 'ERR_DHT_UNREACHABLE')
      }),
    },
    {
      name: 'a better value replaces the one that stands',
      run: on(3, async ([first, second, reader]) => {
        await required(first).putValue(key, bytes('1:old'))
        await required(second).putValue(key, bytes('2:new'))
        const { value } = await required(reader).getValue(key)
        assert.equal(decoder.decode(value), '2:new')
      }),
    },
    {
      name: 'a worse value is refused by those who hold the better one',
      ...(supports.refusesRollback ? {} : { skip: 'the implementation does not refuse rollbacks' }),
      run: on(3, async ([first, second, reader]) => {
        await required(first).putValue(key, bytes('2:new'))
        await rejects(required(second).putValue(key, bytes('1:old')), 'ERR_DHT_REFUSED')
        const { value } = await required(reader).getValue(key)
        assert.equal(decoder.decode(value), '2:new')
      }),
    },
    {
      name: 'putting the same value again is fine',
      run: on(2, async ([writer, reader]) => {
        await required(writer).putValue(key, bytes('1:a'))
        assert.equal((await required(writer).putValue(key, bytes('1:a'))).stored, 1)
        assert.equal(decoder.decode((await required(reader).getValue(key)).value), '1:a')
      }),
    },
    {
      name: 'a value that breaks the rules is refused before it is sent, and nothing is stored',
      run: on(2, async ([writer, reader]) => {
        await rejects(required(writer).putValue(key, bytes('nonsense')), 'ERR_DHT_INVALID_RECORD')
        await rejects(
          required(writer).putValue(key, bytes(`1:${'x'.repeat(4095)}`)),
          'ERR_DHT_TOO_LARGE',
        )
        for (const stranger of ['/elsewhere/key', 'no-namespace', '/__proto__/key', '']) {
          await rejects(required(writer).putValue(stranger, bytes('1:a')), 'ERR_DHT_INVALID_RECORD')
        }
        await rejects(required(reader).getValue(key), 'ERR_DHT_NOT_FOUND')
        await rejects(required(writer).getValue(key), 'ERR_DHT_NOT_FOUND')
      }),
    },
    {
      name: 'a value does not change with the bytes it was made of or given as',
      run: on(2, async ([writer, reader]) => {
        const value = bytes('1:abc')
        await required(writer).putValue(key, value)
        value.fill(0)
        for (const node of [required(reader), required(writer)]) {
          const found = await node.getValue(key)
          assert.equal(decoder.decode(found.value), '1:abc')
          found.value.fill(0)
          assert.equal(decoder.decode((await node.getValue(key)).value), '1:abc')
        }
      }),
    },
    {
      name: 'sixteen puts at once all arrive everywhere, and none disturbs another',
      run: on(3, async ([writer, , reader]) => {
        const keys = Array.from({ length: 16 }, (_, number) => `/conformance/${number}`)
        const receipts = await Promise.all(
          keys.map((each, number) => required(writer).putValue(each, bytes(`1:${number}`))),
        )
        assert.deepEqual(
          receipts.map(({ stored }) => stored),
          keys.map(() => 2),
        )
        const found = await Promise.all(keys.map((each) => required(reader).getValue(each)))
        assert.deepEqual(
          found.map(({ value }) => decoder.decode(value)),
          keys.map((_, number) => `1:${number}`),
        )
      }),
    },
    {
      name: 'a quorum of one is answered with a value',
      run: on(3, async ([writer, , reader]) => {
        await required(writer).putValue(key, bytes('1:a'))
        const { value } = await required(reader).getValue(key, { quorum: 1 })
        assert.equal(decoder.decode(value), '1:a')
      }),
    },
    {
      name: 'every provider is found, once; a key without providers has none, and that is no error',
      run: on(4, async ([first, second, , reader]) => {
        assert.deepEqual(await collect(required(reader).findProviders(key)), [])
        assert.ok((await required(first).provide(key)).stored >= 1)
        assert.equal((await collect(required(reader).findProviders(key))).length, 1)
        await required(second).provide(key)
        await required(second).provide(key)
        const ids = (await collect(required(reader).findProviders(key))).map(({ id }) => id)
        assert.equal(ids.length, 2)
        assert.equal(new Set(ids).size, 2)
        assert.deepEqual(await collect(required(reader).findProviders('/conformance/other')), [])
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
    {
      name: 'a signal that is aborted already rejects with its reason, and nothing is sent',
      run: on(2, async ([node, other]) => {
        const reason = new Error('not wanted any more')
        const options = { signal: AbortSignal.abort(reason) }
        const same = (error: unknown): boolean => error === reason
        await assert.rejects(required(node).putValue(key, bytes('1:a'), options), same)
        await assert.rejects(required(node).getValue(key, options), same)
        await assert.rejects(required(node).provide(key, options), same)
        await assert.rejects(collect(required(node).findProviders(key, options)), same)
        await rejects(required(other).getValue(key), 'ERR_DHT_NOT_FOUND')
      }),
    },
    {
      name: 'after it is closed every call says so, and closing again is fine',
      run: on(2, async ([node]) => {
        await required(node).close()
        await required(node).close()
        await rejects(required(node).putValue(key, bytes('1:a')), 'ERR_DHT_CLOSED')
        await rejects(required(node).getValue(key), 'ERR_DHT_CLOSED')
        await rejects(required(node).provide(key), 'ERR_DHT_CLOSED')
        await rejects(collect(required(node).findProviders(key)), 'ERR_DHT_CLOSED')
      }),
    },
    {
      name: 'two networks know nothing of one another',
      run: on(2, async ([writer]) => {
        await required(writer).putValue(key, bytes('1:a'))
        await on(2, async ([stranger]) => {
          await rejects(required(stranger).getValue(key), 'ERR_DHT_NOT_FOUND')
        })()
      }),
    },
  ]
}

function required<Value>(value: Value | undefined): Value {
  assert.ok(value !== undefined, 'the setup gave fewer nodes than were asked for')
  return value
}

async function collect<Value>(source: AsyncIterable<Value>): Promise<Value[]> {
  const values: Value[] = []
  for await (const value of source) values.push(value)
  return values
}

async function rejects(promise: Promise<unknown>, code: DhtErrorCode): Promise<void> {
  await assert.rejects(promise, (error: unknown) => {
    assert.equal((error as { code?: unknown } | undefined)?.code, code, String(error))
    return true
  })
}
