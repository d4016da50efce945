import type { StoredVersion, VersionRecord } from '@bzzz/context-store'
import { digestOf } from './digest.ts'
import { linksOfOriginal } from './memento.ts'
import { addressOfVersion, pathOf } from './views.ts'

/** What an answer says of a version that is the same for whoever asks. */
export interface Said {
  readonly location: string
  readonly address: string
  /** The ETag of its bytes as they are, with its quotes. */
  readonly etag: string
  readonly digest: string
  /** Links of the newest address, by the base they begin with. */
  readonly base: string
  readonly link: string
}

/** By records that the store keeps for all who ask: what is read again and again is said once. */
const SAID = new WeakMap<VersionRecord, Said>()

/** @param base what links begin with: `http://127.0.0.1:8080`. */
export function saidOf(version: StoredVersion, base: string): Said {
  const { record } = version
  const known = SAID.get(record)
  if (known?.base === base) return known
  const { key, version: number, content } = record
  const said = {
    location: pathOf(version),
    address: addressOfVersion(key, number),
    etag: `"${content ?? ''}"`,
    digest: digestOf(content ?? ''),
    base,
    link: linksOfOriginal(base, key),
  }
  // A record that can be changed is the caller's own, and not seen again.
  if (Object.isFrozen(record)) SAID.set(record, said)
  return said
}
