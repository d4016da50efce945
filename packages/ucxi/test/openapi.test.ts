import { readFileSync } from 'node:fs'
import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, test } from 'vitest'
import { OPERATIONS } from '../src/index.ts'
import { STATUS, TITLES } from '../src/status.ts'
import { serve } from './serve.ts'

interface Document {
  openapi: string
  paths: Record<string, Record<string, { operationId: string; responses: Record<string, unknown> }>>
  components: { schemas: Record<string, unknown> }
}

describe('GET /openapi.json', () => {
  test('is a document of OpenAPI 3.1, by a validator that is not ours', async () => {
    const { fetch } = await serve()
    const response = await fetch('/openapi.json')
    expect(response.headers.get('content-type')).toContain('application/json')
    const document = (await response.json()) as Document
    const result = await new Validator().validate(document as never)
    expect(result.errors).toBeUndefined()
    expect(result.valid).toBe(true)
    expect(document.openapi).toBe('3.1.1')
  })

  test('has every operation under its name, and a status for each of its codes', async () => {
    const { fetch } = await serve()
    const { paths } = (await (await fetch('/openapi.json')).json()) as Document
    const operations = Object.values(paths).flatMap((path) => Object.values(path))
    const names = operations.map(({ operationId }) => operationId)
    expect(names.toSorted()).toEqual([...Object.keys(OPERATIONS), 'timegate'].toSorted())
    for (const { operationId, responses } of operations) {
      const { codes } = OPERATIONS[operationId as keyof typeof OPERATIONS] ?? OPERATIONS.timeline
      for (const code of codes) expect(responses).toHaveProperty(String(STATUS[code]))
    }
  })

  test('refers to schemas that it has', async () => {
    const { fetch } = await serve()
    const document = (await (await fetch('/openapi.json')).json()) as Document
    const named = new Set(Object.keys(document.components.schemas))
    const wanted = JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)
    for (const [, name = ''] of wanted) expect(named).toContain(name)
    expect(named).toContain('Version')
  })
})

describe('statuses', () => {
  test('are those that the interface names, each with a title', () => {
    const used = [...new Set(Object.values(STATUS))].toSorted((a, b) => a - b)
    expect(used).toEqual([
      400, 401, 403, 404, 405, 408, 409, 410, 412, 413, 415, 416, 422, 428, 429, 431, 500, 503,
    ])
    for (const status of used) expect(TITLES[status]).toMatch(/^[A-Z]/)
  })

  test('of every code are pinned: codes are API', () => {
    const byStatus = Object.groupBy(Object.entries(STATUS), ([, status]) => status)
    const codes = (status: number): string[] => (byStatus[status] ?? []).map(([code]) => code)
    expect(codes(401)).toEqual(['ERR_UCXI_UNAUTHORIZED'])
    expect(codes(403)).toEqual([
      'ERR_IDENTITY_NO_CONTENT_KEY',
      'ERR_IDENTITY_VIEW_ONLY',
      'ERR_STORE_DENIED',
      'ERR_STORE_READ_ONLY',
      'ERR_STORE_WRITER',
      'ERR_UCXI_HOST',
    ])
    expect(codes(405)).toEqual(['ERR_UCXI_METHOD'])
    expect(codes(408)).toEqual(['ERR_UCXI_TIMEOUT'])
    expect(codes(409)).toEqual(['ERR_RECORD_CHAIN', 'ERR_TEMPORAL_ORDER', 'ERR_UCXI_IN_PROGRESS'])
    expect(codes(410)).toEqual(['ERR_STORE_DROPPED', 'ERR_STORE_REDACTED', 'ERR_TEMPORAL_GONE'])
    expect(codes(412)).toEqual(['ERR_STORE_CONFLICT'])
    expect(codes(413)).toEqual(['ERR_STORE_CONTENT_TOO_LARGE', 'ERR_UCXI_TOO_LARGE'])
    expect(codes(415)).toEqual(['ERR_UCXI_MEDIA_TYPE'])
    expect(codes(416)).toEqual(['ERR_UCXI_RANGE'])
    expect(codes(428)).toEqual(['ERR_UCXI_CONDITION'])
    expect(codes(429)).toEqual(['ERR_UCXI_TOO_MANY'])
    expect(codes(500)).toEqual(['ERR_UCXI_INTERNAL'])
  })

  test('the README says what to do about each code of this package, and of no other', () => {
    const codesIn = (path: string, pattern: RegExp): string[] =>
      [...readFileSync(`${import.meta.dirname}/../${path}`, 'utf8').matchAll(pattern)]
        .map(([, code = '']) => code)
        .toSorted()
    const own = [...new Set(codesIn('src/errors.ts', /'(ERR_UCXI_[A-Z_]+)'/g))]
    expect(codesIn('README.md', /^\| `(ERR_[A-Z_]+)`/gm)).toEqual(own)
  })
})
