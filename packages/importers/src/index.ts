/**
 * Decision records in: every commit of a repository, bundle or folder becomes a version.
 *
 * ```ts
 * const store = createMemoryStore({ writer: generateIdentity() })
 * const { records, versions } = await importRecords({ path: 'peps.bundle' }, { store })
 * await store.get('ucxl://importer:archivist@peps:decisions/2015-05-31/peps/pep-0484.rst')
 * ```
 *
 * @packageDocumentation
 */
export { importRecords } from './import-records.ts'
export { ImportError } from './errors.ts'
export type {
  ImportInit,
  ImportProgress,
  ImportSkip,
  ImportSourceOptions,
  ImportSummary,
} from './contract.ts'
export type { ImportErrorCode } from './errors.ts'
export { importDecisions } from './import-decisions.ts'
export type {
  DecisionCounts,
  DecisionImportInit,
  DecisionImportProgress,
  DecisionImportSummary,
} from './import-decisions.ts'
export type { ImportMap, LinkMeaning } from './decisions/import-map.ts'
export { exportFolder, exportRecords } from './export-records.ts'
export type {
  ExportedRecord,
  ExportFolderInit,
  ExportInit,
  ExportSummary,
} from './export-records.ts'
