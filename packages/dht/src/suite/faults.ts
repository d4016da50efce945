import assert from 'node:assert/strict'
import type { DhtError } from '../errors.ts'
import {
  bytes,
  collect,
  ends,
  key,
  rejects,
  required,
  text,
  type ConformanceCase,
  type ConformanceSupports,
  type On,
} from './harness.ts'

/** What a network does about nodes that are faulty or slow, and about old entries. */
export function faultCases(on: On, supports: ConformanceSupports): ConformanceCase[] {
  const { plants = false, stalls = false, validityMs } = supports
  const plantSkip = plants ? {} : { skip: 'no node can be made to hold what the rules forbid' }
  const stallSkip = stalls ? {} : { skip: 'no node can be made to fall silent' }
  return [
    {
      name: 'an invalid answer is not believed, and it is said who gave it and why',
      ...plantSkip,
      run: on(3, async ([writer, , reader], network) => {
        await required(writer).putValue(key, bytes('1:a'))
        await required(network.plant)(1, key, bytes('nonsense'))
        const { value, answered, invalid } = await required(reader).getValue(key)
        assert.equal(text(value), '1:a')
        assert.equal(answered, 2, 'who answers with something invalid answers')
        assert.deepEqual(
          invalid.map(({ from }) => from),
          [network.ids[1]],
        )
        assert.notEqual(invalid[0]?.reason, '')
      }),
    },
    {
      name: 'where all that was answered is invalid, nothing is found, and the error says from whom',
      ...plantSkip,
      run: on(3, async ([, , reader], network) => {
        await required(network.plant)(1, key, bytes('nonsense'))
        const error = await rejects(required(reader).getValue(key), 'ERR_DHT_NOT_FOUND')
        assert.deepEqual(
          (error as DhtError).invalid.map(({ from }) => from),
          [network.ids[1]],
        )
      }),
    },
    {
      name: 'a call to a node that does not answer ends at its deadline, and not long after',
      ...stallSkip,
      run: on(2, async ([node], network) => {
        required(network.stall)(1)
        const options = { timeoutMs: 200 }
        const calls: Promise<unknown>[] = [
          required(node).getValue(key, options),
          required(node).putValue(key, bytes('1:a'), options),
          required(node).provide(key, options),
          collect(required(node).findProviders(key, options)),
        ]
        await Promise.all(calls.map(async (call) => rejects(ends(call), 'ERR_DHT_TIMEOUT')))
      }),
    },
    {
      name: 'a call that waits for a silent node ends with the reason of its signal',
      ...stallSkip,
      run: on(2, async ([node], network) => {
        required(network.stall)(1)
        const stop = new AbortController()
        const reason = new Error('not wanted any more')
        const call = required(node).getValue(key, { signal: stop.signal })
        queueMicrotask(() => stop.abort(reason))
        await assert.rejects(ends(call), (error: unknown) => error === reason)
      }),
    },
    {
      name: 'values and providers count for their time and no longer, and a new put gives new time',
      ...(validityMs === undefined ? { skip: 'the clock of the network cannot be moved' } : {}),
      run: on(3, async ([writer, , reader], network) => {
        const validity = required(validityMs)
        const elapse = required(network.elapse)
        const found = async (): Promise<number> =>
          (await collect(required(reader).findProviders(key))).length
        await required(writer).putValue(key, bytes('1:a'))
        await required(writer).provide(key)
        await elapse(validity * 0.9)
        assert.equal(text((await required(reader).getValue(key)).value), '1:a')
        assert.equal(await found(), 1)
        await required(writer).putValue(key, bytes('1:a'))
        await required(writer).provide(key)
        await elapse(validity * 0.9)
        assert.equal(text((await required(reader).getValue(key)).value), '1:a')
        assert.equal(await found(), 1)
        await elapse(validity * 0.2)
        await rejects(required(reader).getValue(key), 'ERR_DHT_NOT_FOUND')
        assert.equal(await found(), 0)
      }),
    },
  ]
}
