import { sleep, type Clock } from '@bzzz/bot-framework'
import { BreakerError, createBreaker, type Breaker } from '@bzzz/circuit-breaker'
import { z } from 'zod'
import { refusalOf, textOf } from './answer.ts'
import type { CallOptions, Calls, Client, ClientInit, ClientState } from './client.ts'
import { sign, type Network } from './envelope.ts'
import { AdnetError } from './errors.ts'
import { orAborted } from './or-aborted.ts'
import { isOutage, mayRetry, waitOf } from './retry.ts'
import type { Route, Routes } from './route.ts'
import type { TransportRequest } from './transport.ts'

/** A client of a network by its table of routes. */
export function createClient<T extends Routes>(
  network: Network,
  routes: T,
  init: ClientInit,
): Client<T> {
  const caller = new Caller(network, init)
  const call = Object.fromEntries(
    Object.entries(routes).map(([name, route]) => [
      name,
      async (input: Readonly<Record<string, unknown>> = {}, options: CallOptions = {}) =>
        caller.call(name, route, input, options),
    ]),
  )
  return {
    call: call as unknown as Calls<T>,
    get state() {
      return caller.state
    },
  }
}

/** What the network did with a request. */
type Outcome = { readonly output: unknown } | { readonly error: AdnetError }

type Draft = Omit<TransportRequest, 'signal'>

class Caller {
  readonly #network: Network
  readonly #init: ClientInit
  readonly #clock: Clock
  readonly #breaker: Breaker<Outcome>
  #nonce = 0
  #requests = 0
  #retries = 0

  constructor(network: Network, init: ClientInit) {
    this.#network = network
    this.#init = init
    this.#clock = init.clock
    const { failures = 5, openMs: waitMs = 10_000 } = init.breaker ?? {}
    this.#breaker = createBreaker({
      failures,
      waitMs,
      now: () => init.clock.now(),
      isOutage: (outcome) => 'error' in outcome && isOutage(outcome.error),
    })
  }

  get state(): ClientState {
    return {
      breaker: this.#breaker.state().state,
      requests: this.#requests,
      retries: this.#retries,
    }
  }

  async call(
    name: string,
    route: Route,
    input: Readonly<Record<string, unknown>>,
    options: CallOptions,
  ): Promise<unknown> {
    const { signal } = options
    signal?.throwIfAborted()
    const draft = this.#draft(name, route, input)
    const timeoutMs = options.timeoutMs ?? this.#init.timeoutMs ?? 10_000
    const end = new AbortController()
    const onAbort = (): void => end.abort(signal?.reason)
    signal?.addEventListener('abort', onAbort, { once: true })
    const cancel = this.#clock.schedule(timeoutMs, () =>
      end.abort(new AdnetError('ERR_ADNET_TIMEOUT', `${name} took over ${timeoutMs} ms`)),
    )
    try {
      return await this.#attempts(route, draft, end.signal, this.#clock.now() + timeoutMs)
    } finally {
      cancel()
      signal?.removeEventListener('abort', onAbort)
    }
  }

  async #attempts(route: Route, draft: Draft, signal: AbortSignal, end: number): Promise<unknown> {
    const { retry = {}, random } = this.#init
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(route, draft, signal)
      } catch (error) {
        const isLast = attempt >= (retry.attempts ?? 3)
        if (isLast || signal.aborted || !mayRetry(error, route.isSafe)) throw error
        const wait = waitOf(attempt, error, retry, () => random.next())
        // What would be too late is not waited for: its error says more than a deadline.
        if (this.#clock.now() + wait >= end) throw error
        await sleep(this.#clock, wait, { signal })
        this.#retries++
      }
    }
  }

  async #attempt(route: Route, draft: Draft, signal: AbortSignal): Promise<unknown> {
    const outcome = await this.#breaker
      .run(async () => this.#request(route, draft, signal))
      .catch((error: unknown) => {
        throw BreakerError.is(error) ? spared(error) : error
      })
    if ('error' in outcome) throw outcome.error
    return outcome.output
  }

  /** @throws what says nothing about the network: its caller gave up. */
  async #request(route: Route, draft: Draft, signal: AbortSignal): Promise<Outcome> {
    this.#requests++
    try {
      const { response, text } = await orAborted(this.#exchange(draft, signal), signal)
      if (response.status !== 200) throw refusalOf(response, text)
      return { output: read(route, text) }
    } catch (error) {
      if (AdnetError.is(error)) return { error }
      throw error
    }
  }

  async #exchange(draft: Draft, signal: AbortSignal) {
    const response = await this.#init.transport({ ...draft, signal })
    return { response, text: await textOf(response) }
  }

  #draft(name: string, route: Route, input: Readonly<Record<string, unknown>>): Draft {
    const { names } = route
    const [params, rest] = split(input, names)
    const place = encode(name, route.params, params)
    const path = names.reduce(
      (text, key) => text.replace(`:${key}`, encodeURIComponent(String(place[key]))),
      route.path,
    )
    const { token } = this.#init
    const headers: Record<string, string> = { accept: 'application/json' }
    if (token !== undefined) headers['authorization'] = `Bearer ${token}`
    if (!route.body) {
      const query = Object.entries(encode(name, route.query, rest))
      const text = String(
        new URLSearchParams(Object.fromEntries(query.map(([key, value]) => [key, String(value)]))),
      )
      return { method: 'GET', path: text === '' ? path : `${path}?${text}`, headers }
    }
    headers['content-type'] = 'application/json'
    const body = encode(name, route.body, rest)
    const whole =
      route.access === 'signature'
        ? { ...body, auth: this.#sign(name, { ...place, ...body }) }
        : body
    return { method: 'POST', path, headers, body: JSON.stringify(whole) }
  }

  #sign(operation: string, input: Readonly<Record<string, unknown>>) {
    const { identity } = this.#init
    if (!identity) {
      throw new AdnetError('ERR_ADNET_INPUT', `${operation} is signed: give the client an identity`)
    }
    this.#nonce = this.#init.nonce?.() ?? Math.max(this.#nonce + 1, Math.floor(this.#clock.now()))
    return sign(identity, { network: this.#network, operation, nonce: this.#nonce, input })
  }
}

