import { createParser } from 'eventsource-parser'
import type { z } from 'zod'
import { refusalOf, textOf } from './answer.ts'
import { AdnetError } from './errors.ts'
import { orAborted } from './or-aborted.ts'
import { STREAMS } from './routes-delta.ts'
import { namesIn, type ParamNames } from './route.ts'
import type { Transport } from './transport.ts'
import type { PARAMS } from './values.ts'

const MOST_WAITING = 10_000

/** The streams of DeltaOS, by name. */
export type StreamName = keyof typeof STREAMS

/** What a stream is asked for. */
export type StreamInput<N extends StreamName> = {
  readonly [P in ParamNames<(typeof STREAMS)[N]['path']> & keyof typeof PARAMS]: z.output<
    (typeof PARAMS)[P]
  >
}

/** What a stream tells. */
export type StreamEvent<N extends StreamName> = z.output<(typeof STREAMS)[N]['event']>

/**
 * Listens to a stream, until its signal is aborted, the loop is left, or the network ends it.
 *
 * @throws as calls do; `ERR_ADNET_RESPONSE` for an event that its table does not allow.
 */
export async function* subscribe<N extends StreamName>(
  transport: Transport,
  name: N,
  input: StreamInput<N>,
  options: { readonly signal: AbortSignal; readonly token?: string },
): AsyncGenerator<StreamEvent<N>, void, undefined> {
  const { signal, token } = options
  const { path, event } = STREAMS[name]
  const place = namesIn(path).reduce(
    (text, key) =>
      text.replace(`:${key}`, encodeURIComponent(String((input as Record<string, unknown>)[key]))),
    path as string,
  )
  const headers = {
    accept: 'text/event-stream',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  }
  const response = await orAborted(
    transport({ method: 'GET', path: place, headers, signal }),
    signal,
  )
  if (response.status !== 200) throw refusalOf(response, await textOf(response))
  const waiting: unknown[] = []
  const parser = createParser({
    maxBufferSize: 1 << 20,
    onEvent: ({ data }) => waiting.push(JSON.parse(data)),
  })
  const decoder = new TextDecoder()
  for await (const part of response.body) {
    parser.feed(decoder.decode(part, { stream: true }))
    if (waiting.length > MOST_WAITING) {
      throw new AdnetError('ERR_ADNET_TOO_LARGE', `Expected at most ${MOST_WAITING} events at once`)
    }
    for (const data of waiting.splice(0)) yield eventOf(name, event, data) as StreamEvent<N>
  }
}

function eventOf(name: string, schema: z.ZodType, data: unknown): unknown {
  const result = schema.safeParse(data)
  if (result.success) return result.data
  throw new AdnetError(
    'ERR_ADNET_RESPONSE',
    `An event of ${name} is otherwise than its table says`,
    {
      cause: result.error,
    },
  )
}
