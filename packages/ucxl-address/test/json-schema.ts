/** The part of JSON Schema that the vectors' schema makes use of. */
interface Schema {
  readonly $ref?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly oneOf?: readonly Schema[]
  readonly type?: string | readonly string[]
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly items?: Schema
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: boolean | Schema
  readonly $defs?: Readonly<Record<string, Schema>>
}

const KNOWN = new Set(
  '$schema $id title $ref const enum oneOf type pattern minimum maximum minItems items required properties additionalProperties $defs'.split(
    ' ',
  ),
)

/** What of `value` is not as `schema` says, a line each; a keyword that is not known here is one too. */
export function violations(root: unknown, value: unknown): string[] {
  const found: string[] = []
  const check = (schema: Schema, part: unknown, at: string): void => {
    const complain = (what: string): number => found.push(`${at}: ${what}`)
    for (const keyword of Object.keys(schema)) {
      if (!KNOWN.has(keyword)) complain(`unknown keyword ${keyword}`)
    }
    if (schema.$ref !== undefined) {
      const target = (root as Schema).$defs?.[schema.$ref.replace('#/$defs/', '')]
      if (target === undefined) complain(`no ${schema.$ref}`)
      else check(target, part, at)
    }
    if ('const' in schema && schema.const !== part) complain(`not ${String(schema.const)}`)
    if (schema.enum !== undefined && !schema.enum.includes(part)) complain('not in the enum')
    if (schema.oneOf !== undefined) {
      const met = schema.oneOf.filter((one) => violations({ ...one, $defs: {} }, part).length === 0)
      if (met.length !== 1) complain(`meets ${met.length} of oneOf`)
    }
    if (schema.type !== undefined && ![schema.type].flat().includes(typeOf(part))) {
      complain(`is ${typeOf(part)}`)
    }
    if (typeof part === 'string' && !new RegExp(schema.pattern ?? '', 'u').test(part)) {
      complain(`does not match ${schema.pattern}`)
    }
    if (typeof part === 'number') {
      if (part < (schema.minimum ?? -Infinity) || part > (schema.maximum ?? Infinity)) {
        complain('out of range')
      }
    }
    if (Array.isArray(part)) {
      if (part.length < (schema.minItems ?? 0)) complain('too few items')
      for (const [index, item] of part.entries()) check(schema.items ?? {}, item, `${at}/${index}`)
    } else if (typeof part === 'object' && part !== null) {
      for (const name of schema.required ?? []) if (!(name in part)) complain(`no ${name}`)
      for (const [name, inner] of Object.entries(part)) {
        const rule = schema.properties?.[name] ?? schema.additionalProperties
        if (rule === false) complain(`unknown ${name}`)
        else if (typeof rule === 'object') check(rule, inner, `${at}/${name}`)
      }
    }
  }
  check(root as Schema, value, '')
  return found
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return Number.isInteger(value) ? 'integer' : typeof value
}
