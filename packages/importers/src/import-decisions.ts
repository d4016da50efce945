import type { Identity } from '@bzzz/identity'
import type { ImportInit, ImportProgress, ImportSourceOptions, ImportSummary } from './contract.ts'
import { deriveDecisions, type Derived } from './decisions/derive.ts'
import { completeMap, type ImportMap } from './decisions/import-map.ts'
import { importTexts } from './import-records.ts'

/** How records become decisions. */
export interface DecisionImportInit extends Omit<ImportInit, 'onProgress' | 'folders'> {
  /** Who imports, and signs: the writer of the store. */
  readonly identity: Identity
  /** What stands in the records, and what it becomes; what is left out is as in the defaults. */
  readonly map?: ImportMap
  /** Milliseconds since 1970, for the proofs; the system's clock if left out. */
  readonly now?: () => number
  readonly onProgress?: (progress: DecisionImportProgress) => void
}

/** How far an import is: first the records are written, then what is made of them. */
export interface DecisionImportProgress extends ImportProgress {
  readonly phase: 'records' | 'decisions'
}

/** What an import did. */
export interface DecisionImportSummary extends ImportSummary {
  readonly decisions: DecisionCounts
}

/** What was made of the records. */
export interface DecisionCounts {
  /** Decisions that were written to now. */
  readonly records: number
  /** Versions of decisions written now. */
  readonly versions: number
  /** Versions that were there already. */
  readonly unchanged: number
  /** Citations in what was written now. */
  readonly citations: number
  /** Impacts in what was written now. */
  readonly impacts: number
  /** Links in what was written now that lead to no record of this import, as they stand there. */
  readonly unresolved: readonly string[]
}

/**
 * Imports decision records as {@link importRecords} does, and makes decisions of them: each version of
 * a record becomes a version of a decision at the record's address with `.json` added, with the same
 * time. It is signed by who imports, says what it was made of (`imported`: the record's version, commit
 * and author), and what it cites is pinned to the version that was there at that time. A deletion is a
 * tombstone.
 *
 * Running it again adds only what is new. A version that cannot be read (`ERR_IMPORT_SYNTAX`) is left
 * out and listed in `skipped`, with its line; its text is kept. A decision that was changed here since
 * it was imported is left alone (`ERR_IMPORT_DIVERGED`).
 *
 * @throws as {@link importRecords}; ImportError `ERR_IMPORT_MAP` where the map is none
 */
export async function importDecisions(
  source: ImportSourceOptions,
  init: DecisionImportInit,
): Promise<DecisionImportSummary> {
  const { identity, now = Date.now, onProgress, map: given, ...rest } = init
  const map = completeMap(given)
  const signals = [source.signal, init.signal].filter((signal) => signal !== undefined)
  const signal = signals.length === 0 ? undefined : AbortSignal.any(signals)
  let last: ImportProgress = { versions: 0, ofVersions: 0, records: 0, bytes: 0 }
  const { keys, ...texts } = await importTexts(source, {
    ...rest,
    folders: map.folders,
    onProgress(progress) {
      last = progress
      onProgress?.({ phase: 'records', ...progress })
    },
  })
  const derived = await deriveDecisions({
    store: init.store,
    identity,
    now,
    map,
    keys,
    signal,
    onProgress: (versions, ofVersions) =>
      onProgress?.({ ...last, phase: 'decisions', versions, ofVersions }),
  })
  return {
    ...texts,
    skipped: [...texts.skipped, ...derived.skipped],
    notes: [...texts.notes, ...derived.notes],
    decisions: countsOf(derived),
  }
}

function countsOf({ skipped: _s, notes: _n, ...counts }: Derived): DecisionCounts {
  return counts
}
