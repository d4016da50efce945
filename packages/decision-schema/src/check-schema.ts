// zod's own check, compiled, has between half and twice the speed of ajv's, by chance of how the
// engine inlines it, and wants `eval`. For the few kinds of schema that a decision is made of, a
// function for each part is faster than both.

/** Tells whether a value is as a schema says, and nothing else. */
export type Check = (value: unknown) => boolean

/** What of a zod schema is looked at. */
export interface CheckedSchema {
  readonly def: {
    readonly type: string
    readonly checks?: readonly unknown[]
    readonly shape?: Readonly<Record<string, CheckedSchema>>
    readonly element?: CheckedSchema
    readonly innerType?: CheckedSchema
    readonly options?: readonly CheckedSchema[]
    readonly entries?: Readonly<Record<string, unknown>>
  }
}

/** The rules of a schema; there is none where it says nothing. */
interface Rules {
  readonly least: number
  readonly most: number
  readonly pattern: RegExp | undefined
}

/**
 * The check of a schema: of objects that take other fields too, lists, texts, whole numbers,
 * enumerations and unions.
 *
 * @throws {TypeError} for a kind of schema, or a rule, that it does not know
 */
export function compileCheck(schema: CheckedSchema): Check {
  const { def } = schema
  switch (def.type) {
    case 'object':
      return objectCheck(def.shape ?? {})
    case 'array':
      return listCheck(compileCheck(def.element as CheckedSchema), rulesOf(schema))
    case 'string':
      return textCheck(rulesOf(schema))
    case 'number':
      return numberCheck(rulesOf(schema))
    case 'enum': {
      const values = new Set(Object.values(def.entries ?? {}))
      return (value) => values.has(value)
    }
    case 'union': {
      const checks = (def.options ?? []).map(compileCheck)
      return (value) => checks.some((check) => check(value))
    }
    default:
      throw new TypeError(`No check for a schema of the type ${def.type}`)
  }
}

function rulesOf({ def }: CheckedSchema): Rules {
  let rules: Rules = { least: -Infinity, most: Infinity, pattern: undefined }
  for (const check of def.checks ?? []) {
    const rule = (check as { _zod: { def: Record<string, unknown> } })['_zod'].def
    switch (rule['check']) {
      case 'min_length':
        rules = { ...rules, least: rule['minimum'] as number }
        break
      case 'max_length':
        rules = { ...rules, most: rule['maximum'] as number }
        break
      case 'greater_than':
        rules = { ...rules, least: rule['value'] as number }
        break
      case 'less_than':
        rules = { ...rules, most: rule['value'] as number }
        break
      case 'string_format':
        rules = { ...rules, pattern: rule['pattern'] as RegExp }
        break
      default:
        throw new TypeError(`No check for the rule ${String(rule['check'])}`)
    }
  }
  return rules
}

function objectCheck(shape: Readonly<Record<string, CheckedSchema>>): Check {
  const names = Object.keys(shape)
  const parts = names.map((name) => shape[name] as CheckedSchema)
  const needed = parts.map(({ def }) => def.type !== 'optional')
  const checks = parts.map((part) => compileCheck(part.def.innerType ?? part))
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
    for (let index = 0; index < names.length; index++) {
      const part = (value as Record<string, unknown>)[names[index] as string]
      if (part === undefined) {
        if (needed[index]) return false
      } else if (!(checks[index] as Check)(part)) return false
    }
    return true
  }
}

function listCheck(check: Check, { least, most }: Rules): Check {
  return (value) => {
    if (!Array.isArray(value) || value.length < least || value.length > most) return false
    // Iterators cost a fifth of the whole here.
    for (let index = 0; index < value.length; index++) if (!check(value[index])) return false
    return true
  }
}

function textCheck({ least, most, pattern }: Rules): Check {
  return (value) =>
    typeof value === 'string' &&
    value.length >= least &&
    (value.length <= most || charactersIn(value, most)) &&
    (pattern === undefined || pattern.test(value))
}

/** Whether a text of more code units than `most` has no more characters than that. */
function charactersIn(text: string, most: number): boolean {
  // A character has two units at most.
  return text.length <= 2 * most && Array.from(text).length <= most
}

function numberCheck({ least, most }: Rules): Check {
  return (value) => Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most
}
