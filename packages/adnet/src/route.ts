import { z } from 'zod'
import { PARAMS } from './values.ts'

type Shape = Readonly<Record<string, z.ZodType>>
type Strict<S extends Shape> = z.ZodObject<S, z.core.$strict>

/** The names that a path has, as `:name`. */
export type ParamNames<P extends string> = P extends `${string}:${infer N}/${infer Rest}`
  ? N | ParamNames<`/${Rest}`>
  : P extends `${string}:${infer N}`
    ? N
    : never

/**
 * Who may call a route: everybody; who has an operator's token; or who signs the body with the key of the
 * account that it is about.
 */
type Access = 'public' | 'token' | 'signature'

/** One operation of a network's interface: all that is known of it, and the only place where it is. */
export interface Route<
  P extends string = string,
  Q extends Shape = Shape,
  B extends Shape = Shape,
  R extends z.ZodType = z.ZodType,
> {
  readonly method: 'GET' | 'POST'
  readonly path: P
  /** The names that are in its path, in order. */
  readonly names: readonly string[]
  readonly summary: string
  readonly access: Access
  /** Whether it changes nothing, so that it may be asked again. */
  readonly isSafe: boolean
  readonly params: z.ZodType
  readonly query: Strict<Q>
  readonly body: Strict<B> | undefined
  readonly response: R
}

/** Routes by the name that clients call them. */
export type Routes = Readonly<Record<string, Route>>

/** What an object's schema allows, and anything where it has no keys: an intersection with that adds nothing. */
type Values<S> = S extends { readonly shape: infer Keys } & z.ZodType
  ? string extends keyof Keys
    ? unknown
    : keyof Keys extends never
      ? unknown
      : z.output<S>
  : unknown

/** What a call of a route takes: what is in its path, its query and its body, as one object. */
export type InputOf<R> = R extends { path: infer P extends string; query: infer Q; body: infer B }
  ? Flat<
      {
        readonly [N in ParamNames<P> & keyof typeof PARAMS]: z.output<(typeof PARAMS)[N]>
      } & Values<Q> &
        Values<NonNullable<B>>
    >
  : never

/** What it gives. */
export type OutputOf<R> = R extends { readonly response: infer S extends z.ZodType }
  ? z.output<S>
  : never

type Flat<T> = { [K in keyof T]: T[K] }
type None = Readonly<Record<string, never>>

interface GetOptions<Q extends Shape> {
  readonly query?: Q
  readonly access?: 'public' | 'token'
}

/** An operation that reads. */
export function get<const P extends string, R extends z.ZodType, Q extends Shape = None>(
  path: P,
  summary: string,
  response: R,
  options: GetOptions<Q> = {},
): Route<P, Q, None, R> {
  const { query = {} as Q, access = 'public' } = options
  return {
    method: 'GET',
    path,
    names: namesIn(path),
    summary,
    access,
    isSafe: true,
    params: paramsOf(path),
    query: z.strictObject(query),
    body: undefined,
    response,
  }
}

interface PostOptions {
  /** `signature` if left out. */
  readonly access?: Access
  readonly isSafe?: boolean
}

/** An operation that has a body; most change something. */
export function post<const P extends string, B extends Shape, R extends z.ZodType>(
  path: P,
  summary: string,
  body: B,
  response: R,
  options: PostOptions = {},
): Route<P, None, B, R> {
  const { access = 'signature', isSafe = false } = options
  return {
    method: 'POST',
    path,
    names: namesIn(path),
    summary,
    access,
    isSafe,
    params: paramsOf(path),
    query: z.strictObject({}),
    body: z.strictObject(body),
    response,
  }
}

/** The names in a path, in order. */
export function namesIn(path: string): string[] {
  return [...path.matchAll(/:([a-z]+)/g)].map((match) => match[1]!)
}

function paramsOf(path: string): z.ZodType {
  const shape = namesIn(path).map((name) => {
    if (!Object.hasOwn(PARAMS, name)) throw new TypeError(`No parameter is called ${name}: ${path}`)
    return [name, PARAMS[name as keyof typeof PARAMS]] as const
  })
  return z.strictObject(Object.fromEntries(shape))
}
