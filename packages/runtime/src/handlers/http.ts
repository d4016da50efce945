import type { Schedule } from '@bzzz/context-store'
import { createBreaker, DEFAULT_CIRCUIT } from '@bzzz/circuit-breaker'
import { z } from 'zod'
import { RuntimeError } from '../errors.ts'
import { flood, inputAsJson } from './answer.ts'
import type { Ask, Handler, HandleOptions, Result, Work } from './handler.ts'

export interface HttpInit {
  /** Base of the API, such as `http://127.0.0.1:11434/v1`. */
  readonly url: string
  readonly model: string
  /** Sent as a bearer token; it stands in no log and no error. */
  readonly apiKey?: string | undefined
  /** What the model is told before the task. */
  readonly system?: string | undefined
  /** Whom it may ask, by a tool that it is offered; nobody if left out or empty. */
  readonly askTo?: readonly string[]
  /** Bytes of an answer, at most. */
  readonly outputBytes: number
  readonly schedule: Schedule
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** As much as is read of an answer of `POST /chat/completions`. */
const completion = z.object({
  model: z.string().max(512).optional().catch(undefined),
  choices: z
    .array(
      z.object({
        message: z.object({
          content: z.string().nullish(),
          tool_calls: z
            .array(z.object({ function: z.object({ name: z.string(), arguments: z.string() }) }))
            .nullish(),
        }),
        finish_reason: z.string().nullish(),
      }),
    )
    .min(1),
})

/** What the tool is called with. */
const toolCall = z.object({
  question: z.string().min(1).max(512),
  body: z.string().max(100_000).optional(),
  choices: z.array(z.string().min(1).max(512)).min(1).max(32).optional().catch(undefined),
})

const ASK_TOOL = {
  type: 'function',
  function: {
    name: 'ask',
    description:
      'Ask a person what only a person can know or decide. The answer comes with the task, when it is given to you again.',
    parameters: {
      type: 'object',
      properties: {
        question: { type: 'string', description: 'One sentence' },
        body: { type: 'string', description: 'What one has to know for the answer, in Markdown' },
        choices: {
          type: 'array',
          items: { type: 'string' },
          description: 'Answers to choose from',
        },
      },
      required: ['question'],
    },
  },
} as const

const failure = z.object({ error: z.object({ message: z.string() }) })

const TRIES = 3
const FIRST_WAIT_MS = 500
const MOST_WAIT_MS = 30_000
/** The server says that it did nothing: asking again does nothing twice. */
const AGAIN: ReadonlySet<number> = new Set([429, 503])

const SYSTEM =
  'You do one task for a team. Answer with the result alone, in Markdown. Contexts that the task reads stand below it, each with its address.'

/** An endpoint that speaks the chat completions API of OpenAI, such as a model server on this machine. */
export function httpHandler(init: HttpInit): Handler {
  const isOutage = (asked: Asked): boolean => 'failure' in asked || asked.response.status >= 500
  const breaker = createBreaker<Asked>({ ...DEFAULT_CIRCUIT, now: init.now, isOutage })
  return {
    circuit: () => breaker.state(),
    async handle(work, options) {
      options.signal.throwIfAborted()
      if (breaker.waitMs() > 0)
        throw new RuntimeError('ERR_RUNTIME_HANDLER', 'The endpoint fails: it is left alone')
      const asked = await breaker
        .run(async () => send(init, work, options))
        .catch((cause: unknown) => {
          options.signal.throwIfAborted()
          // Another attempt is under way to see.
          throw new RuntimeError('ERR_RUNTIME_HANDLER', 'The endpoint fails: it is left alone', {
            cause,
          })
        })
      if ('failure' in asked) throw asked.failure
      const { response } = asked
      const text = await read(response, init.outputBytes)
      if (!response.ok) {
        const said = failure.safeParse(jsonIn(text)).data?.error.message ?? text
        const why = `The endpoint answered ${response.status}: ${said.slice(0, 500)}`
        throw new RuntimeError('ERR_RUNTIME_HANDLER', hide(why, init.apiKey))
      }
      return outcomeIn(text, init)
    },
  }
}

/** What came of asking; what ended it by its signal is thrown. */
type Asked = { readonly response: Response } | { readonly failure: RuntimeError }

async function send(init: HttpInit, work: Work, { signal, log }: HandleOptions): Promise<Asked> {
  const { url, model, apiKey, system = SYSTEM, askTo = [], schedule } = init
  const body = JSON.stringify({
    model,
    stream: false,
    ...(askTo.length > 0 && { tools: [ASK_TOOL] }),
    messages: [
      { role: 'system', content: system },
      { role: 'user', content: promptOf(work) },
    ],
  })
  const headers = {
    'content-type': 'application/json',
    ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
  }
  const request = { method: 'POST', body, headers, signal, redirect: 'error' } as const
  for (let tried = 1; ; tried++) {
    signal.throwIfAborted()
    let response: Response | undefined
    let reason: string
    try {
      response = await fetch(`${url.replace(/\/+$/, '')}/chat/completions`, request)
      if (!AGAIN.has(response.status) || tried === TRIES) return { response }
      reason = `it answered ${response.status}`
    } catch (cause) {
      signal.throwIfAborted()
      reason = reasonOf(cause)
      // Of a connection that broke nobody knows what was done already.
      if (!reason.includes('ECONNREFUSED') || tried === TRIES) {
        const why = `The endpoint could not be asked: ${reason}`
        return { failure: new RuntimeError('ERR_RUNTIME_HANDLER', why, { cause }) }
      }
    }
    const wait = waitOf(response, tried)
    await response?.body?.cancel()
    log(`Asked again in ${wait} ms: ${reason}\n`)
    await pause(wait, { schedule, signal })
  }
}

function outcomeIn(text: string, { model, askTo = [] }: HttpInit): Result | Ask {
  const { data } = completion.safeParse(jsonIn(text))
  const [choice] = data?.choices ?? []
  const { finish_reason: end, message } = choice ?? {}
  const call = message?.tool_calls?.find((one) => one.function.name === ASK_TOOL.function.name)
  if (call && askTo.length > 0) {
    const question = toolCall.safeParse(jsonIn(call.function.arguments)).data
    if (question) return { ask: { to: askTo, ...question } }
    throw new RuntimeError('ERR_RUNTIME_HANDLER_ANSWER', 'The model asked for nothing')
  }
  const content = message?.content ?? ''
  if (content === '') {
    const why = `Expected a chat completion with a text, got ${JSON.stringify(text.slice(0, 120))}`
    throw new RuntimeError('ERR_RUNTIME_HANDLER_ANSWER', why)
  }
  if (end === 'length' || end === 'content_filter')
    throw new RuntimeError('ERR_RUNTIME_HANDLER_ANSWER', `The answer was cut short: ${end}`)
  return {
    content: Buffer.from(content),
    contentType: 'text/markdown; charset=utf-8',
    model: data?.model ?? model,
  }
}

function promptOf({ title, instructions, data, inputs, answers }: Work): string {
  const parts = [`# ${title}`, instructions]
  if (data !== undefined) parts.push(`Data:\n\n${JSON.stringify(data)}`)
  for (const input of inputs) {
    const told = inputAsJson(input)
    // Nothing in a context can look like the end of it: its text is in JSON.
    parts.push(`Context:\n\n${JSON.stringify(told)}`)
  }
  for (const answer of answers) parts.push(`Answered:\n\n${JSON.stringify(answer)}`)
  return parts.join('\n\n')
}

async function read(response: Response, most: number): Promise<string> {
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of response.body ?? []) {
    bytes += piece.length
    if (bytes > most) throw flood(most)
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8')
}

function waitOf(response: Response | undefined, tried: number): number {
  const asked = Number(response?.headers.get('retry-after') ?? Number.NaN)
  const wait = Number.isFinite(asked) ? asked * 1000 : FIRST_WAIT_MS * 2 ** (tried - 1)
  return Math.min(Math.max(wait, 0), MOST_WAIT_MS)
}

async function pause(
  ms: number,
  { schedule, signal }: { readonly schedule: Schedule; readonly signal: AbortSignal },
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const cancel = schedule(resolve, ms)
  signal.addEventListener('abort', () => resolve(), { once: true })
  await promise
  cancel()
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  if (!(cause instanceof Error)) return error.message
  return 'code' in cause ? `${String(cause.code)} ${cause.message}` : cause.message
}

/** An endpoint may say what it was sent. */
function hide(text: string, secret: string | undefined): string {
  return secret === undefined ? text : text.replaceAll(secret, '***')
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
