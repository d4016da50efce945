import type { Consequences, DecisionOption } from '@bzzz/decision-schema'

/** How a record is written. */
export type RecordFormat = 'headers' | 'madr'

/** What a record says, before it is known where the records are that it names. */
export interface ParsedRecord {
  readonly format: RecordFormat
  /** What the record is called by in its community: `PEP` of `PEP: 484`. */
  readonly series?: string
  /** Its number in the series. */
  readonly number?: number
  readonly title?: string
  /** The status, as it is written. */
  readonly status?: string
  /** The kind of record, as it is written: `Standards Track`. */
  readonly type?: string
  readonly summary?: string
  readonly reasoning?: string
  readonly criteria?: readonly string[]
  readonly options?: readonly DecisionOption[]
  readonly chosen?: string
  readonly consequences?: Consequences
  readonly confirmation?: string
  /** Names of people, by the field that has them, in lower case with `_`. */
  readonly people: ReadonlyMap<string, readonly string[]>
  readonly links: readonly RecordLink[]
  /** Fields that nothing above was made of, as they are written. */
  readonly fields: Readonly<Record<string, string>>
}

/** A record, or any context, that a record names. */
export interface RecordLink {
  /** What it is to this record, in lower case with `_`: `requires`, `superseded_by`; `mentions`. */
  readonly word: string
  readonly target: LinkTarget
  /** What stands there, for a person. */
  readonly text: string
}

/** How a link names what it leads to. */
export type LinkTarget =
  /** By its number in the series. */
  | { readonly number: number }
  /** By a path, relative to the folder of the record. */
  | { readonly path: string }
  /** By its address; with the version and the passage, where they are said. */
  | { readonly address: string; readonly version?: number; readonly excerpt?: string }

/** The word of a link without one. */
export const MENTIONS = 'mentions'

/** A word as maps name it: `Superseded-By` and `superseded by` are `superseded_by`. */
export function wordOf(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, '_')
}
