import { compareKeys } from './keys.ts'
import { assertKeyOrder } from './snapshot.ts'
import type { SnapshotEntry } from './timeline.ts'

/** What became of one context from one snapshot to another. */
export interface SnapshotChange {
  readonly key: string
  /**
   * - `created`: it was not there (or deleted) before, and is there after;
   * - `updated`: it is there in both, in another version;
   * - `deleted`: it was there before, and is not there (or deleted) after;
   * - `gone`: it is there in neither, but a tombstone is new, changed or left out.
   */
  readonly change: 'created' | 'updated' | 'deleted' | 'gone'
  /** Its entry before; absent where it was not listed. */
  readonly before?: SnapshotEntry
  /** Its entry after; absent where it is not listed. */
  readonly after?: SnapshotEntry
}

type Entries = AsyncIterable<SnapshotEntry> | Iterable<SnapshotEntry>

/**
 * What changed between two snapshots, ordered by key: both are read once, side by side, and neither
 * is kept. It yields nothing exactly where both have the same digest.
 *
 * @throws TemporalError while iterating: `ERR_TEMPORAL_ORDER` for a key out of order or given twice
 */
export async function* compareSnapshots(
  before: Entries,
  after: Entries,
): AsyncGenerator<SnapshotChange> {
  const left = inKeyOrder(before)
  const right = inKeyOrder(after)
  try {
    let a = await next(left)
    let b = await next(right)
    while (a !== undefined || b !== undefined) {
      const order = compareNext(a, b)
      const change = describe(order <= 0 ? a : undefined, order >= 0 ? b : undefined)
      if (change) yield change
      if (order <= 0) a = await next(left)
      if (order >= 0) b = await next(right)
    }
  } finally {
    await Promise.all([left.return(undefined), right.return(undefined)])
  }
}

async function* inKeyOrder(entries: Entries): AsyncGenerator<SnapshotEntry> {
  let previous: string | undefined
  for await (const entry of entries) {
    assertKeyOrder(previous, entry.key)
    previous = entry.key
    yield entry
  }
}

async function next(entries: AsyncGenerator<SnapshotEntry>): Promise<SnapshotEntry | undefined> {
  const { done, value } = await entries.next()
  return done ? undefined : value
}

/** Which of two comes first; one that has ended comes last. */
function compareNext(a: SnapshotEntry | undefined, b: SnapshotEntry | undefined): number {
  if (a === undefined) return 1
  return b === undefined ? -1 : compareKeys(a.key, b.key)
}

function describe(
  before: SnapshotEntry | undefined,
  after: SnapshotEntry | undefined,
): SnapshotChange | undefined {
  const entry = before ?? after
  if (entry === undefined || (before && after && isSame(before, after))) return undefined
  return Object.freeze({
    key: entry.key,
    change: name(isAlive(before), isAlive(after)),
    ...(before && { before }),
    ...(after && { after }),
  })
}

function name(before: boolean, after: boolean): SnapshotChange['change'] {
  if (before) return after ? 'updated' : 'deleted'
  return after ? 'created' : 'gone'
}

function isAlive(entry: SnapshotEntry | undefined): boolean {
  return entry !== undefined && entry.content !== null
}

function isSame(a: SnapshotEntry, b: SnapshotEntry): boolean {
  return a.version === b.version && a.time === b.time && a.content === b.content
}
