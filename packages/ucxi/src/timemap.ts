import { toInstant, type VersionEntry } from '@bzzz/temporal-nav'
import { toHttpDate } from './http-date.ts'
import { placesOf } from './memento.ts'
import type { TimelinePage as TimelineView } from './schemas.ts'
import type { TimelinePage } from './ucxi.ts'
import { versionPath, viewOf } from './views.ts'

export const LINK_FORMAT = 'application/link-format'
export const LINKSET = 'application/linkset+json'

/** A page of a timeline, with what its forms need. */
export interface TimemapPage {
  readonly base: string
  readonly key: string
  readonly page: TimelinePage
  /** Path and query of this page. */
  readonly self: string
  /** Of the next one, and what it begins and ends with, where there is one. */
  readonly next?: {
    readonly path: string
    readonly first: VersionEntry
    readonly last: VersionEntry
  }
}

/** `application/link-format` (RFC 6690), as RFC 7089, 5 has it. */
export function toLinkFormat({ base, key, page, self, next }: TimemapPage): string {
  const { original, timegate, timemap } = placesOf(base, key)
  const entries = mementosOf(page)
  const lines = [
    `<${original}>; rel="original"`,
    `<${timegate}>; rel="timegate"`,
    `<${base}${self}>; rel="self"; type="${LINK_FORMAT}"${range(entries[0], entries.at(-1))}`,
    ...(self === new URL(timemap).pathname
      ? []
      : [`<${timemap}>; rel="timemap"; type="${LINK_FORMAT}"`]),
    ...(next
      ? [
          `<${base}${next.path}>; rel="timemap"; type="${LINK_FORMAT}"${range(next.first, next.last)}`,
        ]
      : []),
    ...entries.map((entry) => {
      const ends = endsOf(page, entry)
      const rel = [...ends, 'memento'].join(' ')
      return `<${base}${versionPath(key, entry.version)}>; rel="${rel}"; datetime="${toHttpDate(entry.time)}"`
    }),
  ]
  return `${lines.join(',\n')}\n`
}

/** The JSON of Memento aggregators, and the versions themselves beside it. */
export function toJson({ base, key, page, self, next }: TimemapPage): TimelineView {
  const { original, timegate } = placesOf(base, key)
  const memento = (entry: VersionEntry): { datetime: string; uri: string } => ({
    datetime: toInstant(entry.time),
    uri: `${base}${versionPath(key, entry.version)}`,
  })
  const url = `${base}${self}`
  return {
    original_uri: original,
    timegate_uri: timegate,
    timemap_uri: { link_format: url, json_format: url },
    mementos: {
      first: memento(page.first),
      last: memento(page.last),
      list: mementosOf(page).map((entry) => memento(entry)),
    },
    versions: page.versions.map((version) => viewOf(version)),
    ...(next ? { from: next.first.version, next: next.path } : {}),
  }
}

/** `application/linkset+json` (RFC 9264). */
export function toLinkset({ base, key, page, self, next }: TimemapPage): object {
  const { original, timegate } = placesOf(base, key)
  const memento = (entry: VersionEntry): object => ({
    href: `${base}${versionPath(key, entry.version)}`,
    datetime: [toHttpDate(entry.time)],
  })
  const entries = mementosOf(page)
  return {
    linkset: [
      {
        anchor: original,
        timegate: [{ href: timegate }],
        timemap: [
          { href: `${base}${self}`, type: LINKSET },
          ...(next ? [{ href: `${base}${next.path}`, type: LINKSET }] : []),
        ],
        first: [memento(page.first)],
        last: [memento(page.last)],
        memento: entries.map((entry) => memento(entry)),
      },
    ],
  }
}

function mementosOf({ versions }: TimelinePage): VersionEntry[] {
  return versions.map(({ record: { version, time, content } }) => ({
    version,
    time: Date.parse(time),
    content,
  }))
}

function endsOf({ first, last }: TimelinePage, { version }: VersionEntry): string[] {
  return [
    ...(version === first.version ? ['first'] : []),
    ...(version === last.version ? ['last'] : []),
  ]
}

function range(first: VersionEntry | undefined, last: VersionEntry | undefined): string {
  if (!first || !last) return ''
  return `; from="${toHttpDate(first.time)}"; until="${toHttpDate(last.time)}"`
}
