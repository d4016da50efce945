import type { StoredVersion } from '@bzzz/context-store'
import type { QueryHit } from './query-contract.ts'
import type { QueryPage } from './query-page.ts'

/** What one node gives, page by page, in the order of the keys. */
export interface Listing {
  /** `local`, or a peer id. */
  readonly source: string
  page(after: string): Promise<QueryPage>
}

interface Open {
  readonly listing: Listing
  buffer: StoredVersion[]
  /** The key up to which it has answered; undefined where it has answered to the end. */
  covered: string | undefined
}

interface Group {
  best: StoredVersion
  sources: string[]
}

/**
 * Merges listings of several nodes. It goes on in rounds, each up to a key that all of them have
 * answered for, so that duplicates meet and memory holds a page of each at most; within a round the
 * newest comes first. What one page of each can hold is thus wholly in order.
 *
 * @param onFailed told of a listing that failed; the others go on without it.
 */
export async function* mergeListings(
  listings: readonly Listing[],
  onFailed: (source: string, error: unknown) => void,
): AsyncGenerator<QueryHit> {
  let open: Open[] = listings.map((listing) => ({ listing, buffer: [], covered: '' }))
  let reached = ''
  while (open.length > 0) {
    await Promise.all(
      open.map(async (one) => {
        try {
          await fill(one, reached)
        } catch (error) {
          open = open.filter((other) => other !== one)
          onFailed(one.listing.source, error)
        }
      }),
    )
    const covered = open.flatMap((one) => one.covered ?? [])
    const end = covered.length === 0 ? undefined : covered.reduce((a, b) => (a < b ? a : b))
    yield* round(open, end)
    open = open.filter((one) => one.covered !== undefined || one.buffer.length > 0)
    if (end !== undefined) reached = end
  }
}

/** Asks for the next page where the last one is used up. */
async function fill(one: Open, reached: string): Promise<void> {
  if (one.covered === undefined || one.covered > reached) return
  const page = await one.listing.page(one.covered)
  one.buffer.push(...page.versions)
  one.covered = page.next
}

function* round(open: readonly Open[], end: string | undefined): Generator<QueryHit> {
  const groups = new Map<string, Group>()
  for (const one of open) {
    const isDue = ({ record }: StoredVersion): boolean => end === undefined || record.key <= end
    for (const version of one.buffer.filter(isDue)) add(groups, version, one.listing.source)
    one.buffer = one.buffer.filter((version) => !isDue(version))
  }
  const alive = [...groups.values()].filter(({ best }) => best.record.content !== null)
  const sorted = alive.toSorted(({ best: a }, { best: b }) => {
    const later = Date.parse(b.record.time) - Date.parse(a.record.time)
    return later || (a.record.key < b.record.key ? -1 : 1)
  })
  for (const { best, sources } of sorted) yield { ...best, sources }
}

/** Two writers of one key are two results: a forger's record never hides the writer's. */
function add(groups: Map<string, Group>, version: StoredVersion, source: string): void {
  const name = `${version.record.key} ${version.record.writer}`
  const group = groups.get(name)
  if (!group) groups.set(name, { best: version, sources: [source] })
  else if (group.best.id === version.id) group.sources.push(source)
  else if (isBetter(version, group.best)) {
    group.best = version
    group.sources = [source]
  }
}

/** The higher version; of a fork the one that stands: the earlier time, then the smaller id. */
function isBetter({ id, record }: StoredVersion, than: StoredVersion): boolean {
  if (record.version !== than.record.version) return record.version > than.record.version
  const earlier = Date.parse(than.record.time) - Date.parse(record.time)
  return earlier === 0 ? id < than.id : earlier > 0
}
