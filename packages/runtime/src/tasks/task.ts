import { parse, isPattern } from '@bzzz/ucxl-address'
import { z } from 'zod'
import { RuntimeError } from '../errors.ts'

/** Bytes of a task, at most. */
export const MAX_TASK_BYTES = 256 * 1024

const word = z.string().min(1).max(64)

/** A moment in RFC 3339, with its distance from UTC. */
export const moment = z.iso.datetime({ offset: true, error: 'expected RFC 3339' })

const concrete = z.string().refine(isConcrete, 'expected a UCXL address of one context')

/**
 * What somebody wants done. It is the content of `ucxl://<poster>:<role>@<project>:<task>/task.json`, and
 * posting is writing it there. Unknown fields are left alone.
 */
const taskSchema = z.object({
  title: z.string().min(1).max(512),
  /** What is to be done, in words for the handler. */
  instructions: z.string().max(100_000).default(''),
  /** Anything more for the handler, in JSON. */
  data: z.json().optional(),
  /** Contexts that are read and handed to the handler. */
  inputs: z.array(concrete).max(64).default([]),
  /** What an agent has to be to take it. */
  wants: z
    .object({ role: word.optional(), capabilities: z.array(word).max(32).default([]) })
    .prefault({}),
  /** When it is too late. */
  deadline: moment.optional(),
  /** How often it may be begun: where an attempt fails, or its agent dies, the next one begins. */
  attempts: z.int().min(1).max(100).default(3),
  /** The poster writes `cancelled` to take it back. */
  status: z.enum(['open', 'cancelled']).default('open'),
})

export type Task = z.output<typeof taskSchema>

/**
 * Reads a task.
 *
 * @throws `ERR_RUNTIME_TASK` with what is wrong.
 */
export function parseTask(bytes: Uint8Array): Task {
  const result = taskSchema.safeParse(jsonOf(bytes, MAX_TASK_BYTES))
  if (result.success) return result.data
  throw new RuntimeError('ERR_RUNTIME_TASK', problemsOf(result.error))
}

/** Reads JSON; undefined where it is none, or too large. */
export function jsonOf(bytes: Uint8Array, most: number): unknown {
  if (bytes.length > most) return undefined
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown
  } catch {
    return undefined
  }
}

/** The first few problems, each with where it is. */
export function problemsOf(error: z.ZodError): string {
  return error.issues
    .slice(0, 5)
    .map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message))
    .join('; ')
}

function isConcrete(text: string): boolean {
  try {
    return !isPattern(parse(text))
  } catch {
    return false
  }
}
