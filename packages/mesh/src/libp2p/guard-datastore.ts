import { checkRecord, DhtError, type RuleBook } from '@bzzz/dht'
import { Record as DhtRecord } from '@libp2p/kad-dht'
import { MemoryDatastore } from 'datastore-core'
import { base32 } from 'multiformats/bases/base32'

// Where kad-dht keeps values under its default prefix, the key in base32 behind it.
const RECORDS = '/dht/record/'
const PROVIDERS = '/dht/provider/'
// Where libp2p keeps what it knows of peers.
const PEERS = '/peers/'

const decoder = new TextDecoder()
const encoder = new TextEncoder()

/** How much of others a node keeps for the DHT: what is over it is refused. */
export interface GuardLimits {
  readonly values: number
  readonly providers: number
  /** Of those, the ones of one peer. */
  readonly providersOfPeer: number
  /** Peers whose addresses are kept: who was heard of least lately is forgotten first. */
  readonly peers: number
}

// Some 40 MiB of manifests at the most, and 10 MiB of peers.
const LIMITS: GuardLimits = {
  values: 10_000,
  providers: 50_000,
  providersOfPeer: 5000,
  peers: 10_000,
}

/**
 * The datastore under the DHT. kad-dht asks the validator before it stores a value and never the
 * selector (js-libp2p #3377), so that an older value would overwrite a newer one: here it is refused.
 */
export class GuardDatastore extends MemoryDatastore {
  readonly #rules: RuleBook
  readonly #values = new Map<string, Uint8Array>()

  readonly #limits: GuardLimits
  readonly #providers = new Set<string>()
  /** How many of the provider entries are a peer's. */
  readonly #ofPeer = new Map<string, number>()
  readonly #peers = new Map<string, Parameters<MemoryDatastore['put']>[0]>()
  readonly #onExcess: (peer: string) => void

  /** @param onExcess told of a peer that says that it holds more than is kept of one. */
  constructor(
    rules: RuleBook,
    {
      onExcess = () => {},
      ...limits
    }: Partial<GuardLimits & { onExcess: (peer: string) => void }> = {},
  ) {
    super()
    this.#rules = rules
    this.#limits = { ...LIMITS, ...limits }
    this.#onExcess = onExcess
  }

  override put(
    ...[key, value, options]: Parameters<MemoryDatastore['put']>
  ): ReturnType<MemoryDatastore['put']> {
    const place = key.toString()
    if (place.startsWith(RECORDS)) {
      const record = DhtRecord.deserialize(value)
      this.#assertNoWorse(record)
      assertRoom(this.#values, place, this.#limits.values)
      this.#values.set(place, record.value)
    }
    if (place.startsWith(PROVIDERS)) this.#addProvider(place)
    if (place.startsWith(PEERS)) {
      this.#peers.delete(place)
      this.#peers.set(place, key)
      const [oldest] = this.#peers.values()
      if (this.#peers.size > this.#limits.peers && oldest) void this.delete(oldest)
    }
    return super.put(key, value, options)
  }

  override delete(
    ...[key, options]: Parameters<MemoryDatastore['delete']>
  ): ReturnType<MemoryDatastore['delete']> {
    const place = key.toString()
    this.#values.delete(place)
    this.#peers.delete(place)
    if (this.#providers.delete(place)) {
      const peer = peerIn(place)
      const count = (this.#ofPeer.get(peer) ?? 1) - 1
      if (count > 0) this.#ofPeer.set(peer, count)
      else this.#ofPeer.delete(peer)
    }
    return super.delete(key, options)
  }

  /** The value that this node itself holds under a DHT key. The caller owns the bytes. */
  value(key: string): Uint8Array | undefined {
    const value = this.#values.get(`${RECORDS}${base32.baseEncode(encoder.encode(key))}`)
    return value && Uint8Array.from(value)
  }

  /** Ids of the peers that said to this node that they hold what a key names. */
  providers({ bytes }: { readonly bytes: Uint8Array }): string[] {
    const places = `${PROVIDERS}${base32.baseEncode(bytes)}/`
    return [...this.#providers.keys()]
      .filter((place) => place.startsWith(places))
      .map((place) => place.slice(places.length))
  }

  #addProvider(place: string): void {
    if (this.#providers.has(place)) return
    const peer = peerIn(place)
    const count = this.#ofPeer.get(peer) ?? 0
    if (count >= this.#limits.providersOfPeer) {
      this.#onExcess(peer)
      throw new DhtError('ERR_DHT_REFUSED', `This node keeps at most ${count} of these for a peer`)
    }
    assertRoom(this.#providers, place, this.#limits.providers)
    this.#providers.add(place)
    this.#ofPeer.set(peer, count + 1)
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

/** The peer that a provider entry is of. */
function peerIn(place: string): string {
  return place.slice(place.lastIndexOf('/') + 1)
}

function assertRoom(
  kept: { readonly size: number; has(place: string): boolean },
  place: string,
  limit: number,
): void {
  if (kept.size < limit || kept.has(place)) return
  throw new DhtError('ERR_DHT_REFUSED', `This node keeps at most ${limit} of these for others`)
}
