import assert from 'node:assert/strict'
import type { Dht, DhtCallOptions } from '../dht.ts'
import {
  bytes,
  collect,
  ends,
  key,
  rejects,
  required,
  type ConformanceCase,
  type On,
} from './harness.ts'

/** Each of the four calls, on a node. */
function everyCall(node: Dht, options?: DhtCallOptions): (() => Promise<unknown>)[] {
  return [
    () => node.putValue(key, bytes('1:a'), options),
    () => node.getValue(key, options),
    () => node.provide(key, options),
    () => collect(node.findProviders(key, options)),
  ]
}

/** How calls end: nobody there, a signal, a deadline, a closed node. */
export function callCases(on: On): ConformanceCase[] {
  return [
    {
      name: 'a node alone says that nobody answered, not that nothing exists',
      run: on(1, async ([alone]) => {
        for (const call of everyCall(required(alone), { timeoutMs: 2_000 })) {
          await rejects(call(), 'ERR_DHT_UNREACHABLE')
        }
      }),
    },
    {
      name: 'a signal that is aborted already rejects with its reason, and nothing is sent',
      run: on(2, async ([node, other]) => {
        const reason = new Error('not wanted any more')
        for (const call of everyCall(required(node), { signal: AbortSignal.abort(reason) })) {
          await assert.rejects(call(), (error: unknown) => error === reason)
        }
        await rejects(required(other).getValue(key), 'ERR_DHT_NOT_FOUND')
      }),
    },
    {
      name: 'a signal that aborts in the middle of a call ends it with its reason, unless it is done',
      run: on(3, async ([node]) => {
        const reason = new Error('not wanted any more')
        for (const index of [0, 1, 2, 3]) {
          const stop = new AbortController()
          const call = required(everyCall(required(node), { signal: stop.signal })[index])
          const ended = errorOf(call())
          stop.abort(reason)
          const error = await ended
          // A call that finds nothing may be over before it can be aborted.
          if (error !== undefined && codeOf(error) !== 'ERR_DHT_NOT_FOUND') {
            assert.equal(error, reason)
          }
        }
      }),
    },
    {
      name: 'a call that is given no time ends at once, done or with a timeout',
      run: on(3, async ([node]) => {
        for (const call of everyCall(required(node), { timeoutMs: 0 })) {
          const error = await errorOf(call())
          if (error === undefined || codeOf(error) === 'ERR_DHT_NOT_FOUND') continue
          assert.equal(codeOf(error), 'ERR_DHT_TIMEOUT')
        }
      }),
    },
    {
      name: 'after it is closed every call says so, and closing again is fine',
      run: on(2, async ([node]) => {
        await required(node).close()
        await required(node).close()
        for (const call of everyCall(required(node))) await rejects(call(), 'ERR_DHT_CLOSED')
      }),
    },
  ]
}

/** What a call failed of; undefined where it did not. */
async function errorOf(call: Promise<unknown>): Promise<unknown> {
  return ends(call).then(
    () => undefined,
    (error: unknown) => error,
  )
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | undefined)?.code
}
