import type { Clock, Random } from '@bzzz/bot-framework'
import type { Identity } from '@bzzz/identity'
import type { RetryInit } from './retry.ts'
import type { InputOf, OutputOf, Routes } from './route.ts'
import type { Transport } from './transport.ts'

export type BreakerState = 'closed' | 'open' | 'half-open'

export interface BreakerInit {
  /** After how many failures in a row it opens. 5 if left out. */
  readonly failures?: number
  /** How long it then lets nothing through, in milliseconds. 10,000 if left out. */
  readonly openMs?: number
}

export interface ClientInit {
  readonly transport: Transport
  readonly clock: Clock
  /** Chance, for the waits between attempts. */
  readonly random: Random
  /** Whose key signs; without it operations that are signed cannot be called. */
  readonly identity?: Identity
  /** The operator's token, or the key of the interface. */
  readonly token?: string
  /** The next number of an operation that is signed: at least the milliseconds of the clock if left out. */
  readonly nonce?: () => number
  /** How long a call may take with all its attempts, in milliseconds. 10,000 if left out. */
  readonly timeoutMs?: number
  readonly retry?: RetryInit
  readonly breaker?: BreakerInit
}

export interface CallOptions {
  readonly signal?: AbortSignal
  /** That of the client if left out. */
  readonly timeoutMs?: number
}

/** An input that can be left out where there is nothing in it. */
type Arguments<I> = object extends I
  ? [input?: I, options?: CallOptions]
  : [input: I, options?: CallOptions]

/** A function for each route, by its name. */
export type Calls<T extends Routes> = {
  readonly [N in keyof T]: (...args: Arguments<InputOf<T[N]>>) => Promise<OutputOf<T[N]>>
}

/** What a client says of itself. */
export interface ClientState {
  readonly breaker: BreakerState
  /** Requests that were sent, all attempts counted. */
  readonly requests: number
  /** Attempts beyond the first of a call. */
  readonly retries: number
}

/** A network's client: a function for each route, under `call`. */
export interface Client<T extends Routes> {
  /**
   * @throws `ERR_ADNET_INPUT` for what the table does not allow, without asking; what the network said:
   * `ERR_ADNET_UNAUTHORIZED`, `_NOT_FOUND`, `_CONFLICT`, `_RATE_LIMITED`, `_REFUSED`, `_UNAVAILABLE`; and
   * `ERR_ADNET_UNREACHABLE`, `_TIMEOUT`, `_BREAKER`, `_TOO_LARGE`, `_RESPONSE`; the reason of the signal.
   */
  readonly call: Calls<T>
  readonly state: ClientState
}
