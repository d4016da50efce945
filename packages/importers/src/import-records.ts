import { parseKey } from '@bzzz/ucxl-address'
import { placeOf, projectName, type Names } from './address-book.ts'
import type { ImportInit, ImportSourceOptions, ImportSummary } from './contract.ts'
import { importFolder } from './import-folder.ts'
import { importHistory } from './import-history.ts'
import type { ImportedRecords } from './imported-records.ts'
import { openSource } from './source.ts'

/**
 * Imports the decision records of a git bundle, a git repository or a folder: each commit on the
 * branch's first-parent line that changed a record is written as a version, with the committer's time.
 *
 * A record stands at `ucxl://importer:archivist@<project>:decisions/*^/<its newest name>` through all
 * changes of its name. A deletion is a tombstone. Contents are the committed bytes. The provenance of a
 * version says `source` (`git`), `commit`, `path` (the name then), `author`, `authored` and `subject`.
 *
 * Times increase strictly along a timeline: where a commit's time is not after that of the record's
 * commit before it, the version's time is a millisecond after the version before.
 *
 * Running it again writes only what is new. A record that got another name since then has its whole
 * history at the new address, and a tombstone that points there (`moved_to`) at the old one. A record
 * whose history was rewritten since then is left alone and listed in `skipped`, with the code
 * `ERR_IMPORT_DIVERGED`; so is one that the store refuses, with the store's code.
 *
 * @throws ImportError `ERR_IMPORT_NOT_FOUND`, `ERR_IMPORT_NOT_A_REPOSITORY`, `ERR_IMPORT_BRANCH`,
 *   `ERR_IMPORT_GIT_MISSING`, `ERR_IMPORT_GIT`, `ERR_IMPORT_NO_RECORDS`; an AddressError where a name
 *   in `init` is none; the store's error where nothing can be written; the signal's reason.
 */
export async function importRecords(
  source: ImportSourceOptions,
  init: ImportInit,
): Promise<ImportSummary> {
  const { keys: _, ...summary } = await importTexts(source, init)
  return summary
}

/** The same, with the keys of what was imported. */
export async function importTexts(
  source: ImportSourceOptions,
  init: ImportInit,
): Promise<ImportSummary & Pick<ImportedRecords, 'keys'>> {
  if (typeof source.path !== 'string' || source.path === '') {
    throw new TypeError('Expected the path of a bundle, a repository or a folder')
  }
  const signals = [source.signal, init.signal].filter((signal) => signal !== undefined)
  const signal = signals.length === 0 ? undefined : AbortSignal.any(signals)
  const opened = await openSource(source, signal)
  try {
    const names: Names = {
      agent: init.agent ?? 'importer',
      role: init.role ?? 'archivist',
      project: init.project ?? projectName(opened.name),
      task: init.task ?? 'decisions',
      ...(init.folders ? { folders: init.folders } : {}),
    }
    // A name that is none is found here, before anything is read.
    const { agent, project } = placeOf(names, 'record.md').address
    const inner = { ...init, names, ...(signal ? { signal } : {}) }
    const summary =
      opened.kind === 'folder'
        ? await importFolder(opened, inner)
        : await importHistory(opened, inner)
    const collection = `${agent}@${project}`
    const others = summary.keys.map((key) => collectionOf(key)).filter((one) => one !== collection)
    return { ...summary, collection, collections: [...new Set([collection, ...others])] }
  } finally {
    await opened.close()
  }
}

function collectionOf(key: string): string {
  const { agent, project } = parseKey(key)
  return `${agent}@${project}`
}
