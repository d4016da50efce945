import type { Backend, VersionRow } from './backend.ts'
import { StoreError } from './errors.ts'
import { assertFollows, nameOf, type SealedVersion, type VersionRecord } from './record.ts'
import { rowOf, storedOf } from './rows.ts'
import { assertMaySign, type WriterRules } from './writers.ts'

/** What became of a record that was offered: new on its timeline, known, or beside it as a fork. */
export type Taken =
  | 'appended'
  | 'known'
  | { readonly fork: VersionRow; readonly standing: VersionRow }

/**
 * Keeps one verified record of another writer; inside a transaction.
 *
 * @throws `ERR_STORE_WRITER` where the rules of writers refuse it; `ERR_RECORD_CHAIN` where it neither follows what is here nor would have the place of it.
 */
export function takeRecord(
  version: SealedVersion,
  backend: Backend,
  writers: WriterRules | undefined,
): Taken {
  const { record } = version
  const here = backend.version(record.key, record.version)
  if (here?.id === version.id || backend.fork(version.id)) return 'known'
  const row = rowOf(version)
  const operation = record.content === null ? 'delete' : 'write'
  assertMaySign(writers, { writer: record.writer, key: record.key, at: row.time, operation })
  const rules = { anyWriter: writers !== undefined }
  if (here) return takeRival({ rival: row, here, record }, backend, rules)
  const head = backend.head(record.key)
  if (record.previous !== null && record.previous !== head?.id && backend.fork(record.previous)) {
    // It builds on a record that lost its place, and shares its fate.
    backend.insertFork(row)
    return { fork: row, standing: head ?? row }
  }
  assertFollows(record, head && storedOf(head), rules)
  backend.insertVersion(row)
  return 'appended'
}

/** Two records for one place: both are kept, and the same one stands wherever both are known. */
function takeRival(
  { rival, here, record }: { rival: VersionRow; here: VersionRow; record: VersionRecord },
  backend: Backend,
  rules: { readonly anyWriter: boolean },
): Taken {
  const standing = storedOf(here).record
  if (!rules.anyWriter && record.writer !== standing.writer) {
    throw new StoreError(
      'ERR_RECORD_CHAIN',
      `${nameOf(record)} does not fit its timeline: expected the timeline's writer ${standing.writer}`,
    )
  }
  if (record.previous !== standing.previous) {
    if (record.previous === null || !backend.fork(record.previous)) {
      throw new StoreError(
        'ERR_RECORD_CHAIN',
        `${nameOf(record)} does not fit its timeline: expected it to point back at ${standing.previous ?? 'nothing'}`,
      )
    }
    backend.insertFork(rival)
    return { fork: rival, standing: here }
  }
  if (record.previous !== null) {
    const before = backend.version(record.key, record.version - 1)
    assertFollows(record, before && storedOf(before), rules)
  }
  if (!standsBefore(rival, here)) {
    backend.insertFork(rival)
    return { fork: rival, standing: here }
  }
  for (const row of backend.removeVersions(record.key, record.version)) backend.insertFork(row)
  backend.insertVersion(rival)
  return { fork: here, standing: rival }
}

/** The earlier time, then the smaller id. */
function standsBefore(rival: VersionRow, here: VersionRow): boolean {
  return rival.time === here.time ? rival.id < here.id : rival.time < here.time
}
