import { setMaxListeners } from 'node:events'
import { hash } from 'node:crypto'
import {
  checkRecord,
  DhtError,
  withDeadline,
  type Dht,
  type DhtCallOptions,
  type FoundValue,
  type GetOptions,
  type InvalidAnswer,
  type Provider,
  type Receipt,
  type RuleBook,
} from '@bzzz/dht'
import type { QueryEvent, SingleKadDHT } from '@libp2p/kad-dht'
import { CID, type MultihashDigest } from 'multiformats/cid'
import { create as createDigest } from 'multiformats/hashes/digest'
import { Pool } from '../pool.ts'
import type { GuardDatastore } from './guard-datastore.ts'
import { receiptOf, tally, unreachable } from './receipt.ts'

const encoder = new TextEncoder()
// Puts under way. Each opens a stream to eight peers, which a busy one answers too late if there are
// many: such a replica is lost, though the peer is well.
const AT_ONCE = 16
const RAW = 0x55
const SHA2_256 = 0x12
// How long a connected peer may take to say that it speaks the DHT's protocol.
const INTRODUCTION_MS = 3000
// Providers that are taken of one answer: as many as a large mesh has, and no flood.
const MAX_ANSWERED = 1000
// What libp2p says of an answer that the validators refused, and all that it says.
const DISCARDED = 'invalid record received, discarded'

export interface KadInit {
  readonly kad: SingleKadDHT
  readonly values: GuardDatastore
  readonly rules: RuleBook
  /** True while any peer is connected, known to the DHT or not. */
  readonly isConnected: () => boolean
  /** Resolves when the DHT knows a peer. */
  readonly ready: (signal: AbortSignal) => Promise<void>
  /** Where a peer can be reached, as far as this node knows. */
  readonly addressesOf: (peer: string) => Promise<string[]>
  /** Told of each peer that answered a search or did not, unless the caller had enough of it. */
  readonly onPeer: (peer: string, answered: boolean) => void
  /** Ends the node under it. */
  readonly onClose: () => Promise<void>
}

/**
 * The DHT interface on libp2p's Kademlia. libp2p's own calls can hang, lose replicas or hide data
 * without an error, so each is made under a deadline, its events are counted, and values are checked
 * and chosen here.
 */
export class KadDht implements Dht {
  readonly supports = { refusesRollback: true, persistence: false } as const
  readonly #init: KadInit
  readonly #pool = new Pool(AT_ONCE)
  #open = true

  constructor(init: KadInit) {
    this.#init = init
  }

