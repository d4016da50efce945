import { parse as parseYaml } from 'yaml'
import type { z } from 'zod'
import { RuntimeError } from '../errors.ts'
import type { ConfigurationFile } from './file.ts'
import { nearest } from './nearest.ts'
import { settingsOf, type Setting } from './settings.ts'

/** Where a value comes from. */
export type Origin =
  | { readonly from: 'default' }
  | { readonly from: 'file'; readonly name: string; readonly line: number }
  | { readonly from: 'environment'; readonly name: string }
  | { readonly from: 'flag'; readonly name: string }

export interface ConfigurationSources {
  /** Begins the names of variables, such as `BZZZ`. */
  readonly prefix: string
  readonly file?: ConfigurationFile | undefined
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Values of flags by the setting's path: a text, or what the command line made of it. */
  readonly flags?: Readonly<Record<string, unknown>>
  /** Variables with the prefix that are no settings, and are left alone. */
  readonly otherVariables?: readonly string[]
}

/** A configuration, checked, with where each value comes from. */
export interface Configuration<Value> {
  readonly value: Value
  readonly settings: readonly Setting[]
  /** By the setting's path. */
  readonly origins: ReadonlyMap<string, Origin>
}

/**
 * Puts a configuration together: defaults of the schema, then the file, then the environment, then flags,
 * each over the one before.
 *
 * @throws `ERR_RUNTIME_CONFIGURATION` with a line for each key or value that is wrong: where it stands, and
 *   what would be right.
 */
export function readConfiguration<Schema extends z.ZodObject>(
  schema: Schema,
  { prefix, file, environment = {}, flags = {}, otherVariables = [] }: ConfigurationSources,
): Configuration<z.output<Schema>> {
  const settings = settingsOf(schema, prefix)
  const value: Record<string, unknown> = structuredClone(file?.value ?? {})
  const origins = new Map<string, Origin>()
  const wrong: string[] = []
  for (const setting of settings) {
    const keys = setting.path.split('.')
    if (file && has(file.value, keys))
      origins.set(setting.path, { from: 'file', name: file.name, line: file.at(keys).line })
    const variable = environment[setting.variable]
    if (variable !== undefined) {
      put(value, keys, valueOf(setting, variable))
      origins.set(setting.path, { from: 'environment', name: setting.variable })
    }
    const flag = flags[setting.path]
    if (flag !== undefined) {
      put(value, keys, typeof flag === 'string' ? valueOf(setting, flag) : flag)
      origins.set(setting.path, { from: 'flag', name: setting.flag })
    }
    if (!origins.has(setting.path)) origins.set(setting.path, { from: 'default' })
  }
  wrong.push(...strayVariables(settings, environment, { prefix, otherVariables }))
  const result = schema.safeParse(value)
  if (!result.success) wrong.push(...explain(result.error, { settings, origins, file }))
  if (wrong.length > 0 || !result.success)
    throw new RuntimeError('ERR_RUNTIME_CONFIGURATION', wrong.join('\n'))
  return { value: result.data, settings, origins }
}

/** Reads the text of a variable or a flag. */
function valueOf({ isText, isList }: Setting, text: string): unknown {
  if (isText) return text
  if (isList && !text.trimStart().startsWith('['))
    return text === '' ? [] : text.split(',').map((item) => item.trim())
  try {
    return parseYaml(text) as unknown
  } catch {
    // The schema says what would be right.
    return text
  }
}

function strayVariables(
  settings: readonly Setting[],
  environment: Readonly<Record<string, string | undefined>>,
  {
    prefix,
    otherVariables,
  }: { readonly prefix: string; readonly otherVariables: readonly string[] },
): string[] {
  const known = settings.map(({ variable }) => variable)
  return Object.keys(environment)
    .filter((name) => name.startsWith(`${prefix}_`))
    .filter((name) => !known.includes(name) && !otherVariables.includes(name))
    .map((name) => `${name}: there is no such setting${suggestion(name, known)}`)
}

function explain(
  error: z.ZodError,
  {
    settings,
    origins,
    file,
  }: {
    readonly settings: readonly Setting[]
    readonly origins: ReadonlyMap<string, Origin>
    readonly file: ConfigurationFile | undefined
  },
): string[] {
  const paths = settings.map(({ path }) => path)
  return error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => {
        const path = [...issue.path, key].join('.')
        return `${placeOf([...issue.path, key], { origins, file })}${path}: there is no such key${suggestion(path, paths)}`
      })
    }
    return [`${placeOf(issue.path, { origins, file })}${issue.path.join('.')}: ${issue.message}`]
  })
}

function placeOf(
  path: readonly PropertyKey[],
  {
    origins,
    file,
  }: {
    readonly origins: ReadonlyMap<string, Origin>
    readonly file: ConfigurationFile | undefined
  },
): string {
  for (let length = path.length; length > 0; length--) {
    const origin = origins.get(path.slice(0, length).join('.'))
    if (origin?.from === 'environment' || origin?.from === 'flag') return `${origin.name}: `
    if (origin) break
  }
  if (!file) return ''
  const { line, column } = file.at(path)
  return `${file.name}:${line}:${column}: `
}

function suggestion(name: string, known: readonly string[]): string {
  const close = nearest(name, known)
  return close === undefined ? '' : `; did you mean ${close}?`
}

function has(value: unknown, [key = '', ...rest]: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return false
  return rest.length === 0 || has((value as Record<string, unknown>)[key], rest)
}

function put(
  value: Record<string, unknown>,
  [key = '', ...rest]: readonly string[],
  given: unknown,
): void {
  if (rest.length === 0) {
    value[key] = given
    return
  }
  const child = value[key]
  const next = typeof child === 'object' && child !== null ? child : {}
  value[key] = next
  put(next as Record<string, unknown>, rest, given)
}
