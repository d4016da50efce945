import type { ContextStore, VersionRecord } from '@bzzz/context-store'
import { compilePattern, parse } from '@bzzz/ucxl-address'
import { collectionOf, type Head } from './manifest.ts'
import type { Membership } from './membership.ts'
import { PAGE_ITEMS, RECORDS_BYTES, STATEMENTS_ITEMS } from './sync-messages.ts'

/** What a node knows of its cluster, a page of it; each statement is at most a few kilobytes. */
export function statementsPage(
  membership: Membership,
  after: number,
): { statements: unknown[]; more: boolean } {
  const all = membership.statements()
  const statements = all.slice(after, after + STATEMENTS_ITEMS)
  return { statements, more: after + statements.length < all.length }
}

/** The heads of a collection that this store holds, a page in the order of their keys. */
export async function headsPage(
  store: ContextStore,
  collection: string,
  after: string,
): Promise<{ heads: Head[]; more: boolean }> {
  const [agent = '', project = ''] = collection.split('@')
  const heads: Head[] = []
  for await (const { id, record } of store.list(`ucxl://${agent}:any@${project}:any/**`, {
    after,
  })) {
    if (collectionOf(record.key) !== collection) continue
    if (heads.length === PAGE_ITEMS) return { heads, more: true }
    heads.push({ key: record.key, version: record.version, id })
  }
  return { heads, more: false }
}

/** The records of a timeline after a version, a page of them. */
export async function recordsPage(
  store: ContextStore,
  { key, after }: { readonly key: string; readonly after: number },
): Promise<{ records: VersionRecord[]; more: boolean }> {
  const records: VersionRecord[] = []
  let bytes = 0
  for await (const { record } of store.history(key, { from: after + 1 })) {
    if (records.length === PAGE_ITEMS || bytes >= RECORDS_BYTES) return { records, more: true }
    records.push(record)
    bytes += JSON.stringify(record).length
  }
  return { records, more: false }
}

/** What was erased of the timelines that match a pattern, a page of it. */
export async function redactionsPage(
  store: ContextStore,
  { pattern, after }: { readonly pattern: string; readonly after: number },
): Promise<{ redactions: unknown[]; last: number }> {
  const compiled = compilePattern(parse(pattern))
  const { redactions, last } = await store.redactionPage({ after })
  return { redactions: redactions.filter(({ key }) => compiled.testKey(key)), last }
}
