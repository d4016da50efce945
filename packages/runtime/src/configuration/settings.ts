import { z } from 'zod'

/** One setting that a configuration has: a leaf of its schema. */
export interface Setting {
  /** Where it stands, such as `http.port`. */
  readonly path: string
  /** What the environment calls it, such as `BZZZ_HTTP_PORT`. */
  readonly variable: string
  /** What it is called on a command line, such as `--http-port`. */
  readonly flag: string
  readonly description: string
  /** What it is where it is not said; undefined where it need not be. */
  readonly default: unknown
  /** True where its text is taken as it is: `8080` stays a text. */
  readonly isText: boolean
  /** True where it is a list: its items are parted by commas outside the file. */
  readonly isList: boolean
  /** True where its value is not shown. */
  readonly isSecret: boolean
}

interface JsonSchema {
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly description?: string
  readonly default?: unknown
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly anyOf?: readonly JsonSchema[]
  readonly isSecret?: boolean
}

/** A schema as JSON Schema (2020-12), for editors. */
export function jsonSchemaOf(schema: z.ZodObject): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(schema, { io: 'input' })
}

/** All settings of a schema, in its order. Marked with `.meta({ isSecret: true })`, one is not shown. */
export function settingsOf(schema: z.ZodObject, prefix: string): Setting[] {
  const settings: Setting[] = []
  const visit = (at: JsonSchema, path: readonly string[]): void => {
    if (at.properties) {
      for (const [name, child] of Object.entries(at.properties)) visit(child, [...path, name])
      return
    }
    const words = path.flatMap((name) => name.split(/(?=[A-Z])/)).map((word) => word.toLowerCase())
    const types = [at, ...(at.anyOf ?? [])].flatMap(({ type, enum: values }) =>
      values ? values.map((value) => typeof value) : (type ?? []),
    )
    settings.push({
      path: path.join('.'),
      variable: [prefix, ...words].join('_').toUpperCase(),
      flag: `--${words.join('-')}`,
      description: at.description ?? '',
      default: at.default,
      isText: types.length > 0 && types.every((type) => type === 'string'),
      isList: types.includes('array'),
      isSecret: at.isSecret === true,
    })
  }
  visit(jsonSchemaOf(schema), [])
  return settings
}
