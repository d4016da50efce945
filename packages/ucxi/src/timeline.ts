import type { CallOptions, ContextStore, StoredVersion } from '@bzzz/context-store'
import { TemporalError, type TimelineIndex, type VersionEntry } from '@bzzz/temporal-nav'
import { limitOf } from './page-limit.ts'
import type { Around, TimelineOptions, TimelinePage } from './ucxi.ts'

/** One page of a timeline. @throws `ERR_TEMPORAL_NOT_FOUND`, `ERR_TEMPORAL_OUT_OF_RANGE`. */
export async function timelinePage(
  store: ContextStore,
  key: string,
  { from = 1, at, ...rest }: TimelineOptions,
): Promise<TimelinePage> {
  const limit = limitOf(rest)
  const options = rest.signal ? { signal: rest.signal } : {}
  const { first, last: newest } = await ends(store.index, key, options)
  const last = at === undefined ? newest : await store.index.asOf(key, at, options)
  if (!last) {
    const instant = new Date(at ?? 0).toISOString()
    throw new TemporalError('ERR_TEMPORAL_OUT_OF_RANGE', {
      message: `${key} had no version by ${instant}: expected a moment from ${new Date(first.time).toISOString()} on`,
      details: { key, asked: { selector: { kind: 'instant', instant } }, first, last: newest },
    })
  }
  const to = Math.min(last.version, from + limit - 1)
  const versions: StoredVersion[] = []
  if (from <= to) {
    for await (const version of store.history(key, { from, to, ...options })) versions.push(version)
  }
  return { versions, first, last, more: to < last.version && versions.length > 0 }
}

export async function around(
  index: TimelineIndex,
  { key, version }: { readonly key: string; readonly version: number },
  options?: CallOptions,
): Promise<Around> {
  const { first, last } = await ends(index, key, options)
  const beside = async (number: number): Promise<VersionEntry | undefined> => {
    if (number < first.version || number > last.version) return undefined
    if (number === first.version) return first
    return number === last.version ? last : index.at(key, number, options)
  }
  const previous = await beside(version - 1)
  const next = await beside(version + 1)
  return { first, last, ...(previous ? { previous } : {}), ...(next ? { next } : {}) }
}

/** As RFC 7089 has it: HTTP dates have steps of a second, and beyond the ends the ends are meant. */
export async function nearest(
  index: TimelineIndex,
  { key, time }: { readonly key: string; readonly time: number },
  options?: CallOptions,
): Promise<VersionEntry> {
  const endOfSecond = Math.floor(time / 1000) * 1000 + 999
  const found = await index.asOf(key, endOfSecond, options)
  return found ?? (await ends(index, key, options)).first
}

async function ends(
  index: TimelineIndex,
  key: string,
  options?: CallOptions,
): Promise<{ first: VersionEntry; last: VersionEntry }> {
  const [first, last] = [await index.first(key, options), await index.latest(key, options)]
  if (first && last) return { first, last }
  throw new TemporalError('ERR_TEMPORAL_NOT_FOUND', {
    message: `Expected a context that was written, such as claude:architect@shop:checkout/plan.md; ${JSON.stringify(key)} has no version here.`,
    details: { key },
  })
}
