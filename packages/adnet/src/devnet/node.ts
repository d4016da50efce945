import type { Clock } from '@bzzz/bot-framework'
import { z } from 'zod'
import { envelope, flawOf, type Envelope, type Network } from '../envelope.ts'
import type { Routes } from '../route.ts'
import type { Transport, TransportRequest, TransportResponse } from '../transport.ts'
import { digest } from './chain.ts'
import type { FaultDice } from './faults.ts'
import type { Caller } from './handlers.ts'
import { plausible } from './plausible.ts'
import { RateLimit } from './rate-limit.ts'
import { Refusal } from './refusal.ts'
import { Router, type Match } from './router.ts'
import type { ChainState } from './state.ts'
import type { Streams } from './streams.ts'

const MOST_BODY = 64 * 1024

export interface Limits {
  readonly perSecond: number
  readonly burst: number
}

export interface NodeInit {
  readonly network: Network
  readonly clock: Clock
  readonly state: ChainState
  readonly routes: Routes
  /** One for each route; their types are those of the table, see `Handlers`. */
  readonly handlers: Readonly<Record<string, (input: never, caller: Caller) => unknown>>
  readonly dice: FaultDice
  readonly operatorToken: string
  /** Keys without one of which nothing is answered; everybody may ask where it is left out. */
  readonly keys?: readonly string[]
  readonly limits?: Limits
  readonly streams?: Streams
}

type Json = Record<string, unknown>

/** One network's interface: finds the route, and checks who before what. */
export class DevnetNode {
  readonly #init: NodeInit
  readonly #router: Router
  readonly #limit: RateLimit | undefined
  readonly #nonces = new Map<string, number>()
  #operations = 0

  constructor(init: NodeInit) {
    this.#init = init
    this.#router = new Router(init.routes)
    this.#limit = init.limits && new RateLimit(init.limits.perSecond, init.limits.burst)
  }

  /** The way in without sockets. */
  readonly transport: Transport = async (request) => {
    request.signal.throwIfAborted()
    const [, version = 'v2', path = ''] =
      /^(?:\/(v1|v2)(?:\/devnet)?(?=\/))?(.*)$/.exec(request.path) ?? []
    try {
      const instead = await this.#init.dice.before(request.signal)
      if (instead === 'unavailable') throw new Refusal(503, 'Not now')
      const url = new URL(path, 'http://devnet')
      this.#admit(request)
      const stream =
        request.method === 'GET'
          ? this.#init.streams?.open(url.pathname, request.signal)
          : undefined
      if (typeof stream === 'string') throw new Refusal(400, stream)
      if (stream)
        return { status: 200, headers: { 'content-type': 'text/event-stream' }, body: stream }
      const text = this.#answer(request, url)
      return answer(200, 'application/json', instead === 'garbled' ? text.slice(0, -1) : text)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return this.#acceptedAnyway(request.method, path) ?? refused(error, version)
    }
  }

  /** What a node says that accepts everything: as if it had been done. */
  #acceptedAnyway(method: string, path: string): TransportResponse | undefined {
    const match =
      this.#init.dice.faults.acceptsEverything && this.#router.find(method, path.split('?')[0]!)
    if (!match || !('route' in match)) return undefined
    const output = plausible(match.route.response, digest('accepted', path, ++this.#operations))
    return answer(200, 'application/json', JSON.stringify(output))
  }

  #admit({ headers }: TransportRequest): void {
    const { clock, keys, operatorToken } = this.#init
    const given = headers['authorization'] ?? headers['x-forwarded-for'] ?? 'anybody'
    if (!this.#init.dice.faults.acceptsEverything) this.#limit?.take(given, clock.now())
    if (!keys) return
    const isKnown = [operatorToken, ...keys].some((key) => given === `Bearer ${key}`)
    if (!isKnown) throw new Refusal(401, 'A key is needed')
  }

  #answer(request: TransportRequest, url: URL): string {
    const match = this.#router.find(request.method, url.pathname)
    if (!match) throw new Refusal(404, 'There is no such route')
    if (!('route' in match)) throw new Refusal(405, `Only ${match.join(', ')}`)
    const { route, name } = match
    const { faults } = this.#init.dice
    if (route.access === 'token' && !faults.acceptsEverything) {
      const isOperator = request.headers['authorization'] === `Bearer ${this.#init.operatorToken}`
      if (!isOperator) throw new Refusal(401, 'The operator’s token is needed')
    }
    if (faults.refusesEverything && !route.isSafe) throw new Refusal(403, 'Nothing is taken')
    if (route.access === 'signature') return this.#signed(match, request)
    const rest = route.body ? bodyOf(request) : Object.fromEntries(url.searchParams)
    const input = decode(match, rest)
    const { network, state, clock } = this.#init
    const nonce = this.#operations + 1
    const transaction = route.isSafe ? '' : digest('operation', network, name, nonce)
    const output = this.#handle(name, input, { account: '', transaction, now: clock.now() })
    if (!route.isSafe) {
      // What the operator did is on record too.
      this.#operations = nonce
      const from = state.validators[0]!.address
      state.chain.add({
        id: transaction,
        kind: name,
        status: 'pending',
        from,
        nonce,
        height: null,
        reason: null,
        fields: rest,
      })
    }
    return JSON.stringify(z.encode(route.response, output))
  }

