import { z } from 'zod'
import { RuntimeError } from '../errors.ts'
import { problemsOf } from '../tasks/task.ts'
import type { Ask, Input, Result, Work } from './handler.ts'

/** What a program or a module answers. */
const answerSchema = z.union([
  z.object({
    result: z.json(),
    content_type: z
      .string()
      .max(255)
      .regex(
        /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:;.*)?$/,
        'expected a media type, such as text/markdown',
      )
      .optional(),
    summary: z.string().max(4096).optional(),
    used: z.array(z.string().max(2048)).max(512).optional(),
  }),
  z.object({ error: z.string().min(1).max(4096) }),
  z.object({
    ask: z.object({
      to: z.union([z.string().transform((one) => [one]), z.array(z.string()).min(1).max(32)]),
      question: z.string().min(1).max(512),
      body: z.string().max(100_000).optional(),
      choices: z.array(z.string().min(1).max(512)).min(1).max(32).optional(),
      form: z.json().optional(),
    }),
  }),
])

/**
 * Reads an answer: a text or JSON as `result`, why there is none as `error`, or what has to be known first as
 * `ask`.
 *
 * @throws `ERR_RUNTIME_HANDLER_ANSWER`; `ERR_RUNTIME_HANDLER` where it says that it failed.
 */
export function outcomeOf(answer: unknown): Result | Ask {
  const { data, error } = answerSchema.safeParse(answer)
  if (!data) {
    const example = '{"result": "Done.", "content_type": "text/plain"}'
    const why = `Expected an answer such as ${example}: ${problemsOf(error)}`
    throw new RuntimeError('ERR_RUNTIME_HANDLER_ANSWER', why.slice(0, 2000))
  }
  if ('error' in data) throw new RuntimeError('ERR_RUNTIME_HANDLER', data.error)
  if ('ask' in data) return data
  const { result, content_type, summary, used } = data
  const isText = typeof result === 'string'
  return {
    content: Buffer.from(isText ? result : JSON.stringify(result)),
    contentType: content_type ?? (isText ? 'text/plain; charset=utf-8' : 'application/json'),
    summary,
    used,
  }
}

/** What a handler is given, as JSON. */
export function workAsJson({ inputs, address, title, instructions, data, ...rest }: Work) {
  return {
    task: { address, title, instructions, ...(data !== undefined && { data }) },
    inputs: inputs.map((input) => inputAsJson(input)),
    ...rest,
  }
}

/** A context as JSON: its text, or in base64 what is no UTF-8. */
export function inputAsJson({ address, contentType, content }: Input) {
  const told = { address, content_type: contentType }
  try {
    return { ...told, text: new TextDecoder('utf-8', { fatal: true }).decode(content) }
  } catch {
    return { ...told, base64: Buffer.from(content).toString('base64') }
  }
}

/** Why a handler said too much. */
export function flood(most: number): RuntimeError {
  return new RuntimeError('ERR_RUNTIME_HANDLER_FLOOD', `It said more than ${most} bytes`)
}
