import { createParser } from 'eventsource-parser'
import type { Caller } from './client-call.ts'
import type { SubscribeOptions } from './client-types.ts'
import { ProblemError } from './problem-error.ts'
import { ROUTES } from './routes.ts'
import type { EventView, VersionView } from './schemas.ts'

const DEFAULT_STALL_MS = 45_000
/** A record has at most 64 KiB: an event is longer only where something else answers. */
const MAX_EVENT = 1024 * 1024

/** Where a subscription stands, over all its connections. */
interface Place {
  id: number | undefined
  /** Connections that failed since the last sign of life. */
  failures: number
}

/** Events over as many connections as it takes: each begins where the one before ended. */
export async function* eventsOf(
  caller: Caller,
  { pattern, lastEventId, signal = NEVER }: SubscribeOptions,
  stallMs = DEFAULT_STALL_MS,
): AsyncGenerator<EventView> {
  const place: Place = { id: lastEventId, failures: 0 }
  let connected = false
  while (!signal.aborted) {
    const connection = new AbortController()
    const both = AbortSignal.any([signal, connection.signal])
    try {
      const headers = {
        accept: 'text/event-stream',
        ...(place.id === undefined ? {} : { 'last-event-id': String(place.id) }),
      }
      const call = { route: ROUTES.subscribe, input: { pattern }, headers }
      const response = await caller.send(call, { signal: both })
      connected = true
      yield* eventsIn(response, { place, stallMs, connection })
    } catch (error) {
      if (signal.aborted) return
      // What the node refuses, it will refuse again; and what never worked is said at once.
      if (!connected || (error instanceof ProblemError && error.status < 500)) throw error
    } finally {
      connection.abort()
    }
    try {
      await caller.wait(++place.failures, signal)
    } catch {
      return
    }
  }
}

const NEVER = new AbortController().signal

async function* eventsIn(
  response: Response,
  { place, stallMs, connection }: { place: Place; stallMs: number; connection: AbortController },
): AsyncGenerator<EventView> {
  const found: EventView[] = []
  let fresh = false
  const parser = createParser({
    maxBufferSize: MAX_EVENT,
    // Where there was nothing to tell, the place still moves on: an id comes without data.
    onId: (text) => {
      const id = Number(text)
      fresh = id > (place.id ?? -1)
      if (fresh) place.id = id
    },
    onEvent: ({ event, data }) => {
      // What is not fresh was given before the connection was lost.
      if (fresh && event === 'version') {
        found.push({ id: place.id ?? 0, event, data: JSON.parse(data) as VersionView })
      }
      fresh = false
    },
  })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  const stalled = (): void => connection.abort(new Error('The event stream is silent'))
  for (;;) {
    const timer = setTimeout(stalled, stallMs)
    const next = await reader?.read().finally(() => clearTimeout(timer))
    if (!next || next.done) return
    place.failures = 0
    parser.feed(next.value)
    for (const event of found.splice(0)) yield event
  }
}
