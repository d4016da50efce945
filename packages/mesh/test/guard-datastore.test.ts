import { conformanceRules } from '@bzzz/dht/conformance'
import { Record as DhtRecord } from '@libp2p/kad-dht'
import { base32 } from 'multiformats/bases/base32'
import { beforeEach, describe, expect, test } from 'vitest'
import { GuardDatastore } from '../src/libp2p/guard-datastore.ts'

type Key = Parameters<GuardDatastore['put']>[0]

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
// All that the datastore asks of a key is its text.
const keyOf = (text: string): Key => ({ toString: () => text }) as Key
const place = (key: string): Key => keyOf(`/dht/record/${base32.baseEncode(bytes(key))}`)

let guard: GuardDatastore
const put = (key: string, value: string): unknown =>
  guard.put(place(key), new DhtRecord(bytes(key), bytes(value), new Date(0)).serialize().subarray())

beforeEach(() => {
  guard = new GuardDatastore({ conformance: conformanceRules }, { values: 2, providers: 2 })
})

describe('the datastore under the DHT', () => {
  test('keeps the better value, and refuses a worse one and one that breaks the rules', () => {
    put('/conformance/a', '2:new')
    put('/conformance/a', '2:new')
    expect(() => put('/conformance/a', '1:old')).toThrow(
      expect.objectContaining({ code: 'ERR_DHT_REFUSED' }),
    )
    expect(() => put('/conformance/a', 'nonsense')).toThrow(
      expect.objectContaining({ code: 'ERR_DHT_INVALID_RECORD' }),
    )
    expect(() => put('/elsewhere/a', '3:x')).toThrow(
      expect.objectContaining({ code: 'ERR_DHT_INVALID_RECORD' }),
    )
    expect(new TextDecoder().decode(guard.value('/conformance/a'))).toBe('2:new')
    expect(guard.value('/conformance/b')).toBeUndefined()
  })

  test('keeps no more values and providers than it may, and goes on with those it has', () => {
    put('/conformance/a', '1:x')
    put('/conformance/b', '1:x')
    expect(() => put('/conformance/c', '1:x')).toThrow(
      expect.objectContaining({ code: 'ERR_DHT_REFUSED' }),
    )
    put('/conformance/a', '2:x')
    void guard.delete(place('/conformance/b'))
    put('/conformance/c', '1:x')
    for (const name of ['x', 'y']) void guard.put(keyOf(`/dht/provider/${name}`), bytes('1'))
    const third = keyOf('/dht/provider/z')
    expect(() => guard.put(third, bytes('1'))).toThrow(
      expect.objectContaining({ code: 'ERR_DHT_REFUSED' }),
    )
    void guard.put(keyOf('/peers/anything'), bytes('1'))
  })

  test('keeps so many providers of one peer, tells of more, and has room for others', async () => {
    const told: string[] = []
    const onExcess = (peer: string): void => void told.push(peer)
    guard = new GuardDatastore({}, { providersOfPeer: 2, onExcess })
    const provide = (name: string): unknown => guard.put(keyOf(`/dht/provider/${name}`), bytes('1'))
    for (const name of ['x/one', 'y/one', 'y/one']) provide(name)
    expect(() => provide('z/one')).toThrow(expect.objectContaining({ code: 'ERR_DHT_REFUSED' }))
    expect(told).toEqual(['one'])
    provide('z/other')
    await guard.delete(keyOf('/dht/provider/x/one'))
    provide('z/one')
    expect(told).toEqual(['one'])
  })

  test('forgets the peers that were heard of least lately', () => {
    guard = new GuardDatastore({}, { peers: 2 })
    for (const name of ['a', 'b', 'a', 'c']) void guard.put(keyOf(`/peers/${name}`), bytes('1'))
    const kept = ['a', 'b', 'c'].filter((name) => guard.has(keyOf(`/peers/${name}`)) === true)
    expect(kept).toEqual(['a', 'c'])
  })
})
