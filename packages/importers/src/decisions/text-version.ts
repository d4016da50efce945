import type { ContextStore, VersionRecord } from '@bzzz/context-store'
import { fromInstant, type CallOptions } from '@bzzz/temporal-nav'
import { createAddress, parseKey } from '@bzzz/ucxl-address'

/** A version of a record's text, as it is in the store. */
export interface TextVersion {
  readonly key: string
  /** From 1. */
  readonly version: number
  /** Milliseconds since 1970. */
  readonly time: number
  /** Content id; null where the record was deleted. */
  readonly content: string | null
  readonly contentType: string | null
  /** The path of the record then. */
  readonly path: string
  /** Says the same of a record through all its names: where it began. */
  readonly origin: string
  readonly record: VersionRecord
}

/** What was added to the path of a text to have the path of its decision. */
const SUFFIX = '.json'

/** All versions of texts, oldest first, each timeline in its own order. */
export async function readTextVersions(
  store: ContextStore,
  keys: readonly string[],
  options: CallOptions,
): Promise<TextVersion[]> {
  const versions: TextVersion[] = []
  for (const key of keys) {
    let origin: string | undefined
    for await (const { record } of store.history(key, options)) {
      const { version, content, content_type: contentType, provenance = {} } = record
      const { commit, path = pathOf(key) } = provenance
      origin ??= commit === undefined ? key : `${commit} ${path}`
      const time = fromInstant(record.time)
      versions.push({ key, version, time, content, contentType, path, origin, record })
    }
  }
  return versions.toSorted((a, b) => a.time - b.time || a.version - b.version)
}

/** Key of the decision that is made of a text. */
export function decisionKeyOf(textKey: string): string {
  return `${textKey}${SUFFIX}`
}

/** The address of a context's newest version. */
export function latestOf(key: string): string {
  return parseKey(key).toString()
}

/** The address of one version. */
export function versionOf(key: string, version: number): string {
  return createAddress({
    ...parseKey(key),
    temporal: { kind: 'version', number: version },
  }).toString()
}

/** The path of a key. */
export function pathOf(key: string): string {
  return key.slice(key.indexOf('/') + 1)
}
