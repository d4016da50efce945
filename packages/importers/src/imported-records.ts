import type { ImportSummary } from './contract.ts'

/** What was imported, and where it stands. */
export interface ImportedRecords extends Omit<ImportSummary, 'collection' | 'collections'> {
  /** Keys of all records of the source, and of the addresses that some of them left. */
  readonly keys: readonly string[]
}
