import type { Names } from './address-book.ts'
import { createBatchWriter } from './batch-writer.ts'
import { nextBlob, readBlobs, type Blob } from './blobs.ts'
import { MAX_RECORD_BYTES } from './classify.ts'
import type { ImportInit } from './contract.ts'
import type { ImportedRecords } from './imported-records.ts'
import { findRecords } from './find-records.ts'
import { readLog } from './git-log.ts'
import { trackLineages } from './lineage.ts'
import { planImport, type PlannedVersion } from './plan.ts'
import type { HistorySource } from './source.ts'
import { timeText, versionOf } from './version.ts'

/** Imports every commit of a history that changed a record. */
export async function importHistory(
  source: HistorySource,
  init: ImportInit & { readonly names: Names },
): Promise<ImportedRecords> {
  const { store, names, signal } = init
  const tracker = trackLineages()
  for await (const changes of readLog(source.git, source.tip)) tracker.add(changes)
  const lineages = tracker.lineages()
  const { records, skipped } = await findRecords(source, lineages, names, init.format)
  const plan = await planImport({ store, names, folder: source.folder, lineages, records, signal })
  skipped.push(...plan.diverged)

  let done = 0
  const progress = (): void => {
    init.onProgress?.({
      versions: done,
      ofVersions: plan.versions.length,
      records: records.length,
      bytes: writer.bytes,
    })
  }
  const writer = createBatchWriter({ store, heads: plan.heads, signal, onBatch: progress })
  progress()
  for await (const { version, content } of contentsOf(source, plan.versions)) {
    const { place, name, step, movedTo } = version
    done += 1
    if ('missing' in content) {
      skipped.push({ path: name, reason: `in commit ${step.commit.id}: ${content.missing}` })
      continue
    }
    const write = versionOf(place, step, content.bytes, movedTo)
    await writer.add({ key: place.key, name, write })
  }
  await writer.flush()
  const times = records.flatMap(({ lineage }) => lineage.steps.map((step) => step.commit.time))
  return {
    kind: source.kind,
    records: records.length,
    versions: writer.versions,
    unchanged: plan.unchanged,
    bytes: writer.bytes,
    first: timeText(times.reduce((a, b) => Math.min(a, b))),
    last: timeText(times.reduce((a, b) => Math.max(a, b))),
    skipped: [...skipped, ...writer.refused],
    notes: source.notes,
    keys: [...plan.heads.keys()],
  }
}

/** The planned versions with their bytes, one at a time. */
async function* contentsOf(
  { git }: HistorySource,
  versions: readonly PlannedVersion[],
): AsyncGenerator<{ version: PlannedVersion; content: Blob | { readonly bytes: null } }> {
  const ids = versions.map(blobOf).filter((id) => id !== undefined)
  const blobs = readBlobs(git, ids, MAX_RECORD_BYTES)
  try {
    for (const version of versions) {
      yield { version, content: blobOf(version) ? await nextBlob(blobs) : { bytes: null } }
    }
  } finally {
    await blobs.return(undefined)
  }
}

/** Id of a version's content; none for a tombstone. */
function blobOf({ step, closes }: PlannedVersion): string | undefined {
  return closes ? undefined : step.blob
}
