import { addressedNames, placeOf, textOfName, type Names } from './address-book.ts'
import { nextBlob, readBlobs } from './blobs.ts'
import { MAX_RECORD_BYTES, noRecords, whyNoRecord } from './classify.ts'
import type { ImportSkip } from './contract.ts'
import type { RecordFormat } from './decisions/parsed-record.ts'
import type { Lineage } from './lineage.ts'
import type { PlacedRecord } from './plan.ts'
import type { HistorySource } from './source.ts'

/** Tells records from other texts by their newest contents. */
export async function findRecords(
  source: HistorySource,
  lineages: readonly Lineage[],
  names: Names,
  format?: RecordFormat,
): Promise<{ records: PlacedRecord[]; skipped: ImportSkip[] }> {
  const records: PlacedRecord[] = []
  const skipped: ImportSkip[] = []
  const candidates = [...addressedNames(lineages, source.folder)]
  const ids = candidates.map(([lineage]) => lineage.newestBlob ?? '')
  const blobs = readBlobs(source.git, ids, MAX_RECORD_BYTES)
  try {
    for (const [lineage, name] of candidates) {
      const blob = await nextBlob(blobs)
      const reason =
        'missing' in blob ? blob.missing : whyNoRecord(textOfName(lineage.path), blob.bytes, format)
      if (reason !== undefined) {
        skipped.push({ path: name, reason })
        continue
      }
      try {
        records.push({ lineage, name, ...placeOf(names, name) })
      } catch (error) {
        if (!(error instanceof Error)) throw error
        skipped.push({ path: name, reason: `no address can hold its name: ${error.message}` })
      }
    }
  } finally {
    await blobs.return(undefined)
  }
  if (records.length === 0) throw noRecords(source.folder, candidates.length)
  return { records, skipped }
}
