import { readFileSync } from 'node:fs'
import type { AddressErrorCode, Temporal } from '../src/index.ts'

interface Vector {
  readonly id: string
  readonly clause: string
}
interface Reading extends Vector {
  readonly text: string
  readonly canonical: string
}
interface Refusal extends Vector {
  readonly code: AddressErrorCode
}
interface Reference extends Vector {
  readonly base: string
  readonly reference: string
}

/** What `vectors/address.json` holds. */
export interface Vectors {
  readonly clauses: Readonly<Record<string, string>>
  readonly valid: readonly (Reading & { key: string | null; temporal: Temporal })[]
  readonly invalid: readonly (Refusal & { text: string; offset?: number })[]
  readonly uri: readonly (Reading & { uri?: string })[]
  readonly match: readonly (Vector & { pattern: string; address: string; matches: boolean })[]
  readonly legacy: readonly Reading[]
  readonly legacyInvalid: readonly (Refusal & { text: string; offset: number })[]
  readonly key: readonly (Vector & { key: string; canonical: string })[]
  readonly keyInvalid: readonly (Refusal & { key: string })[]
  readonly relative: readonly (Reference & { canonical: string })[]
  readonly relativeInvalid: readonly (Reference & Refusal & { offset: number })[]
  readonly specificity: readonly (Vector & { patterns: readonly string[] })[]
  readonly order: readonly (Vector & { addresses: readonly string[] })[]
}

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../vectors/${name}`, import.meta.url), 'utf8'))

export const schema = read('address.schema.json')
export const vectors = read('address.json') as Vectors
