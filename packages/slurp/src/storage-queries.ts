import type { CallOptions } from '@bzzz/temporal-nav'
import type { Facet, StoredDecision } from './storage.ts'

/** What decisions are narrowed by; several values of one facet: any of them. */
export interface Filters extends Partial<Readonly<Record<Facet, readonly string[]>>> {
  /** Decided at this moment or later: milliseconds since 1970. */
  readonly since?: number
  /** Decided before this moment. */
  readonly before?: number
}

/** Some items, and where the next ones begin; undefined at the end. */
export interface Page<Item> {
  readonly items: readonly Item[]
  readonly next?: string
}

export interface StateRequest extends CallOptions {
  /** As it stood at this moment, by the times of the records; now if left out. */
  readonly at?: number
  readonly filters?: Filters
  /** `next` of the page before. */
  readonly after?: string
  readonly limit: number
}

/** A word, or several in a row, that are to be there, or not. */
export interface SearchTerm {
  /** As they are compared: without case and diacritics. */
  readonly words: readonly string[]
  /** Only how the last word begins. */
  readonly prefix: boolean
  readonly not: boolean
}

/** Where a result stands in the order of its search. */
export interface SearchMark {
  readonly rank: number
  readonly key: string
}

export interface SearchRequest extends CallOptions {
  /** All of them; none: everything, what was decided last first. */
  readonly terms: readonly SearchTerm[]
  readonly filters: Filters
  /** The last hit of the page before. */
  readonly after?: SearchMark
  readonly limit: number
  /** How many matches are ranked, at most: of more, those that came here last. */
  readonly cap: number
  /** Count the values of each facet among all results. */
  readonly facets: boolean
}

export interface SearchHit {
  readonly decision: StoredDecision
  readonly mark: SearchMark
}

/** How many results have a value. */
export interface FacetCount {
  readonly value: string
  readonly count: number
}

export interface SearchResult {
  /** Of the newest versions; the best first, then in the order of their keys. */
  readonly hits: readonly SearchHit[]
  /** Whether there are more behind the last. */
  readonly more: boolean
  /** Whether only the latest matches were ranked. */
  readonly capped: boolean
  /** The 50 most frequent values of each facet; `''` is left out. */
  readonly facets?: Readonly<Record<Facet, readonly FacetCount[]>>
}

/** How many values of a facet are counted. */
export const FACET_VALUES = 50
