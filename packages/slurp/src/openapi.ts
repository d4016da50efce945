import { z } from 'zod'
import { COMMON, type Operation } from './operation.ts'
import { OPERATIONS } from './operations.ts'
import { problem } from './schemas.ts'
import { STATUS, TITLES, type AnswerCode } from './status.ts'

type Json = Record<string, unknown>
type SchemaOf = (schema: z.ZodType, io?: 'input' | 'output') => Json

/** The OpenAPI 3.1 document of the service, made from its operations. */
export function openApiOf(): object {
  const schemas: Record<string, Json> = {}
  const schemaOf: SchemaOf = (schema, io = 'output') => hoist(schema, io, schemas)
  const paths: Record<string, Record<string, Json>> = {}
  for (const [name, operation] of Object.entries<Operation>(OPERATIONS)) {
    const path = operation.path.replaceAll(/:(\w+)/g, '{$1}')
    const methods = (paths[path] ??= {})
    methods[operation.method.toLowerCase()] = operationOf(name, operation, schemaOf)
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'SLURP',
      version: '1.0.0',
      description:
        'The graph of decisions: what was decided, what it rests on, and what would fall with it. `POST /decisions` takes `application/x-ndjson` too, and then answers line by line.',
      license: { name: 'Apache-2.0 OR MIT', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{}, { bearer: [] }],
    paths,
    components: { schemas, securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
  }
}

function operationOf(name: string, operation: Operation, schemaOf: SchemaOf): Json {
  const { summary, params, query, body, codes = [] } = operation
  const parameters = [
    ...parametersOf('path', params, schemaOf),
    ...parametersOf('query', query, schemaOf),
  ]
  const content = body && { 'application/json': { schema: schemaOf(body, 'input') } }
  return {
    operationId: name,
    summary,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(content ? { requestBody: { required: true, content } } : {}),
    responses: {
      ...successOf(operation, schemaOf),
      ...problemsOf([...codes, ...COMMON, ...accessCodes(operation)], schemaOf(problem)),
    },
  }
}

function parametersOf(
  place: 'path' | 'query',
  schema: z.ZodObject | undefined,
  schemaOf: SchemaOf,
): Json[] {
  return Object.entries((schema?.shape ?? {}) as Record<string, z.ZodType>).map(([name, field]) => {
    const { description, ...rest } = schemaOf(field, 'input')
    const required = place === 'path' || !field.safeParse(undefined).success
    const said = description === undefined ? {} : { description }
    return { name, in: place, required, ...said, schema: rest }
  })
}

function successOf({ output, success = [200] }: Operation, schemaOf: SchemaOf): Json {
  const content =
    output instanceof z.ZodType
      ? { 'application/json': { schema: schemaOf(output) } }
      : Object.fromEntries(output.map((type) => [type, { schema: { type: 'string' } }]))
  const said = Object.keys(content).length > 0 ? { content } : {}
  return Object.fromEntries(success.map((status) => [status, { description: 'As asked', ...said }]))
}

function accessCodes({ wants }: Operation): AnswerCode[] {
  return wants === 'open' ? [] : ['ERR_SLURP_UNAUTHORIZED', 'ERR_SLURP_FORBIDDEN']
}

/** One answer for each status, with the codes that have it. */
function problemsOf(codes: readonly AnswerCode[], schema: Json): Json {
  const byStatus = Object.groupBy(new Set(codes), (code) => STATUS[code])
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, same = []]) => {
      const named = { type: 'object', properties: { code: { enum: same.toSorted() } } }
      const content = { 'application/problem+json': { schema: { allOf: [schema, named] } } }
      return [status, { description: TITLES[Number(status)] ?? '', content }]
    }),
  )
}

/** Puts named schemas where an OpenAPI document has them, and gives what refers to them. */
function hoist(schema: z.ZodType, io: 'input' | 'output', schemas: Record<string, Json>): Json {
  const written = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      // In OpenAPI this speaks of requests, and not of what a caller may do with an object.
      delete jsonSchema.readOnly
    },
  })
  const text = JSON.stringify(written).replaceAll('"#/$defs/', '"#/components/schemas/')
  const {
    $schema: _,
    $defs = {},
    ...rest
  } = JSON.parse(text) as Json & { $defs?: Record<string, Json> }
  Object.assign(schemas, $defs)
  return rest
}
