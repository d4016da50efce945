import type { VersionEntry } from '@bzzz/temporal-nav'
import { toHttpDate } from './http-date.ts'
import type { Around } from './ucxi.ts'
import { contextPath, uriOfVersion, versionPath } from './views.ts'

// RFC 7089 with 302 and a URL for each version; version links of RFC 5829, `cite-as` of RFC 8574.

/** The URLs of a context: of itself (URI-R), its TimeGate (URI-G), its TimeMap (URI-T). */
export interface Places {
  readonly original: string
  readonly timegate: string
  readonly timemap: string
}

/** @param base `http://127.0.0.1:8080`, without a slash at its end. */
export function placesOf(base: string, key: string): Places {
  const path = contextPath(key)
  return {
    original: `${base}/ucxl/${path}`,
    timegate: `${base}/timegate/${path}`,
    timemap: `${base}/timemap/${path}`,
  }
}

/** Links of the newest address: it is the original, and says where its past is. */
export function linksOfOriginal(base: string, key: string): string {
  const { timegate, timemap } = placesOf(base, key)
  return `<${timegate}>; rel="timegate", <${timemap}>; rel="timemap version-history"; type="${LINK_FORMAT}"`
}

const LINK_FORMAT = 'application/link-format'

/** What a link leads to, and when that was recorded. */
interface Target {
  readonly entry: VersionEntry
  readonly relations: string[]
}

/** Links of one version: a memento; with `timegate` false, of the answer of the TimeGate itself. */
export function linksOfMemento(
  base: string,
  {
    key,
    entry,
    around,
  }: { readonly key: string; readonly entry: VersionEntry; readonly around: Around },
  { ofTimegate = false }: { readonly ofTimegate?: boolean } = {},
): string {
  const { original, timegate, timemap } = placesOf(base, key)
  const { first, last, previous, next } = around
  const targets = new Map<number, Target>()
  const link = (to: VersionEntry | undefined, relation: string): void => {
    if (!to) return
    const target = targets.get(to.version) ?? { entry: to, relations: [] }
    target.relations.push(relation)
    targets.set(to.version, target)
  }
  link(first, 'first')
  link(previous, 'prev')
  link(next, 'next')
  link(last, 'last')
  link(entry, 'memento')
  if (!ofTimegate) {
    link(previous, 'predecessor-version')
    link(next, 'successor-version')
    link(entry, 'cite-as')
  }
  const dates = `from="${toHttpDate(first.time)}"; until="${toHttpDate(last.time)}"`
  const history = ofTimegate ? 'timemap' : 'timemap version-history'
  return withinBudget([
    `<${original}>; rel="${ofTimegate ? 'original' : 'original latest-version'}"`,
    ...(ofTimegate ? [] : [`<${timegate}>; rel="timegate"`]),
    `<${timemap}>; rel="${history}"; type="application/link-format"; ${dates}`,
    ...[...targets.values()]
      .toSorted((a, b) => a.entry.version - b.entry.version)
      .map(({ entry: to, relations }) =>
        mementoLink(`${base}${versionPath(key, to.version)}`, relations, to),
      ),
    ...(ofTimegate ? [] : [`<${uriOfVersion(key, entry.version)}>; rel="alternate"`]),
  ])
}

/** Clients take 16 KiB of headers: of very long addresses, the first and most needed links alone. */
function withinBudget(links: readonly string[]): string {
  let text = ''
  for (const link of links) {
    if (text.length + link.length > MAX_CHARACTERS) break
    text += text === '' ? link : `, ${link}`
  }
  return text
}

const MAX_CHARACTERS = 8 * 1024

function mementoLink(url: string, relations: readonly string[], { time }: VersionEntry): string {
  const others = relations.filter((relation) => relation !== 'memento')
  const mementos = others.filter((relation) => /^(?:first|prev|next|last)$/.test(relation))
  const rest = others.filter((relation) => !mementos.includes(relation))
  const rel = [...mementos, 'memento', ...rest].join(' ')
  return `<${url}>; rel="${rel}"; datetime="${toHttpDate(time)}"`
}
