import type { ZodType } from 'zod'
import { BotError } from './errors.ts'

/** Settings from outside, typed when they are read. */
export interface Config {
  /**
   * The value of a setting, as its schema makes it. A schema with a default makes a setting optional.
   *
   * @throws `ERR_BOT_CONFIG` where it is missing or wrong: the message names it and says what was expected.
   */
  read<T>(name: string, schema: ZodType<T>): T
  /** Whether it was set at all. */
  has(name: string): boolean
}

/** Settings by name. What changes in `values` afterwards is seen. */
export function createConfig(values: Readonly<Record<string, unknown>> = {}): Config {
  const has = (name: string): boolean => Object.hasOwn(values, name)
  return {
    has,
    read(name, schema) {
      const result = schema.safeParse(has(name) ? values[name] : undefined)
      if (result.success) return result.data
      const reasons = result.error.issues.map(
        ({ path, message }) => `${[name, ...path].join('.')}: ${message}`,
      )
      throw new BotError('ERR_BOT_CONFIG', reasons.join('; '), { cause: result.error })
    },
  }
}

/** Where the services of a network are, by name. */
export interface Endpoints {
  /** @throws `ERR_BOT_CONFIG` where there is none by that name. */
  url(name: string): URL
  readonly names: readonly string[]
}

/** Reads addresses: `{ alpha: 'http://127.0.0.1:3030' }`. @throws `ERR_BOT_CONFIG` for what is no URL. */
export function createEndpoints(urls: Readonly<Record<string, string | URL>> = {}): Endpoints {
  const read = new Map(
    Object.entries(urls).map(([name, url]) => {
      if (!URL.canParse(String(url))) {
        throw new BotError(
          'ERR_BOT_CONFIG',
          `Expected a URL as endpoint ${name}, got ${String(url)}`,
        )
      }
      return [name, String(url)]
    }),
  )
  return {
    names: [...read.keys()],
    url(name) {
      const url = read.get(name)
      // A new one each time: who changes it changes no other bot's.
      if (url !== undefined) return new URL(url)
      throw new BotError(
        'ERR_BOT_CONFIG',
        `Expected an endpoint, one of ${[...read.keys()].join(', ') || 'none'}, got ${name}`,
      )
    },
  }
}