  async putValue(key: string, value: Uint8Array, options?: DhtCallOptions): Promise<Receipt> {
    const { kad, rules, values } = this.#init
    this.#assertOpen()
    const bytes = Uint8Array.from(value)
    return withDeadline(options, async (signal) => {
      // libp2p stores an invalid value here and sends it, and says nothing.
      const own = checkRecord(rules, key, bytes)
      await this.#somePeer(key, signal)
      const standing = values.value(key)
      if (standing && own.select(key, [standing, bytes]) !== 1 && Buffer.compare(standing, bytes)) {
        throw new DhtError('ERR_DHT_REFUSED', `A better value stands under ${key}`)
      }
      const put = (): AsyncIterable<QueryEvent> =>
        kad.put(encoder.encode(key), bytes, quiet(signal))
      return this.#pool.run(signal, async () =>
        receiptOf(await tally(this.#noting(put(), signal), 'PUT_VALUE'), key),
      )
    })
  }

  async getValue(key: string, options: GetOptions = {}): Promise<FoundValue> {
    const { kad, rules, values } = this.#init
    this.#assertOpen()
    return withDeadline(options, async (signal) => {
      const local = values.value(key)
      if (!local) await this.#somePeer(key, signal)
      const answered = new Set<string>()
      const invalid = new Map<string, InvalidAnswer>()
      const found: Uint8Array[] = local ? [local] : []
      const quorum = (options.quorum ?? Number.POSITIVE_INFINITY) + found.length
      const events = this.#hasPeers()
        ? this.#noting(kad.get(encoder.encode(key), quiet(signal)), signal)
        : []
      try {
        for await (const event of events) {
          if (event.name === 'QUERY_ERROR' && event.error.message === DISCARDED) {
            const from = event.from.toString()
            answered.add(from)
            invalid.set(from, { from, reason: `its value of ${key} breaks the rules` })
          }
          if (event.name !== 'PEER_RESPONSE') continue
          answered.add(event.from.toString())
          const value = event.record?.value
          if (value) found.push(Uint8Array.from(value))
          if (found.length >= quorum) break
        }
      } catch (error) {
        // `get` throws where one peer would not take a correction, although the value was found.
        if (found.length === 0 || signal.aborted) throw error
      }
      const [first] = found
      if (first) {
        const best = found[checkRecord(rules, key, first).select(key, found)] ?? first
        return { value: best, answered: answered.size, invalid: [...invalid.values()] }
      }
      if (answered.size > 0) {
        throw new DhtError(
          'ERR_DHT_NOT_FOUND',
          `None of ${answered.size} peers has a valid value for ${key}`,
          { invalid: [...invalid.values()] },
        )
      }
      throw unreachable(key)
    })
  }

  async provide(key: string, options?: DhtCallOptions): Promise<Receipt> {
    this.#assertOpen()
    return withDeadline(options, async (signal) => {
      await this.#somePeer(key, signal)
      const { kad } = this.#init
      const provide = (): AsyncIterable<QueryEvent> => kad.provide(cidOf(key), quiet(signal))
      return this.#pool.run(signal, async () =>
        receiptOf(await tally(this.#noting(provide(), signal), 'ADD_PROVIDER'), key),
      )
    })
  }

  async *findProviders(key: string, options?: DhtCallOptions): AsyncIterable<Provider> {
    this.#assertOpen()
    await withDeadline(options, async (signal) => this.#somePeer(key, signal))
    const stop = new AbortController()
    const signal = options?.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal
    const found = this.#init.kad.findProviders(cidOf(key), quiet(signal))
    const events = this.#noting(found, signal)
    const deadline = deadlineOf(options)
    const seen = new Set<string>()
    let answered = 0
    try {
      for (;;) {
        const next = await withDeadline(deadline(), () => events.next())
        if (next.done) break
        const event = next.value
        if (event.name === 'PEER_RESPONSE') answered++
        if (event.name !== 'PROVIDER') continue
        for (const { id, multiaddrs } of event.providers.slice(0, MAX_ANSWERED)) {
          const text = id.toString()
          if (seen.has(text)) continue
          seen.add(text)
          yield { id: text, addresses: multiaddrs.map((address) => address.toString()) }
        }
      }
    } finally {
      stop.abort()
    }
    // libp2p stops at as many as a bucket holds, and asks nobody where that many stand here.
    for (const provider of await this.knownProviders(key))
      if (!seen.has(provider.id)) yield provider
    if (answered === 0) throw unreachable(key)
  }

  /** Those that said to this node that they hold what a key names: nobody is asked. */
  async knownProviders(key: string): Promise<Provider[]> {
    const { values, addressesOf } = this.#init
    const ids = values.providers(keyOf(key))
    return Promise.all(ids.map(async (id) => ({ id, addresses: await addressesOf(id) })))
  }

  async close(): Promise<void> {
    if (!this.#open) return
    this.#open = false
    await this.#init.onClose()
  }

  async *#noting(
    events: AsyncIterable<QueryEvent>,
    signal: AbortSignal,
  ): AsyncGenerator<QueryEvent> {
    for await (const event of events) {
      const isInvalid = event.name === 'QUERY_ERROR' && event.error.message === DISCARDED
      if (event.name === 'PEER_RESPONSE') this.#init.onPeer(event.from.toString(), true)
      if (event.name === 'QUERY_ERROR' && !isInvalid && !signal.aborted)
        this.#init.onPeer(event.from.toString(), false)
      yield event
    }
  }

  #hasPeers(): boolean {
    return this.#init.kad.routingTable.size > 0
  }

  /**
   * Without a peer in its table a query of libp2p waits for the first one, however long that takes. A
   * peer that has just connected is waited for; with none there is nothing to wait for.
   */
  async #somePeer(key: string, signal: AbortSignal): Promise<void> {
    if (this.#hasPeers()) return
    if (!this.#init.isConnected()) throw unreachable(key)
    const soon = AbortSignal.timeout(INTRODUCTION_MS)
    try {
      await this.#init.ready(AbortSignal.any([signal, soon]))
    } catch (error) {
      if (soon.aborted) throw unreachable(key)
      throw error
    }
  }

  #assertOpen(): void {
    if (!this.#open) throw new DhtError('ERR_DHT_CLOSED', 'The node has left the network')
  }
}

/** What is left of a call's time, for each of the steps it is made of. */
function deadlineOf(options: DhtCallOptions = {}): () => DhtCallOptions {
  const end = performance.now() + (options.timeoutMs ?? 10_000)
  return () => ({ ...options, timeoutMs: Math.max(0, Math.ceil(end - performance.now())) })
}

/** Provider entries stand under CIDs: that of the key's text. */
function cidOf(key: string): CID {
  return CID.createV1(RAW, keyOf(key))
}

function keyOf(key: string): MultihashDigest {
  return createDigest(SHA2_256, hash('sha256', key, 'buffer'))
}

/** libp2p hangs a listener on the signal for each message: many are no leak. */
function quiet(signal: AbortSignal): { signal: AbortSignal } {
  setMaxListeners(0, signal)
  return { signal }
}
