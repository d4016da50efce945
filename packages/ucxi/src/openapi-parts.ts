import type { z } from 'zod'
import type { Place } from './routes.ts'

/** A part of a JSON document. */
export type Json = Record<string, unknown>

/** A parameter of OpenAPI for a field that goes into the path, the query or a header; none for others. */
export function parameterOf(
  field: string,
  place: Place,
  { schema, shown }: { readonly schema: z.ZodType; readonly shown: Json },
): Json[] {
  const required = !schema.safeParse(undefined).success
  const { description, ...rest } = shown
  const said = { ...(description === undefined ? {} : { description }), schema: rest }
  if (place === 'path') return [{ name: field, in: 'path', required: true, ...said }]
  if (place === 'query') return [{ name: field, in: 'query', required, ...said }]
  const [, header] = place.split(' ')
  // What a body is, is said with the body.
  if (header === undefined || header === 'content-type') return []
  return [{ name: header, in: 'header', required, ...said }]
}
