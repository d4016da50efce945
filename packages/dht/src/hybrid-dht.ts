import { withDeadline } from './deadline.ts'
import type { Dht, DhtCallOptions, FoundValue, GetOptions, Provider, Receipt } from './dht.ts'
import { DhtError } from './errors.ts'
import { mergeProviders } from './merge-providers.ts'

/** How a call ended on one of the two sides. */
export type Outcome =
  | { readonly status: 'fulfilled'; readonly value: Receipt | FoundValue }
  | { readonly status: 'rejected'; readonly reason: unknown }

/** Two sides that did not do the same: one failed, or failed otherwise, or they found other bytes. */
export interface Difference {
  readonly call: 'putValue' | 'getValue' | 'provide'
  readonly key: string
  readonly first: Outcome
  readonly second: Outcome
}

export interface HybridOptions {
  /**
   * Milliseconds that the first side is given before the second is asked for a value too; 1,000 if left
   * out. A first side that fails is not waited for.
   */
  readonly patienceMs?: number
  /**
   * Hears of each call on which the sides differ. With it a get always asks both sides and waits for
   * both; it must not throw.
   */
  readonly onDifference?: (difference: Difference) => void
}

/**
 * One DHT made of two, the first preferred: the real network with a simulated one behind it, or an old
 * and a new one side by side. Both should have the same rules, and know this node by the same id.
 *
 * Puts and provider entries go to both. What the first side says is what the caller is told, unless
 * nobody on it answered (`ERR_DHT_UNREACHABLE`, `ERR_DHT_TIMEOUT`, `ERR_DHT_CLOSED`) and the second
 * side did; the receipt is that of the side that is told. A value comes from the first side that has a
 * valid one. Providers are those of both. Where both sides fail, the first one's error is thrown, with
 * the second's as the cause where it has none of its own.
 */
export function createHybridDht(first: Dht, second: Dht, options: HybridOptions = {}): Dht {
  return new HybridDht(first, second, options)
}

const PATIENCE_MS = 1_000

class HybridDht implements Dht {
  readonly #first: Dht
  readonly #second: Dht
  readonly #options: HybridOptions
  #open = true

  constructor(first: Dht, second: Dht, options: HybridOptions) {
    this.#first = first
    this.#second = second
    this.#options = options
  }

  get supports() {
    const [first, second] = [this.#first.supports, this.#second.supports]
    return {
      refusesRollback: first.refusesRollback && second.refusesRollback,
      persistence: first.persistence || second.persistence,
    }
  }

  async putValue(key: string, value: Uint8Array, options?: DhtCallOptions): Promise<Receipt> {
    // Both sides copy before they wait, so that a caller may reuse its bytes at once.
    return this.#tellBoth('putValue', key, (side) => side.putValue(key, value, options))
  }

  async provide(key: string, options?: DhtCallOptions): Promise<Receipt> {
    return this.#tellBoth('provide', key, (side) => side.provide(key, options))
  }

  async getValue(key: string, options?: GetOptions): Promise<FoundValue> {
    this.#assertOpen()
    if (this.#options.onDifference) return this.#compare(key, options)
    return withDeadline(options, async (signal) => {
      const ask = async (side: Dht): Promise<FoundValue> =>
        side.getValue(key, { ...options, signal })
      const first = ask(this.#first)
      const second = this.#afterPatience(first, signal).then(async () => ask(this.#second))
      const failed = async (): Promise<never> => {
        throw both(await errorOf(first), await errorOf(second))
      }
      return Promise.any([first, second]).catch(failed)
    })
  }

  findProviders(key: string, options?: DhtCallOptions): AsyncIterable<Provider> {
    const sides = [this.#first, this.#second] as const
    return mergeProviders(() => this.#assertOpen(), sides, key, options)
  }

  async close(): Promise<void> {
    this.#open = false
    await Promise.all([this.#first.close(), this.#second.close()])
  }

  async #tellBoth(
    call: 'putValue' | 'provide',
    key: string,
    tell: (side: Dht) => Promise<Receipt>,
  ): Promise<Receipt> {
    this.#assertOpen()
    const [first, second] = await Promise.allSettled([tell(this.#first), tell(this.#second)])
    this.#report({ call, key, first, second })
    if (first.status === 'fulfilled') return first.value
    if (second.status === 'fulfilled' && isSilence(first.reason)) return second.value
    throw both(first.reason, second.status === 'rejected' ? second.reason : undefined)
  }

  async #compare(key: string, options?: GetOptions): Promise<FoundValue> {
    const [first, second] = await Promise.allSettled([
      this.#first.getValue(key, options),
      this.#second.getValue(key, options),
    ])
    this.#report({ call: 'getValue', key, first, second })
    if (first.status === 'fulfilled') return first.value
    if (second.status === 'fulfilled') return second.value
    throw both(first.reason, second.reason)
  }

  /** Resolves when the first side failed, or has had its time; never when it gave a value. */
  async #afterPatience(first: Promise<unknown>, signal: AbortSignal): Promise<void> {
    const over = Promise.withResolvers<void>()
    const timer = setTimeout(over.resolve, this.#options.patienceMs ?? PATIENCE_MS)
    const stop = (): void => clearTimeout(timer)
    signal.addEventListener('abort', stop, { once: true })
    first.then(stop, () => over.resolve())
    await over.promise
    stop()
    signal.removeEventListener('abort', stop)
  }

  #report(difference: Difference): void {
    if (differ(difference)) this.#options.onDifference?.(difference)
  }

  #assertOpen(): void {
    if (!this.#open) throw new DhtError('ERR_DHT_CLOSED', 'The node has left the network')
  }
}

/** True where nobody answered, so that nothing is known of what that side would have said. */
function isSilence(error: unknown): boolean {
  return ['ERR_DHT_UNREACHABLE', 'ERR_DHT_TIMEOUT', 'ERR_DHT_CLOSED'].includes(
    String(codeOf(error)),
  )
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | undefined)?.code
}

/** The first side's error, with the second's as its cause. */
function both(first: unknown, second: unknown): unknown {
  if (first instanceof Error && first.cause === undefined && first !== second && second) {
    first.cause = second
  }
  return first
}

async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  )
}

function differ({ first, second }: Difference): boolean {
  if (first.status === 'rejected' || second.status === 'rejected') {
    if (first.status !== second.status) return true
    const [one, other] = [first as PromiseRejectedResult, second as PromiseRejectedResult]
    return codeOf(one.reason) !== codeOf(other.reason)
  }
  const [one, other] = [first.value, second.value]
  return 'value' in one && 'value' in other && !sameBytes(one.value, other.value)
}

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index])
}
