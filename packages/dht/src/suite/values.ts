import assert from 'node:assert/strict'
import {
  bytes,
  key,
  rejects,
  required,
  text,
  type ConformanceCase,
  type ConformanceSupports,
  type On,
} from './harness.ts'

/** Values: what is put, found, replaced and refused. */
export function valueCases(on: On, supports: ConformanceSupports): ConformanceCase[] {
  const { refusesRollback = true } = supports
  return [
    {
      name: 'a value that one node put is found by another, and both say how many took part',
      run: on(3, async ([writer, , reader]) => {
        const receipt = await required(writer).putValue(key, bytes('1:hello'))
        assert.deepEqual(receipt, { stored: 2, refused: 0, unreachable: 0 })
        const found = await required(reader).getValue(key)
        assert.equal(text(found.value), '1:hello')
        assert.equal(found.answered, 2, 'both other nodes were asked, and answered')
        assert.deepEqual(found.invalid, [])
      }),
    },
    {
      name: 'a key that nobody put is not found',
      run: on(3, async ([reader]) => {
        await rejects(required(reader).getValue(key), 'ERR_DHT_NOT_FOUND')
      }),
    },
    {
      name: 'a better value replaces the one that stands',
      run: on(3, async ([first, second, reader]) => {
        await required(first).putValue(key, bytes('1:old'))
        await required(second).putValue(key, bytes('2:new'))
        const { value } = await required(reader).getValue(key)
        assert.equal(text(value), '2:new')
      }),
    },
    {
      name: 'a worse value is refused by those who hold the better one',
      ...(refusesRollback ? {} : { skip: 'the implementation does not refuse rollbacks' }),
      run: on(3, async ([first, second, reader]) => {
        await required(first).putValue(key, bytes('2:new'))
        await rejects(required(second).putValue(key, bytes('1:old')), 'ERR_DHT_REFUSED')
        const { value } = await required(reader).getValue(key)
        assert.equal(text(value), '2:new')
      }),
    },
    {
      name: 'putting the same value again is fine',
      run: on(2, async ([writer, reader]) => {
        await required(writer).putValue(key, bytes('1:a'))
        assert.equal((await required(writer).putValue(key, bytes('1:a'))).stored, 1)
        assert.equal(text((await required(reader).getValue(key)).value), '1:a')
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
          assert.equal(text(found.value), '1:abc')
          found.value.fill(0)
          assert.equal(text((await node.getValue(key)).value), '1:abc')
        }
      }),
    },
    {
      name: 'sixty-four puts at once all arrive everywhere, and none disturbs another',
      run: on(3, async ([writer, , reader]) => {
        const keys = Array.from({ length: 64 }, (_, number) => `/conformance/${number}`)
        const receipts = await Promise.all(
          keys.map((each, number) => required(writer).putValue(each, bytes(`1:${number}`))),
        )
        assert.deepEqual(
          receipts.map(({ stored }) => stored),
          keys.map(() => 2),
        )
        const found = await Promise.all(keys.map((each) => required(reader).getValue(each)))
        assert.deepEqual(
          found.map(({ value }) => text(value)),
          keys.map((_, number) => `1:${number}`),
        )
      }),
    },
    {
      name: 'a quorum of one is answered with a value',
      run: on(3, async ([writer, , reader]) => {
        await required(writer).putValue(key, bytes('1:a'))
        const { value } = await required(reader).getValue(key, { quorum: 1 })
        assert.equal(text(value), '1:a')
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
