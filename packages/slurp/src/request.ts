import type { z } from 'zod'
import { SlurpError } from './errors.ts'
import { momentOf } from './query-text.ts'
import { FACETS } from './storage.ts'
import type { Filters } from './storage-queries.ts'

/** Reads a part of a request. @throws SlurpError `ERR_SLURP_REQUEST` with the field that is wrong. */
export function checked<Schema extends z.ZodType>(
  schema: Schema | undefined,
  value: unknown,
  where: string,
): z.infer<Schema> {
  const result = schema?.safeParse(value ?? {})
  if (!result) return {} as z.infer<Schema>
  if (result.success) return result.data
  const [issue] = result.error.issues
  const field = issue?.path.join('.')
  const place = field ? `${where}, ${field}` : where
  throw new SlurpError('ERR_SLURP_REQUEST', `In the ${place}: ${issue?.message ?? 'unreadable'}`)
}

/** A JSON body. @throws SlurpError `ERR_SLURP_REQUEST`. */
export function parseJson(bytes: unknown): unknown {
  if (!Buffer.isBuffer(bytes) || bytes.length === 0) return undefined
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown
  } catch {
    throw new SlurpError('ERR_SLURP_REQUEST', 'Expected a body in JSON, such as {"record": …}')
  }
}

/** The filters among the parameters of a request. @throws SlurpError `ERR_SLURP_QUERY`. */
export function filtersOf(
  query: Partial<Readonly<Record<(typeof FACETS)[number], readonly string[] | undefined>>> & {
    readonly since?: string | undefined
    readonly before?: string | undefined
  },
): Filters {
  const facets = FACETS.flatMap((facet) => {
    const values = query[facet]
    return values ? [[facet, values] as const] : []
  })
  const { since, before } = query
  return {
    ...(Object.fromEntries(facets) as Filters),
    ...(since === undefined ? {} : { since: momentOf(since, 'since') }),
    ...(before === undefined ? {} : { before: momentOf(before, 'before') }),
  }
}

/** What of an object is there: an option that is left out is not one that is undefined. */
export function given<Options extends object>(
  options: Options,
): { [Name in keyof Options]?: Exclude<Options[Name], undefined> } {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as ReturnType<typeof given<Options>>
}
