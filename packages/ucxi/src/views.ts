import type { StoredVersion } from '@bzzz/context-store'
import { createAddress, format, parseKey, toUri } from '@bzzz/ucxl-address'

/** A version as the interface shows it. */
export interface VersionView {
  /** The address that always means this version. */
  readonly address: string
  readonly key: string
  readonly version: number
  readonly time: string
  /** Content id of the bytes; null for a deletion. */
  readonly content: string | null
  readonly content_type: string | null
  readonly size: number
  readonly tags?: readonly string[]
  readonly relationships?: readonly { readonly name: string; readonly address: string }[]
  readonly provenance?: Readonly<Record<string, string>>
  readonly valid_from?: string
  readonly valid_to?: string
  readonly writer: string
  /** Id of the signed record. */
  readonly id: string
}

export function viewOf({ id, record }: StoredVersion): VersionView {
  const { signature: _, previous: __, key, version, ...rest } = record
  const address = format(versionAddress(key, version))
  return JSON.parse(JSON.stringify({ address, key, version, ...rest, id })) as VersionView
}

/** The path under which a version is read: its number never changes its meaning. */
export function pathOf({ record }: StoredVersion): string {
  return toUri(versionAddress(record.key, record.version)).replace('ucxl://', '/ucxl/')
}

function versionAddress(key: string, number: number): ReturnType<typeof parseKey> {
  return createAddress({ ...parseKey(key), temporal: { kind: 'version', number } })
}