function spared(cause: BreakerError): AdnetError {
  return new AdnetError(
    'ERR_ADNET_BREAKER',
    'The network failed again and again: no call is made for a while',
    { cause, retryAfterMs: cause.waitMs },
  )
}

function read(route: Route, text: string): unknown {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw unexpected(route, 'what is no JSON', cause)
  }
  const result = route.response.safeParse(json)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw unexpected(route, `${issue?.path.join('.') || 'it'}: ${issue?.message}`, result.error)
}

function unexpected(route: Route, what: string, cause: unknown): AdnetError {
  return new AdnetError(
    'ERR_ADNET_RESPONSE',
    `${route.method} ${route.path} answered otherwise than its table says, by ${what}`,
    { cause, status: 200 },
  )
}

function encode(name: string, schema: z.ZodType, value: unknown): Record<string, unknown> {
  const result = z.safeEncode(schema, value)
  if (result.success) return result.data as Record<string, unknown>
  const reasons = result.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`)
  throw new AdnetError('ERR_ADNET_INPUT', `${name}: ${reasons.join('; ')}`, { cause: result.error })
}

function split(
  input: Readonly<Record<string, unknown>>,
  names: readonly string[],
): [Record<string, unknown>, Record<string, unknown>] {
  const entries = Object.entries(input).filter(([, value]) => value !== undefined)
  const isIn = ([name]: readonly [string, unknown]): boolean => names.includes(name)
  return [
    Object.fromEntries(entries.filter(isIn)),
    Object.fromEntries(entries.filter((entry) => !isIn(entry))),
  ]
}
