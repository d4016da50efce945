import { z } from 'zod'
import { envelope } from './envelope.ts'
import { namesIn, type Route, type Routes } from './route.ts'
import { PARAMS } from './values.ts'

type Json = Record<string, unknown>

/** An OpenAPI 3.1 document of a table of routes. */
export function openApiOf(title: string, routes: Routes): Json {
  const paths: Record<string, Json> = {}
  for (const [name, route] of Object.entries(routes)) {
    const path = route.path.replaceAll(/:([a-z]+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(name, route) }
  }
  return {
    openapi: '3.1.0',
    info: { title, version: '1.0.0' },
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'The token of an operator' },
      },
      schemas: {
        Problem: {
          type: 'object',
          required: ['message', 'chain'],
          properties: {
            message: { type: 'string' },
            chain: { type: 'array', items: { type: 'string' } },
          },
        },
      },
    },
  }
}

function operation(name: string, route: Route): Json {
  const query = jsonSchema(route.query) as { properties?: Json; required?: string[] }
  const parameters = [
    ...namesIn(route.path).map((param) => ({
      name: param,
      in: 'path',
      required: true,
      schema: jsonSchema(PARAMS[param as keyof typeof PARAMS]),
    })),
    ...Object.entries(query.properties ?? {}).map(([param, schema]) => ({
      name: param,
      in: 'query',
      required: query.required?.includes(param) ?? false,
      schema,
    })),
  ]
  const body = route.access === 'signature' ? route.body?.extend({ auth: envelope }) : route.body
  return {
    operationId: name,
    summary: route.summary,
    parameters,
    ...(body && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: jsonSchema(body) } },
      },
    }),
    ...(route.access === 'token' && { security: [{ token: [] }] }),
    responses: {
      200: {
        description: 'Done',
        content: { 'application/json': { schema: jsonSchema(route.response) } },
      },
      ...Object.fromEntries(
        Object.entries({
          400: 'Not as it should be',
          401: 'Not allowed',
          404: 'Unknown',
          409: 'Not as things stand',
          429: 'Too often',
          503: 'Not now',
        }).map(([status, description]) => [
          status,
          {
            description,
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Problem' } } },
          },
        ]),
      ),
    },
  }
}

/** As it is on the wire. */
function jsonSchema(schema: z.ZodType): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' }) as Json
  return rest
}
