import type { Change, ContextStore, VersionRecord } from '@bzzz/context-store'
import { DECISION_MEDIA_TYPE } from '@bzzz/decision-schema'
import type { Progress } from './state.ts'

/** How far the log has been read: the last change, with the id of its record. */
export type Cursor = Progress['cursor']

/** A stretch of the log. */
export interface LogPage {
  /** Changes that are to be delivered. */
  readonly pending: readonly Change[]
  /** The last change that was looked at. */
  readonly cursor: Cursor
  /** True where there is nothing behind. */
  readonly end: boolean
  /** True where the log is not the one that the cursor is of: this page is its first. */
  readonly rewound: boolean
}

// Of records, which may have up to 64 KiB and mostly have one.
const PAGE = 64

/** Reads what comes after a cursor: decisions of this writer, of whatever process wrote them. */
export async function readLog(
  store: ContextStore,
  writer: string,
  cursor: Cursor,
): Promise<LogPage> {
  // From the change that the cursor is on, which shows that it is still the same log.
  const from = cursor ? cursor.sequence - 1 : 0
  const rows = await store.changes({ after: from, limit: PAGE + 1 })
  const [first] = rows
  if (cursor && (!first || (first.sequence === cursor.sequence && first.id !== cursor.record))) {
    return { ...(await readLog(store, writer, null)), rewound: true }
  }
  // The change that it was on can be gone, where another took its place on a timeline.
  const behind = first && first.sequence === cursor?.sequence ? rows.slice(1) : rows
  const last = behind.at(-1)
  return {
    pending: behind.filter(({ record }) => isToDeliver(record, writer)),
    cursor: last ? { sequence: last.sequence, record: last.id } : cursor,
    end: rows.length <= PAGE,
    rewound: false,
  }
}

export function isToDeliver(record: VersionRecord, writer: string): boolean {
  return (
    record.content_type === DECISION_MEDIA_TYPE &&
    record.writer === writer &&
    record.encryption === undefined
  )
}
