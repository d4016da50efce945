import type { ContextStore } from '@bzzz/context-store'
import type { RecordFormat } from './decisions/parsed-record.ts'
import type { ImportErrorCode } from './errors.ts'

/** Where decision records are. */
export interface ImportSourceOptions {
  /** A git bundle, a git repository or a folder inside one, or a plain folder. */
  readonly path: string
  /**
   * The branch (or tag, or full ref) whose first-parent line is read. If left out: HEAD, else `main`,
   * else `master`, else the only branch there is.
   */
  readonly branch?: string
  /** Only records whose newest name is under this folder; counted from `path`, written with `/`. */
  readonly folder?: string
  readonly signal?: AbortSignal
}

/** Where records go, and under which names. */
export interface ImportInit {
  /** The store that is written to and signs; it stays the caller's, and open. */
  readonly store: ContextStore
  /** The agent of the addresses; `importer` if left out. */
  readonly agent?: string
  /** The role of the addresses; `archivist` if left out. */
  readonly role?: string
  /** The project of the addresses; made of the source's name if left out: `peps` for `peps.bundle`. */
  readonly project?: string
  /** The task of the addresses; `decisions` if left out. */
  readonly task?: string
  /**
   * Other projects and tasks for the records of some folders, counted from what is imported:
   * `{ backend: { task: 'backend' } }`. The longest folder counts.
   */
  readonly folders?: Readonly<Record<string, FolderNames>>
  /** Only records of this format: Markdown, or texts with header fields; both if left out. */
  readonly format?: RecordFormat
  /** Called when it is known what there is to write, and after each batch that was written. */
  readonly onProgress?: (progress: ImportProgress) => void
  /** Ends the import between two batches: what was written stays, and the next run continues. */
  readonly signal?: AbortSignal
}

/** The names in the addresses of one folder's records; what is left out is as for all others. */
export interface FolderNames {
  readonly project?: string
  readonly task?: string
}

/** How far an import is. Rate and time left follow from it and the caller's clock. */
export interface ImportProgress {
  /** Versions dealt with so far in this run, of {@link ofVersions}. */
  readonly versions: number
  /** Versions that this run has to write; what an earlier run wrote is not counted. */
  readonly ofVersions: number
  /** Records that the source has. */
  readonly records: number
  /** Bytes of the contents written so far. */
  readonly bytes: number
}

/** What an import did. */
export interface ImportSummary {
  /** What the source turned out to be; in a `folder`, each record is one version, as it stands. */
  readonly kind: 'bundle' | 'repository' | 'folder'
  /** Whose contexts were written, `agent@project`: `importer@peps`. */
  readonly collection: string
  /** All of them, where folders have projects of their own; {@link collection} is the first. */
  readonly collections: readonly string[]
  /** Records in the source, those that were imported before too. */
  readonly records: number
  /** Versions written now. */
  readonly versions: number
  /** Versions that were in the store already. */
  readonly unchanged: number
  /** Bytes of the contents written now. */
  readonly bytes: number
  /** Time of the records' first commit, RFC 3339 in UTC. */
  readonly first: string
  /** Time of the records' last commit. */
  readonly last: string
  /** What was left out. */
  readonly skipped: readonly ImportSkip[]
  /** What a person should know of this import beyond its figures, in sentences; mostly empty. */
  readonly notes: readonly string[]
}

/** A file, or a version of one, that was not imported. */
export interface ImportSkip {
  /** The name that the file is addressed by, or would be: its newest one, counted from the folder. */
  readonly path: string
  /** Why, in words. */
  readonly reason: string
  /** `ERR_IMPORT_DIVERGED`, or the store's code; absent for a file that is just no record. */
  readonly code?: ImportErrorCode | (string & {})
  /** The line that is wrong, counted from 1, where it is known. */
  readonly line?: number
}
