import { readFileSync } from 'node:fs'
import type { DecisionErrorCode, DecisionWarning } from '../src/index.ts'

interface Vector {
  readonly id: string
  readonly clause: string
}

/** What `vectors/decision.json` holds. */
export interface Vectors {
  readonly clauses: Readonly<Record<string, string>>
  readonly accept: readonly (Vector & { node: Readonly<Record<string, unknown>> })[]
  readonly reject: readonly (Vector & { node: unknown; path?: string })[]
  readonly acceptText: readonly (Vector & { text: string })[]
  readonly rejectText: readonly (Vector & { text: string; code: DecisionErrorCode })[]
  readonly hash: readonly (Vector & { node: unknown; hash: string; contentId: string })[]
  readonly review: readonly (Vector & {
    node: unknown
    warnings: readonly Pick<DecisionWarning, 'code' | 'path'>[]
  })[]
  readonly excerpt: readonly (Vector & { text: string; excerpt: string; found: boolean })[]
}

const read = (path: string): unknown =>
  JSON.parse(readFileSync(new URL(`../${path}`, import.meta.url), 'utf8'))

export const vectors = read('vectors/decision.json') as Vectors
export const vectorsSchema = read('vectors/decision.schema.json') as object
export const publishedSchema = read('schema/decision-1.json') as Record<string, unknown>
