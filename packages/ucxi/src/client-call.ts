import type { CallOptions, RetryOptions, UcxiClientInit } from './client-types.ts'
import { UcxiError } from './errors.ts'
import { problemIn } from './problem-error.ts'
import type { Route } from './routes.ts'

const DEFAULT_TIMEOUT_MS = 30_000
const DEFAULT_RETRY: RetryOptions = { attempts: 5, firstMs: 100, maxMs: 10_000 }

/** One call, ready to be sent, again if need be. */
export interface Call {
  readonly route: Route
  readonly input: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, string>>
  /** Gives the body, anew each time. */
  readonly body?: () => NonNullable<RequestInit['body']>
  /** False where the body can be sent once only. */
  readonly repeatable?: boolean
}

/** Sends calls, and tries again what failed and may be. */
export interface Caller {
  send(call: Call, options?: CallOptions): Promise<Response>
  /** How long to wait before try number `attempt` (from 1), in milliseconds. */
  wait(attempt: number, signal: AbortSignal, atLeastMs?: number): Promise<void>
  readonly retry: RetryOptions
}

export function createCaller(init: UcxiClientInit): Caller {
  const { fetch: send = fetch, random = Math.random, sleep = defaultSleep } = init
  const retry = { ...DEFAULT_RETRY, ...init.retry }
  const base = init.url.replace(/\/+$/, '')

  const wait: Caller['wait'] = async (attempt, signal, atLeastMs = 0) => {
    const longest = Math.min(retry.maxMs, retry.firstMs * 2 ** (attempt - 1))
    const spread = longest / 2 + (random() * longest) / 2
    await sleep(Math.max(spread, Math.min(atLeastMs, retry.maxMs)), signal)
  }

  const headersOf = async (headers: Call['headers']): Promise<Record<string, string>> => {
    const token = typeof init.token === 'function' ? await init.token() : init.token
    return { ...headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) }
  }

  /** One try. Undefined stands for: try again. */
  const tryOnce = async (
    call: Call,
    { signal, last }: { readonly signal: AbortSignal; readonly last: boolean },
  ): Promise<Response | { readonly againInMs: number }> => {
    const body = call.body?.()
    let response: Response
    try {
      response = await send(`${base}${pathOf(call)}`, {
        method: call.route.method,
        headers: await headersOf(call.headers),
        signal,
        ...(body === undefined ? {} : { body, duplex: 'half' }),
      })
    } catch (cause) {
      signal.throwIfAborted()
      if (!last && mayRepeat(call)) return { againInMs: 0 }
      throw new UcxiError('ERR_UCXI_CONNECTION', `Cannot reach ${base}: is a node running there?`, {
        cause,
      })
    }
    if (response.ok) return response
    const after = response.headers.get('retry-after')
    // Refused before anything was done, and told when to come back.
    if (!last && call.repeatable !== false && after !== null && /^\d{1,6}$/.test(after)) {
      await response.body?.cancel()
      return { againInMs: Number(after) * 1000 }
    }
    throw await problemIn(response)
  }

  return {
    retry,
    wait,
    send: async (call, { signal, timeoutMs = init.timeoutMs ?? DEFAULT_TIMEOUT_MS } = {}) => {
      signal?.throwIfAborted()
      const deadline = new AbortController()
      const timer = setTimeout(() => {
        deadline.abort(
          new UcxiError('ERR_UCXI_DEADLINE', `Expected an answer within ${timeoutMs} milliseconds`),
        )
      }, timeoutMs)
      const both = signal ? AbortSignal.any([signal, deadline.signal]) : deadline.signal
      try {
        for (let attempt = 1; ; attempt++) {
          const tried = await tryOnce(call, { signal: both, last: attempt >= retry.attempts })
          if (!('againInMs' in tried)) return tried
          await wait(attempt, both, tried.againInMs)
        }
      } finally {
        clearTimeout(timer)
      }
    },
  }
}

/** What changes nothing when it is done twice, or is known by its key the second time. */
function mayRepeat({ route, headers, repeatable = true }: Call): boolean {
  return repeatable && (route.idempotent || headers?.['idempotency-key'] !== undefined)
}

/** Puts each field where its operation wants it, but for what is a body or a header. */
function pathOf({ route, input }: Call): string {
  const search = new URLSearchParams()
  let { path } = route
  for (const [field, value] of Object.entries(input)) {
    if (value === undefined) continue
    const place = route.places[field]
    if (place === 'path') path = path.replace(`{${field}}`, () => inPath(textOf(value)))
    if (place !== 'query') continue
    for (const one of Array.isArray(value) ? value : [value]) search.append(field, textOf(one))
  }
  const query = search.toString()
  return query === '' ? path : `${path}?${query}`
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** An address as a path: `^` is not for URLs, and its own query and fragment are not sent. */
function inPath(address: string): string {
  return address
    .replace(/^ucxl:\/\//i, '')
    .replace(/[?#].*$/s, '')
    .replaceAll('^', '%5E')
}

async function defaultSleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  await new Promise<void>((resume, stop) => {
    const ended = (): void => {
      clearTimeout(timer)
      stop(signal.reason as Error)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', ended)
      resume()
    }, milliseconds)
    signal.addEventListener('abort', ended, { once: true })
  })
}
