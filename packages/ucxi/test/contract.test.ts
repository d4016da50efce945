import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openApiOf } from '../src/index.ts'
import { serve } from './serve.ts'

// Requests made from the document, right ones and wrong ones: each answer is one that it declares.

interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  schema: object
}
interface Documented {
  operationId: string
  parameters?: Parameter[]
  requestBody?: { content: Record<string, { schema: object }> }
  responses: Record<string, { content?: Record<string, { schema: object }> }>
}

const document = openApiOf() as {
  paths: Record<string, Record<string, Documented>>
  components: object
}
const ajv = new Ajv2020({ strict: false, validateSchema: false })
ajv.addSchema({ $id: 'doc', components: document.components })
const compiled = new Map<object, ReturnType<typeof ajv.compile>>()

function problemsWith(value: unknown, schema: object): unknown {
  let check = compiled.get(schema)
  if (!check) {
    const text = JSON.stringify(schema).replaceAll('"#/components/', '"doc#/components/')
    check = ajv.compile(JSON.parse(text) as object)
    compiled.set(schema, check)
  }
  return check(value) ? undefined : check.errors
}

const address = fc.oneof(
  fc.constantFrom(
    'claude:architect@shop:checkout/plan.md',
    'claude:architect@shop:checkout/*~1/plan.md',
    'claude:architect@shop:checkout/*~2/plan.md',
    'claude:architect@shop:checkout/~~1/plan.md',
    'claude:architect@shop:checkout/2025-08-01/plan.md',
    'claude:architect@shop:checkout/*~99/plan.md',
    'claude:architect@shop:checkout/gone.md',
    'claude:architect@shop:checkout/notes/',
    'any:any@any:any/**',
    'a:b@c',
    'a:b@c:d/%zz',
    'a:b@c:d/..%2f',
  ),
  fc.string({ unit: 'grapheme-ascii', maxLength: 40 }),
)
const moment = fc.constantFrom('2025-08-01', '2025-08-01T00:01:00Z', '2020-01-01', 'yesterday', '')
const date = fc.constantFrom('Fri, 01 Aug 2025 00:00:00 GMT', 'Thu, 31 Jul 2025 00:00:00 GMT', 'x')
const count = fc.oneof(
  fc.constantFrom('1', '2', '100', '0', '1001', '-1', 'x'),
  fc.nat().map(String),
)
const tag = fc.constantFrom('*', '"x"', 'W/"x"', '')
const VALUES: Readonly<Record<string, fc.Arbitrary<string>>> = {
  'Accept-Datetime': date,
  at: moment,
  valid_at: moment,
  valid_from: moment,
  valid_to: moment,
  since: moment,
  before: moment,
  limit: count,
  from: count,
  last_event_id: count,
  alive: fc.constantFrom('true', 'false', 'x'),
  text: fc.oneof(
    fc.constantFrom('card', '"pay by"', 'pa*', '-x', '"', '()'),
    fc.string({ maxLength: 20 }),
  ),
  pattern: address.map((text) => `ucxl://${text}`),
  'if-match': tag,
  'if-none-match': tag,
  'idempotency-key': fc.constantFrom('a', 'b', 'a b', 'x'.repeat(300)),
}

function valueOf({ name, in: place }: Parameter): fc.Arbitrary<string> {
  if (name === 'address')
    return place === 'path' ? address : address.map((text) => `ucxl://${text}`)
  return VALUES[name] ?? fc.string({ maxLength: 20 })
}

const ACCEPTS = [
  '*/*',
  'application/json',
  'application/vnd.ucxl.entry+json',
  'application/linkset+json',
]

interface Made {
  path: string
  headers: Record<string, string>
  body: string | undefined
}

function requestOf(path: string, { parameters = [], requestBody }: Documented): fc.Arbitrary<Made> {
  const given = parameters.map((parameter) =>
    fc.record({
      parameter: fc.constant(parameter),
      // Most parameters are left out most of the time: else nothing right would ever be asked.
      value: fc.option(valueOf(parameter), { freq: parameter.in === 'path' ? 50 : 1 }),
    }),
  )
  const type = fc.constantFrom(
    ...Object.keys(requestBody?.content ?? { none: 0 }),
    'application/json',
    'x',
  )
  const json = address.chain((text) =>
    fc.constantFrom(
      { address: `ucxl://${text}` },
      { body: text },
      { decision: {} },
      { unknown: 1 },
      [],
      null,
    ),
  )
  const body = fc.oneof(
    json.map((value) => JSON.stringify(value)),
    fc.string({ maxLength: 50 }),
  )
  const extra = fc.constantFrom(
    {},
    { range: 'bytes=0-1' },
    { range: 'bytes=99-' },
    { 'content-encoding': 'gzip' },
  )
  return fc
    .record({ given: fc.tuple(...given), type, body, accept: fc.constantFrom(...ACCEPTS), extra })
    .map((made) => {
      const headers: Record<string, string> = { accept: made.accept, ...made.extra }
      const search = new URLSearchParams()
      let url = path
      for (const { parameter, value } of made.given) {
        if (parameter.in === 'path')
          url = url.replace(`{${parameter.name}}`, () => inPath(value ?? 'a:b@c:d/x'))
        else if (value !== null && parameter.in === 'query') search.append(parameter.name, value)
        else if (value !== null) headers[parameter.name] = value
      }
      if (requestBody) headers['content-type'] = made.type.replace('*/*', 'text/plain')
      return {
        path: search.size > 0 ? `${url}?${search.toString()}` : url,
        headers,
        body: requestBody ? made.body : undefined,
      }
    })
}

/** What `fetch` would take for something else. */
function inPath(text: string): string {
  return text.replaceAll(/[?#\\^]|^\/+/g, (character) => encodeURIComponent(character))
}

const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
)

describe('every answer is one that the document declares', () => {
  test.each(operations)('$operation.operationId', async ({ path, method, operation }) => {
    const { url, put, threeVersions, fetch: ask } = await serve()
    await threeVersions()
    await put('/ucxl/claude:architect@shop:checkout/gone.md', 'x')
    await ask('/ucxl/claude:architect@shop:checkout/gone.md', { method: 'DELETE' })
    const seen = new Set<number>()
    await fc.assert(
      fc.asyncProperty(requestOf(path, operation), async ({ path: target, headers, body }) => {
        const stop = new AbortController()
        const response = await fetch(`${url}${target}`, {
          method: method.toUpperCase(),
          headers,
          redirect: 'manual',
          signal: stop.signal,
          ...(body === undefined ? {} : { body }),
        })
        seen.add(response.status)
        const declared = operation.responses[String(response.status)]
        expect(declared, `${response.status} of ${target}`).toBeDefined()
        const type = (response.headers.get('content-type') ?? '').split(';', 1)[0] ?? ''
        if (type === 'text/event-stream' || !declared?.content) {
          stop.abort()
          return
        }
        const shape = declared.content[type] ?? declared.content['*/*']
        expect(shape, `${type} of ${target}`).toBeDefined()
        const text = await response.text()
        if (!type.endsWith('json') || !declared.content[type]) return
        expect(problemsWith(JSON.parse(text), shape?.schema ?? {}), text).toBeUndefined()
      }),
      { numRuns: 80 },
    )
    expect(seen.size).toBeGreaterThan(0)
  })
})
