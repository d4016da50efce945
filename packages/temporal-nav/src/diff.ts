import type { CallOptions, VersionEntry } from './timeline.ts'

/** What differs between two versions of one timeline, as far as their entries tell. */
export interface VersionDiff {
  readonly from: VersionEntry
  readonly to: VersionEntry
  /** Versions from `from` to `to`; negative where `to` is the older one. */
  readonly versions: number
  /** Milliseconds from `from` to `to`; negative where `to` is the older one. */
  readonly milliseconds: number
  /**
   * What became of the content: `same` id (also from one tombstone to another), `changed`,
   * `deleted` (`to` is a tombstone) or `restored` (`from` is one).
   */
  readonly content: 'same' | 'changed' | 'deleted' | 'restored'
  /** Whether both say the same of when the content holds. */
  readonly sameValidity: boolean
}

/** How contents are compared; the package itself never loads one. */
export interface ContentDiffer<Content, Changes> {
  /** Reads the content of a version; never asked for a tombstone's. */
  readonly load: (entry: VersionEntry, options: CallOptions) => Promise<Content>
  /** Compares two contents; `undefined` stands for a tombstone. Never called for equal ids. */
  readonly compare: (
    before: Content | undefined,
    after: Content | undefined,
    options: CallOptions,
  ) => Changes | Promise<Changes>
}

/** A difference with what the differ said; `changes` is `undefined` where the content is the same. */
export interface ContentDiff<Changes> extends VersionDiff {
  readonly changes: Changes | undefined
}

/** Compares two entries of one timeline. Pure: nothing is looked up or loaded. */
export function diffEntries(from: VersionEntry, to: VersionEntry): VersionDiff {
  return Object.freeze({
    from,
    to,
    versions: to.version - from.version,
    milliseconds: to.time - from.time,
    content: contentChange(from.content, to.content),
    sameValidity: from.validFrom === to.validFrom && from.validTo === to.validTo,
  })
}

/** Compares two entries, and their contents with the differ where these are not the same. */
export async function diffContents<Content, Changes>(
  entries: { readonly from: VersionEntry; readonly to: VersionEntry },
  differ: ContentDiffer<Content, Changes>,
  options: CallOptions,
): Promise<ContentDiff<Changes>> {
  const diff = diffEntries(entries.from, entries.to)
  if (diff.content === 'same') return Object.freeze({ ...diff, changes: undefined })
  const load = async (entry: VersionEntry): Promise<Content | undefined> =>
    entry.content === null ? undefined : await differ.load(entry, options)
  const [before, after] = await Promise.all([load(entries.from), load(entries.to)])
  options.signal?.throwIfAborted()
  return Object.freeze({ ...diff, changes: await differ.compare(before, after, options) })
}

function contentChange(from: string | null, to: string | null): VersionDiff['content'] {
  if (from === to) return 'same'
  if (to === null) return 'deleted'
  return from === null ? 'restored' : 'changed'
}
