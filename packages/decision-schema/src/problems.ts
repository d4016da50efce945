import type { z } from 'zod'
import { DecisionError, excerptOf, pointer, type Problem } from './errors.ts'
import { decisionSchema, notes, type Note } from './schema.ts'

const TOLD = 20

/**
 * The error for a value that the schema refuses.
 *
 * @throws {DecisionError} `ERR_DECISION_INVALID`, always.
 */
export function refuseInvalid(value: unknown): never {
  const { error } = decisionSchema.safeParse(value)
  const [first, ...others] = (error?.issues ?? [])
    .slice(0, TOLD)
    .map((issue) => problem(issue, value))
  // The check and the schema are one: this is for the compiler.
  const whole = { path: '', expected: 'a decision', received: excerptOf(value) }
  throw new DecisionError('ERR_DECISION_INVALID', [first ?? whole, ...others])
}

function problem({ path }: z.core.$ZodIssue, value: unknown): Problem {
  const note = noteAt(path)
  const example = note?.examples?.[0]
  return {
    path: pointer(path),
    expected: note?.description ?? 'something else',
    received: excerptOf(valueAt(value, path)),
    ...(example !== undefined && { example: JSON.stringify(example) }),
  }
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let found = value
  for (const key of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined
    found = (found as Record<PropertyKey, unknown>)[key]
  }
  return found
}

/** What of a zod schema leads to its parts. */
interface Shaped {
  readonly def: {
    readonly type: string
    readonly shape?: Readonly<Record<string, Shaped>>
    readonly element?: Shaped
    readonly innerType?: Shaped
    readonly options?: readonly Shaped[]
  }
}

/** What the schema says of the part at a path. */
function noteAt(path: readonly PropertyKey[]): Note | undefined {
  let schema: Shaped | undefined = decisionSchema
  for (const key of path) schema = schema && childAt(inner(schema), key)
  return schema && (noteOf(schema) ?? noteOf(inner(schema)))
}

function noteOf(schema: Shaped): Note | undefined {
  return notes.get(schema as unknown as z.ZodType)
}

function childAt({ def }: Shaped, key: PropertyKey): Shaped | undefined {
  // Of a proof or a list of them, the list is the one that has places by number.
  const chosen = def.options?.[typeof key === 'number' ? 1 : 0]
  return chosen ? childAt(chosen, key) : (def.element ?? def.shape?.[String(key)])
}

function inner(schema: Shaped): Shaped {
  return schema.def.innerType ?? schema
}
