import { verifyRecord, type ContextStore, type StoredVersion } from '@bzzz/context-store'
import type { CompiledPattern } from '@bzzz/ucxl-address'
import { MeshError } from './errors.ts'
import { PAGE_ITEMS, RECORDS_BYTES } from './sync-messages.ts'

/** Versions that match a pattern, in the order of their keys. */
export interface QueryPage {
  readonly versions: readonly StoredVersion[]
  /** The key up to which the page answers, where there is more after it. */
  readonly next?: string | undefined
}

/**
 * A page of what a store holds, as it is sent: bounded in number and in bytes. With tombstones, so that
 * one node's older version does not bring back what another one knows to be deleted.
 */
export async function listPage(
  store: ContextStore,
  { pattern, after }: { readonly pattern: string; readonly after: string },
): Promise<{ records: unknown[]; next?: string }> {
  const page = await store.page(pattern, { after, limit: PAGE_ITEMS })
  const records: unknown[] = []
  let bytes = 0
  for (const { record } of page.versions) {
    if (bytes >= RECORDS_BYTES) {
      const last = page.versions[records.length - 1]
      return { records, next: last?.record.key ?? after }
    }
    records.push(record)
    bytes += JSON.stringify(record).length
  }
  return { records, ...(page.next !== undefined && { next: page.next }) }
}

/**
 * Checks a page of another node: each record is signed, matches, and has its place in the order.
 *
 * @throws `ERR_MESH_UNTRUSTED`, `ERR_RECORD_INVALID`, `ERR_RECORD_SIGNATURE`.
 */
export function verifyPage(
  { records, next }: { readonly records: readonly unknown[]; readonly next?: string | undefined },
  { pattern, after, peer }: { pattern: CompiledPattern; after: string; peer: string },
): QueryPage {
  const versions: StoredVersion[] = []
  let last = after
  for (const sent of records) {
    const { id, record } = verifyRecord(sent)
    if (!pattern.testKey(record.key) || !isAfter(record.key, last)) {
      throw new MeshError('ERR_MESH_UNTRUSTED', `${peer} listed what was not asked for`)
    }
    last = record.key
    versions.push({ id, record })
  }
  // Else a listing of empty pages would never end.
  if (next !== undefined && (!isAfter(next, after) || next < last)) {
    throw new MeshError('ERR_MESH_UNTRUSTED', `${peer} listed a page that leads nowhere`)
  }
  return { versions, next }
}

function isAfter(key: string, before: string): boolean {
  return key > before
}
