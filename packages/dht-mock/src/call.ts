import { DEFAULT_TIMEOUT_MS, DhtError, type DhtCallOptions } from '@bzzz/dht'
import type { Host } from './host.ts'
import type { CallName, CallReport } from './stats.ts'
import type { World } from './world.ts'

/** What a call counts while it runs; it ends in a report. */
interface Tally {
  hops: number
  messages: number
  answered: number
  stored: number
}

/** A call while it runs. Once it has ended, `resolve` and `reject` do nothing. */
export interface RunningCall<Result> {
  readonly tally: Tally
  readonly isOver: boolean
  resolve(result: Result): void
  reject(error: unknown): void
  /** Called when the call ends, for whatever reason, so that its work stops. */
  onEnd: (() => void) | undefined
}

/** The calls of one node that have not ended: they fail when it crashes or leaves. */
export type OpenCalls = Set<RunningCall<never>>

export interface CallInit {
  readonly world: World
  readonly host: Host
  readonly open: OpenCalls
  readonly name: CallName
  readonly key: string
  readonly options: DhtCallOptions | undefined
}

/** @throws `ERR_DHT_CLOSED`; the signal's reason. */
export function assertCallable(host: Host, options: DhtCallOptions | undefined): void {
  if (host.state !== 'up') throw closedError(host)
  options?.signal?.throwIfAborted()
}

export function closedError({ id, state }: Host): DhtError {
  const why = state === 'crashed' ? 'has crashed' : 'has left the network'
  return new DhtError('ERR_DHT_CLOSED', `The node ${id} ${why}`)
}

/**
 * Runs a call under its deadline, in simulated time, and its signal. Where `begin` has an answer at once,
 * no time passes and nothing is scheduled.
 */
export async function runCall<Result>(
  init: CallInit,
  begin: (call: RunningCall<Result>) => void,
): Promise<Result> {
  const { world, host, open, name, key, options } = init
  const { clock } = world
  assertCallable(host, options)
  const { promise, resolve, reject } = Promise.withResolvers<Result>()
  const startedAt = clock.now
  const { signal, timeoutMs = DEFAULT_TIMEOUT_MS } = options ?? {}
  let isOver = false
  let stopWaiting: (() => void) | undefined
  const end = (error?: unknown): boolean => {
    if (isOver) return false
    isOver = true
    // At once, and not when the promise is heard of: time must not pass in between.
    stopWaiting?.()
    call.onEnd?.()
    world.report(reportOf(error))
    return true
  }
  const reportOf = (error: unknown): CallReport => ({
    call: name,
    node: host.id,
    key,
    startedAt,
    tookMs: clock.now - startedAt,
    ...call.tally,
    ...(error === undefined ? {} : { error: nameOf(error) }),
  })
  const call: RunningCall<Result> = {
    tally: { hops: 0, messages: 0, answered: 0, stored: 0 },
    get isOver() {
      return isOver
    },
    resolve: (result) => {
      if (end()) resolve(result)
    },
    reject: (error) => {
      if (end(error ?? new Error('no reason'))) reject(error)
    },
    onEnd: undefined,
  }
  begin(call)
  if (isOver) return promise

  const onAbort = (): void => call.reject(signal?.reason)
  const deadline = clock.in(timeoutMs, () => {
    call.reject(new DhtError('ERR_DHT_TIMEOUT', `No answer within ${timeoutMs} ms`))
  })
  stopWaiting = () => {
    clock.cancel(deadline)
    signal?.removeEventListener('abort', onAbort)
    open.delete(call)
    clock.waited()
  }
  signal?.addEventListener('abort', onAbort, { once: true })
  open.add(call)
  clock.wait()
  return promise
}

function nameOf(error: unknown): string {
  const { code, name } = error as { readonly code?: unknown; readonly name?: unknown }
  return String(code ?? name)
}
