import { randomUUID } from 'node:crypto'
import { mkdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import type { ContextStore, StoredVersion } from '@bzzz/context-store'
import { DECISION_MEDIA_TYPE, DecisionError } from '@bzzz/decision-schema'
import { parseKey } from '@bzzz/ucxl-address'
import type { ImportSkip } from './contract.ts'
import { recordOf, type MadeRecord } from './decisions/record-of.ts'
import { ImportError } from './errors.ts'

/** Which decisions go out. */
export interface ExportInit {
  /** It stays the caller's, and open. */
  readonly store: ContextStore
  /** Only contexts that match this address; all if left out. */
  readonly pattern?: string
  /** As they stood then, in milliseconds since 1970; as they are if left out. */
  readonly at?: number
  readonly signal?: AbortSignal
}

export interface ExportFolderInit extends ExportInit {
  /** Called after each record, with how many there were so far. */
  readonly onProgress?: (records: number) => void
}

/** A decision as a file. */
export interface ExportedRecord extends MadeRecord {
  /** The address of the decision's version. */
  readonly address: string
}

/** What an export did. */
export interface ExportSummary {
  /** Decisions that were exported. */
  readonly records: number
  /** Files written now: new ones, and those that said something else. */
  readonly written: number
  /** Of the records, those that are byte for byte what came in. */
  readonly unchanged: number
  /** What could not be exported. */
  readonly skipped: readonly ImportSkip[]
}

const ALL = 'ucxl://any:any@any:any/*^/**'

/**
 * The decisions of a store as records, ordered by their keys. One that was imported, and not changed
 * since, is the file that came in, byte for byte; any other is a record in Markdown (MADR 4). Two that
 * would be the same file stand apart, in folders named after their collections.
 *
 * @throws an AddressError where the pattern is none; the store's errors; the signal's reason. What is
 *   wrong with one decision is given to `onSkip`.
 */
export async function* exportRecords(
  init: ExportInit & { readonly onSkip?: (skip: ImportSkip) => void },
): AsyncGenerator<ExportedRecord> {
  const { store, pattern = ALL, at, signal, onSkip } = init
  const call = signal ? { signal } : {}
  const taken = new Set<string>()
  for await (const found of store.list(pattern, { ...call, ...(at === undefined ? {} : { at }) })) {
    const { record } = found
    if (record.content === null || record.content_type !== DECISION_MEDIA_TYPE) continue
    const made = await recordOrSkip(store, found, call)
    if ('reason' in made) {
      onSkip?.(made)
      continue
    }
    const { agent, project } = parseKey(record.key)
    const path = taken.has(made.path) ? `${agent}@${project}/${made.path}` : made.path
    taken.add(path)
    const address = parseKey(record.key).toString().replace('/*^', `/*~${record.version}`)
    yield { ...made, path, address }
  }
}

async function recordOrSkip(
  store: ContextStore,
  { record }: StoredVersion,
  options: { readonly signal?: AbortSignal },
): Promise<MadeRecord | ImportSkip> {
  try {
    const made = await recordOf(store, record, options)
    return made ?? { path: record.key, reason: 'its bytes are not in the store' }
  } catch (error) {
    if (!(error instanceof DecisionError)) throw error
    return { path: record.key, reason: error.message, code: error.code }
  }
}

/**
 * Writes the decisions of a store into a folder, as {@link exportRecords} gives them. A file that says
 * the same already is left as it is; other files in the folder are not touched. Nothing is written
 * outside of the folder, whatever links it has.
 *
 * @param folder is made where it is missing
 * @throws as {@link exportRecords}; the file system's errors
 */
export async function exportFolder(folder: string, init: ExportFolderInit): Promise<ExportSummary> {
  const { onProgress, ...what } = init
  const root = resolve(folder)
  await mkdir(root, { recursive: true })
  const skipped: ImportSkip[] = []
  const counts = { records: 0, written: 0, unchanged: 0 }
  for await (const { path, bytes, unchanged } of exportRecords({
    ...what,
    onSkip: (skip) => skipped.push(skip),
  })) {
    counts.records += 1
    if (unchanged) counts.unchanged += 1
    try {
      if (await writeWithin(root, path, bytes)) counts.written += 1
    } catch (error) {
      if (!ImportError.is(error)) throw error
      skipped.push({ path, reason: error.message, code: error.code })
    }
    onProgress?.(counts.records)
  }
  return { ...counts, skipped }
}

/** @returns false where the file says the same already. */
async function writeWithin(root: string, path: string, bytes: Uint8Array): Promise<boolean> {
  const segments = path.split('/').map(segmentOf)
  const file = join(root, ...segments)
  const top = await realpath(root)
  let folder = root
  for (const segment of segments.slice(0, -1)) {
    folder = join(folder, segment)
    await mkdir(folder).catch(unlessItExists)
    const real = await realpath(folder)
    if (!real.startsWith(`${top}${sep}`)) {
      throw new ImportError(
        'ERR_IMPORT_NOT_FOUND',
        `Expected folders inside ${root}, found a link that leads out of it to ${real}`,
      )
    }
  }
  const there = await readFile(file).catch(() => undefined)
  if (there?.equals(bytes)) return false
  // Under another name first: who is stopped in between leaves no half of a record.
  const draft = `${file}.${randomUUID()}.tmp`
  try {
    await writeFile(draft, bytes, { flag: 'wx' })
    await rename(draft, file)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
  return true
}

function unlessItExists(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error
}

/** A segment of an address as a file's name: what would lead elsewhere, or into git's own, does not. */
function segmentOf(segment: string): string {
  const name = decodeURIComponent(segment)
  if (/[/\\\0]/.test(name)) return segment
  return /^\.{1,2}$|^\.git$/i.test(name) ? name.replaceAll('.', '%2E') : name
}
