import { fromInstant } from '@bzzz/temporal-nav'
import { createAddress, parse, type Address } from '@bzzz/ucxl-address'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { UcxiError } from './errors.ts'
import { OPERATIONS } from './operations.ts'
import type { OperationName } from './routes.ts'

/** An address is its own URL: what stands behind the prefix, up to the query. */
export function addressOf(request: FastifyRequest): Address {
  const url = urlOf(request)
  const end = url.indexOf('?')
  const path = end < 0 ? url : url.slice(0, end)
  const before = PARSED.get(path)
  if (before) return before
  // `/ucxl/`, `/timegate/` or `/timemap/`.
  const address = parse(`ucxl://${path.slice(path.indexOf('/', 1) + 1)}`)
  if (PARSED.size >= MAX_PARSED) PARSED.clear()
  PARSED.set(path, address)
  return address
}

/** Addresses by their paths: most are asked for again and again. Past so many, all are forgotten. */
const PARSED = new Map<string, Address>()
const MAX_PARSED = 1000

type HasUrl = Pick<FastifyRequest, 'originalUrl'>

/** Path and query: a client may give the whole URL (RFC 9112, 3.2.2). */
function urlOf({ originalUrl }: HasUrl): string {
  return originalUrl.startsWith('/') ? originalUrl : originalUrl.replace(/^https?:\/\/[^/?]*/i, '')
}

/** The address with `?at=` in it. @throws `ERR_UCXI_REQUEST` where it has a moment of its own. */
export function addressAt(address: Address, at: string | undefined): Address {
  if (at === undefined) return address
  if (address.temporal.kind === 'latest') return createAddress({ ...address, temporal: at })
  throw new UcxiError(
    'ERR_UCXI_REQUEST',
    'Expected a moment either in the address or in ?at=, got both',
  )
}

/** A moment of ISO 8601, a day too, in milliseconds since 1970. @throws `ERR_UCXI_REQUEST`. */
export function timeOf(text: string): number {
  try {
    const { temporal } = createAddress({ ...ANY, temporal: text })
    if (temporal.kind === 'instant') return fromInstant(temporal.instant)
  } catch {
    // Said below.
  }
  throw new UcxiError(
    'ERR_UCXI_REQUEST',
    `Expected a moment such as 2025-08-01T12:30:00Z or 2025-08-01, got ${JSON.stringify(text.slice(0, 40))}`,
  )
}

const ANY = { agent: 'any', role: 'any', project: 'any', task: 'any' } as const

/** Makes of each moment that there is milliseconds, under another name. */
export function timesOf<Name extends string>(
  moments: Readonly<Record<Name, string | undefined>>,
): { [Key in Name]?: number } {
  const times: { [Key in Name]?: number } = {}
  for (const name of Object.keys(moments) as Name[]) {
    const text = moments[name]
    if (text !== undefined) times[name] = timeOf(text)
  }
  return times
}

const NOTHING = Object.freeze({})

/**
 * What the query of a request says, by the schema of its operation. What is not understood is
 * refused: ignored, it would look as if it had been heeded.
 *
 * @throws `ERR_UCXI_REQUEST`.
 */
export function queryOf<Name extends OperationName>(
  request: HasUrl,
  name: Name,
): Partial<z.output<(typeof OPERATIONS)[Name]['input']>> {
  const url = urlOf(request)
  const start = url.indexOf('?')
  if (start < 0 && OPTIONAL_QUERY.has(name)) return NOTHING
  const schema = QUERIES[name]
  const given = new URLSearchParams(start < 0 ? '' : url.slice(start + 1))
  const values: Record<string, unknown> = {}
  for (const field of new Set(given.keys()))
    values[field] = valueOf(schema, given.getAll(field), field)
  return checked(schema, values, 'query')
}

/** What a body in JSON says, by the schema of its operation. @throws `ERR_UCXI_REQUEST`. */
export function bodyOf<Name extends OperationName>(
  name: Name,
  body: unknown,
): z.output<(typeof OPERATIONS)[Name]['input']> {
  return checked(OPERATIONS[name].input, body, 'body') as z.output<
    (typeof OPERATIONS)[Name]['input']
  >
}

export function checked<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  what: string,
): z.output<Schema> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const where = issue?.path.join('.').slice(0, 100)
  // The names of what is not understood are not repeated: one could be a secret.
  const reason =
    issue?.code === 'unrecognized_keys' ? `expected only ${known(schema)}` : issue?.message
  throw new UcxiError(
    'ERR_UCXI_REQUEST',
    `The ${what}${where ? `'s ${where}` : ''}: ${reason ?? ''}`,
  )
}

/** The fields of each operation that stand in the query. */
const QUERIES = Object.fromEntries(
  Object.entries(OPERATIONS).map(([name, { input, places }]) => {
    const fields = Object.entries(places).filter(([, place]) => place === 'query')
    const shape = fields.map(([field]) => [field, (input.shape as z.ZodRawShape)[field]])
    return [name, z.strictObject(Object.fromEntries(shape) as z.ZodRawShape)]
  }),
) as unknown as Readonly<Record<OperationName, z.ZodObject>>

/** Operations whose query may be absent. */
const OPTIONAL_QUERY = new Set<OperationName>(
  (Object.keys(QUERIES) as OperationName[]).filter((name) => QUERIES[name].safeParse({}).success),
)

/** A query has texts only: numbers, truth and lists are made of them where the schema wants these. */
function valueOf(schema: z.ZodObject, texts: readonly string[], field: string): unknown {
  const wanted = (schema.shape as z.ZodRawShape)[field]
  const inner = wanted instanceof z.ZodOptional ? wanted.unwrap() : wanted
  if (inner instanceof z.ZodArray) return texts
  if (texts.length > 1) {
    throw new UcxiError('ERR_UCXI_REQUEST', `The query's ${field.slice(0, 40)}: expected it once`)
  }
  const [text = ''] = texts
  if (inner instanceof z.ZodNumber) return /^\d{1,16}$/.test(text) ? Number(text) : text
  if (inner instanceof z.ZodBoolean) return text === 'true' ? true : text === 'false' ? false : text
  return text
}

function known(schema: z.ZodType): string {
  const names = schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
  return names.length > 0 ? names.join(', ') : 'none'
}
