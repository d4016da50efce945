import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { contentIdOf } from '@bzzz/context-store'
import { placeOf, type Names, type Place } from './address-book.ts'
import { createBatchWriter, type WholeWrite } from './batch-writer.ts'
import { isCandidate, MAX_RECORD_BYTES, noRecords, whyNoRecord } from './classify.ts'
import type { ImportInit, ImportSkip } from './contract.ts'
import type { ImportedRecords } from './imported-records.ts'
import type { FolderSource } from './source.ts'
import { contentTypeOf, provenancePath, timeText } from './version.ts'

interface FileRecord extends Place {
  /** Name counted from the folder, with `/`. */
  readonly name: string
  /** Time of the file, in milliseconds since 1970. */
  readonly time: number
  /** Content id. */
  readonly content: string
}

// Where programs keep what people do not read.
const PASSED_OVER = new Set(['.git', '.hg', '.svn', 'node_modules'])

/** Imports the records of a folder without a history: each as it stands, as one version. */
export async function importFolder(
  source: FolderSource,
  init: ImportInit & { readonly names: Names },
): Promise<ImportedRecords> {
  const { store, signal } = init
  const options = signal ? { signal } : {}
  const skipped: ImportSkip[] = []
  const records: FileRecord[] = []
  let texts = 0
  for await (const name of filesIn(source.path, '')) {
    signal?.throwIfAborted()
    texts += 1
    const found = await readRecord(source.path, name, init)
    if ('reason' in found) skipped.push(found)
    else records.push(found)
  }
  if (records.length === 0) throw noRecords('', texts)

  const heads = new Map<string, number>()
  const changed: FileRecord[] = []
  for (const record of records) {
    const head = await store.head(record.key, options)
    heads.set(record.key, head?.record.version ?? 0)
    if (head?.record.content !== record.content) changed.push(record)
  }
  let done = 0
  const progress = (): void => {
    init.onProgress?.({
      versions: done,
      ofVersions: changed.length,
      records: records.length,
      bytes: writer.bytes,
    })
  }
  const writer = createBatchWriter({ store, heads, signal, onBatch: progress })
  progress()
  for (const record of changed) {
    const content = await readFile(join(source.path, record.name))
    done += 1
    await writer.add({ key: record.key, name: record.name, write: versionOf(record, content) })
  }
  await writer.flush()
  const times = records.map(({ time }) => time)
  return {
    kind: 'folder',
    records: records.length,
    versions: writer.versions,
    unchanged: records.length - changed.length,
    bytes: writer.bytes,
    first: timeText(times.reduce((a, b) => Math.min(a, b))),
    last: timeText(times.reduce((a, b) => Math.max(a, b))),
    skipped: [...skipped, ...writer.refused],
    notes: source.notes,
    keys: records.map(({ key }) => key),
  }
}

/** Names of all files that can be records, each folder's in the order of their names. */
async function* filesIn(root: string, folder: string): AsyncGenerator<string> {
  const entries = await readdir(join(root, folder), { withFileTypes: true })
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const name = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (entry.isDirectory() && !PASSED_OVER.has(entry.name)) yield* filesIn(root, name)
    else if (entry.isFile() && isCandidate(name)) yield name
  }
}

async function readRecord(
  root: string,
  name: string,
  { names, format }: Pick<ImportInit, 'format'> & { readonly names: Names },
): Promise<FileRecord | ImportSkip> {
  const file = join(root, name)
  try {
    const { size, mtimeMs } = await stat(file)
    if (size > MAX_RECORD_BYTES) {
      return { path: name, reason: `it has ${size} bytes, more than ${MAX_RECORD_BYTES}` }
    }
    const bytes = await readFile(file)
    const reason = whyNoRecord(name, bytes, format)
    if (reason !== undefined) return { path: name, reason }
    const place = placeOf(names, name)
    return { ...place, name, time: Math.floor(mtimeMs), content: contentIdOf(bytes) }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    return { path: name, reason: error.message }
  }
}

function versionOf({ address, name, time }: FileRecord, content: Uint8Array): WholeWrite {
  return {
    address,
    content,
    contentType: contentTypeOf(name),
    time,
    provenance: { source: 'folder', path: provenancePath(name) },
  }
}
