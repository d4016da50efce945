import type { SearchHit, StoredVersion } from '@bzzz/context-store'
import type { Marked } from './trust.ts'
import type { EntryView, FoundView, VersionView } from './schemas.ts'

export function viewOf({ id, record, trust }: StoredVersion & Marked): VersionView {
  const { signature: _, previous: __, key, version, ...rest } = record
  const address = addressOfVersion(key, version)
  return { address, key, version, ...rest, id, ...(trust && { trust }) }
}

export function foundOf(version: StoredVersion | SearchHit): FoundView {
  if (!('snippet' in version)) return viewOf(version)
  const { score, snippet, marks } = version
  return { ...viewOf(version), score, snippet, marks }
}

/** A version with its bytes: as text where they are text, else in base64. */
export function entryOf(version: StoredVersion, bytes: Uint8Array): EntryView {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const text = isText(version.record.content_type) ? content.toString('utf8') : undefined
  // What is called a text and is none would not come back as it was.
  const faithful = text !== undefined && !text.includes('\uFFFD')
  return {
    ...viewOf(version),
    encoding: faithful ? 'utf-8' : 'base64',
    body: faithful ? text : content.toString('base64'),
  }
}

function isText(contentType: string | null): boolean {
  return /^text\/|[/+](?:json|xml)\b/.test(contentType ?? '')
}

/** The path under which a version is read: its number never changes its meaning. */
export function pathOf({ record }: StoredVersion): string {
  return versionPath(record.key, record.version)
}

// A key is normalised: its addresses are put together here without being parsed again.

export function versionPath(key: string, version: number): string {
  return `/ucxl/${inUri(key, tokenOf(version))}`
}

/** The address that always means a version, in the form for people. */
export function addressOfVersion(key: string, version: number): string {
  const slash = key.indexOf('/')
  const path = key.length === slash + 1 ? '' : key.slice(slash)
  return `ucxl://${key.slice(0, slash)}/${tokenOf(version)}${path}`
}

/** The same in the form for anything that parses URLs. */
export function uriOfVersion(key: string, version: number): string {
  return `ucxl://${inUri(key, tokenOf(version))}`
}

// A path that begins like a temporal segment needs one in front of it, to be read as a path.
const LIKE_TEMPORAL = /^(?:\*|~~|%|\d{4}-)/

/** What follows `/ucxl/`, `/timegate/` and `/timemap/` for a context as such. */
export function contextPath(key: string): string {
  return inUri(key, LIKE_TEMPORAL.test(key.slice(key.indexOf('/') + 1)) ? '*%5E' : undefined)
}

function tokenOf(version: number): string {
  return version === 1 ? '*~' : `*~${version}`
}

/** In a URI the `:` between project and task would begin a port. */
function inUri(key: string, token: string | undefined): string {
  const slash = key.indexOf('/')
  const colon = key.lastIndexOf(':', slash)
  const names = `${key.slice(0, colon)}%3A${key.slice(colon + 1, slash)}`
  const path = key.length === slash + 1 ? '' : key.slice(slash)
  return token === undefined ? `${names}${path}` : `${names}/${token}${path}`
}
