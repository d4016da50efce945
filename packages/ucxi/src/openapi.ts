import { z } from 'zod'
import { OPERATIONS, type Operation } from './operations.ts'
import { parameterOf, type Json } from './openapi-parts.ts'
import type { OperationName } from './routes.ts'
import { entryInput, entryView, problem } from './schemas.ts'
import { STATUS, TITLES } from './status.ts'

const JSON_TYPE = 'application/json'
const ENTRY_TYPE = 'application/vnd.ucxl.entry+json'
const BYTES: Json = { schema: {} }

/** The OpenAPI 3.1 document of the interface, made from its operations. */
export function openApiOf(): object {
  const schemas: Record<string, Json> = {}
  const schemaOf = (schema: z.ZodType, io: 'input' | 'output' = 'output'): Json =>
    hoist(schema, io, schemas)
  const paths: Record<string, Record<string, Json>> = {}
  for (const name of Object.keys(OPERATIONS) as OperationName[]) {
    const operation: Operation = OPERATIONS[name]
    const methods = (paths[operation.path] ??= {})
    methods[operation.method.toLowerCase()] = operationOf(name, operation, schemaOf)
  }
  const { parameters, summary: _, ...timegate } = paths['/timemap/{address}']?.['get'] ?? {}
  paths['/timegate/{address}'] = {
    get: {
      ...timegate,
      operationId: 'timegate',
      summary: 'Lead to the version of a date (RFC 7089)',
      parameters: [
        ...(parameters as Json[]).filter(({ name }) => name === 'address' || name === 'at'),
        {
          name: 'Accept-Datetime',
          in: 'header',
          schema: { type: 'string' },
          example: 'Fri, 01 Aug 2025 00:00:00 GMT',
        },
      ],
      responses: {
        ...withoutSuccess(timegate['responses'] as Record<string, Json>),
        302: {
          description: 'The version is at `Location`',
          headers: headers('Location', 'Link', 'Vary'),
        },
      },
    },
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'UCXI',
      version: '1.0.0',
      description:
        'Contexts of agents and people, every version of them. An address is its own URL: `ucxl://` becomes `/ucxl/`, and its slashes are not escaped. `QUERY /ucxi/query` takes the fields of the query in a body of JSON. `/ucxi/events` is a WebSocket too.',
      license: { name: 'Apache-2.0 OR MIT', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{}, { bearer: [] }],
    paths,
    components: { schemas, securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
  }
}

type SchemaOf = (schema: z.ZodType, io?: 'input' | 'output') => Json

function operationOf(name: OperationName, operation: Operation, schemaOf: SchemaOf): Json {
  const { input, places, codes, summary } = operation
  const fields = Object.entries(places)
  const parameters = fields.flatMap(([field, place]) => {
    const schema = (input.shape as z.ZodRawShape)[field] as z.ZodType | undefined
    return schema ? parameterOf(field, place, { schema, shown: schemaOf(schema, 'input') }) : []
  })
  const body = bodyOf(operation, schemaOf)
  return {
    operationId: name,
    summary,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: { required: true, content: body } } : {}),
    responses: { ...successOf(name, operation, schemaOf), ...problemsOf(codes, schemaOf(problem)) },
  }
}

function bodyOf({ input, places }: Operation, schemaOf: SchemaOf): Json | undefined {
  if (Object.values(places).includes('content')) {
    return { '*/*': BYTES, [ENTRY_TYPE]: { schema: schemaOf(entryInput, 'input') } }
  }
  const inBody = Object.keys(places).filter((field) => places[field] === 'body')
  if (inBody.length === 0) return undefined
  const picked = Object.fromEntries(inBody.map((field) => [field, true])) as Record<string, true>
  return { [JSON_TYPE]: { schema: schemaOf(input.pick(picked), 'input') } }
}

function successOf(
  name: OperationName,
  { output }: Operation,
  schemaOf: SchemaOf,
): Record<string, Json> {
  const json = { [JSON_TYPE]: { schema: schemaOf(output) } }
  const written = ['Content-Location', 'ETag', 'Location']
  switch (name) {
    case 'get': {
      const read = [
        'Cache-Control',
        'ETag',
        'Link',
        'Memento-Datetime',
        'Repr-Digest',
        'UCXL-Address',
      ]
      return {
        200: answer({ '*/*': BYTES, [ENTRY_TYPE]: { schema: schemaOf(entryView) } }, ...read),
        206: answer({ '*/*': BYTES }, 'Content-Range', ...read),
        304: { description: 'It is what the client has already' },
      }
    }
    case 'put':
    case 'restore':
      return { 200: answer(json, ...written), 201: answer(json, ...written) }
    case 'post':
      return { 201: answer(json, ...written) }
    case 'announce':
      return { 202: answer(json) }
    case 'timeline':
      return {
        200: answer({
          'application/link-format': { schema: { type: 'string' } },
          'application/linkset+json': { schema: { type: 'object' } },
          ...json,
        }),
      }
    case 'subscribe':
      return {
        200: answer({ 'text/event-stream': { schema: { type: 'string' } } }),
      }
    case 'delete':
    case 'health':
    case 'query':
    case 'resolve':
    case 'stats':
    case 'validate':
      return { 200: answer(json) }
  }
}

function answer(content: Json, ...names: string[]): Json {
  return {
    description: 'As asked',
    content,
    ...(names.length > 0 ? { headers: headers(...names) } : {}),
  }
}

/** One answer for each status, with the codes that have it. */
function problemsOf(codes: Operation['codes'], schema: Json): Record<string, Json> {
  const byStatus = Object.groupBy(codes, (code) => STATUS[code])
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, same = []]) => [
      status,
      {
        description: TITLES[Number(status)] ?? '',
        content: {
          'application/problem+json': {
            schema: {
              allOf: [schema, { type: 'object', properties: { code: { enum: same.toSorted() } } }],
            },
          },
        },
      },
    ]),
  )
}

function withoutSuccess(responses: Record<string, Json>): Record<string, Json> {
  return Object.fromEntries(Object.entries(responses).filter(([status]) => Number(status) >= 400))
}

function headers(...names: string[]): Json {
  return Object.fromEntries(names.map((name) => [name, { schema: { type: 'string' } }]))
}

/** Puts named schemas where an OpenAPI document has them, and gives what refers to them. */
function hoist(schema: z.ZodType, io: 'input' | 'output', schemas: Record<string, Json>): Json {
  const written = z.toJSONSchema(schema, {
    io,
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
  } = JSON.parse(text) as Json & {
    $defs?: Record<string, Json>
  }
  Object.assign(schemas, $defs)
  return rest
}
