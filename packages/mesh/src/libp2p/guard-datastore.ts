import { checkRecord, DhtError, type RuleBook } from '@bzzz/dht'
import { Record as DhtRecord } from '@libp2p/kad-dht'
import { MemoryDatastore } from 'datastore-core'
import { base32 } from 'multiformats/bases/base32'

// Where kad-dht keeps values under its default prefix, the key in base32 behind it.
const RECORDS = '/dht/record/'

const decoder = new TextDecoder()
const encoder = new TextEncoder()

/**
 * The datastore under the DHT. kad-dht asks the validator before it stores a value and never the
 * selector (js-libp2p #3377), so that an older value would overwrite a newer one: here it is refused.
 */
export class GuardDatastore extends MemoryDatastore {
  readonly #rules: RuleBook
  readonly #values = new Map<string, Uint8Array>()

  constructor(rules: RuleBook) {
    super()
    this.#rules = rules
  }

  override put(
    ...[key, value, options]: Parameters<MemoryDatastore['put']>
  ): ReturnType<MemoryDatastore['put']> {
    const place = key.toString()
    if (place.startsWith(RECORDS)) {
      const record = DhtRecord.deserialize(value)
      this.#assertNoWorse(record)
      this.#values.set(place, record.value)
    }
    return super.put(key, value, options)
  }

  override delete(
    ...[key, options]: Parameters<MemoryDatastore['delete']>
  ): ReturnType<MemoryDatastore['delete']> {
    this.#values.delete(key.toString())
    return super.delete(key, options)
  }

  /** The value that this node itself holds under a DHT key. The caller owns the bytes. */
  value(key: string): Uint8Array | undefined {
    const value = this.#values.get(`${RECORDS}${base32.baseEncode(encoder.encode(key))}`)
    return value && Uint8Array.from(value)
  }

  #assertNoWorse(next: DhtRecord): void {
    const key = decoder.decode(next.key)
    const rules = checkRecord(this.#rules, key, next.value)
    const standing = this.value(key)
    if (!standing || Buffer.compare(standing, next.value) === 0) return
    if (rules.select(key, [standing, next.value]) !== 1) {
      throw new DhtError('ERR_DHT_REFUSED', `A better value stands under ${key}`)
    }
  }
}