  #signed(match: Match, request: TransportRequest): string {
    const { network, clock, state } = this.#init
    const { auth, ...fields } = bodyOf(request)
    const { name, params, route } = match
    const raw = { ...params, ...fields }
    const given = this.#believed(auth, name, raw)
    const transaction = digest('transaction', network, name, JSON.stringify([given, raw]))
    const record = (reason: string | null): void => {
      const status = reason === null ? 'pending' : 'rejected'
      const { from, nonce } = given
      state.chain.add({
        id: transaction,
        kind: name,
        status,
        from,
        nonce,
        height: null,
        reason,
        fields: raw,
      })
    }
    try {
      const input = decode(match, fields)
      this.#takeNonce(given)
      const output = this.#handle(name, input, {
        account: given.from,
        transaction,
        now: clock.now(),
      })
      record(null)
      return JSON.stringify(z.encode(route.response, output))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      // What was signed and taken up is on record; what could not be read, or was sent before, is not.
      if (error.status !== 400 && !(error instanceof Replayed)) record(error.message)
      throw error
    }
  }

  #believed(auth: unknown, operation: string, input: Json): Envelope {
    const result = envelope.safeParse(auth)
    if (!result.success) throw new Refusal(401, 'A signature is needed, as auth')
    const { network, dice } = this.#init
    const flaw = flawOf(result.data, { network, operation, nonce: result.data.nonce, input })
    if (flaw !== undefined && !dice.faults.acceptsEverything)
      throw new Refusal(401, `Not believed: ${flaw}`)
    return result.data
  }

  /** It is used up, whatever becomes of the operation: what was refused today must not be replayed tomorrow. */
  #takeNonce({ from, nonce }: Envelope): void {
    const last = this.#nonces.get(from) ?? 0
    if (nonce <= last && !this.#init.dice.faults.acceptsEverything) {
      throw new Replayed(409, `The nonce must be above ${last}`)
    }
    this.#nonces.set(from, Math.max(last, nonce))
  }

  #handle(name: string, input: Json, caller: Caller): unknown {
    return this.#init.handlers[name]!(input as never, caller)
  }
}

class Replayed extends Refusal {}

function bodyOf({ body = '' }: TransportRequest): Json {
  if (Buffer.byteLength(body) > MOST_BODY)
    throw new Refusal(413, `A body has at most ${MOST_BODY} bytes`)
  try {
    const json: unknown = JSON.parse(body)
    if (json !== null && typeof json === 'object' && !Array.isArray(json)) return { ...json }
  } catch {
    // The same as for JSON that is no object.
  }
  throw new Refusal(400, 'The body must be a JSON object')
}

function decode({ route, params }: Match, rest: Json): Json {
  const place = route.params.safeParse(params)
  const found = (route.body ?? route.query).safeParse(rest)
  const error = place.error ?? found.error
  if (!error) return { ...(place.data as Json), ...found.data }
  const [issue] = error.issues
  throw new Refusal(400, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`)
}

function refused({ status, message, retryAfterMs }: Refusal, version: string): TransportResponse {
  // The first version says 500 and a text for everything.
  if (version === 'v1') return answer(500, 'text/plain', message)
  const after =
    retryAfterMs === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfterMs / 1_000)) }
  return answer(status, 'application/json', JSON.stringify({ message, chain: [] }), after)
}

function answer(
  status: number,
  type: string,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): TransportResponse {
  return { status, headers: { 'content-type': type, ...headers }, body: once(text) }
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}
