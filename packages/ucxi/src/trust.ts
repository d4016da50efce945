import type { StoredVersion } from '@bzzz/context-store'
import type { ClusterView } from '@bzzz/identity/cluster'

/** What a cluster says of who signed a version. */
export interface Trust {
  /** `valid` when it was signed; `first-use` where only nobody had used the name before; else why not. */
  readonly status: string
  /** What it rests on: a certificate, first use, or nothing. */
  readonly by: 'certificate' | 'first-use' | 'none'
  /** A sentence for people. */
  readonly reason: string
  /** Since when the key is revoked: it was not when this was signed. RFC 3339 in UTC. */
  readonly revoked_since?: string
  /** Since when another key holds the name. RFC 3339 in UTC. */
  readonly superseded_since?: string
}

/** Something that was signed, with what is known of the signer where this node knows a cluster. */
export interface Marked {
  readonly trust?: Trust
}

/** Says of versions how far their signers are known. */
export type Mark = <Version extends StoredVersion>(version: Version) => Version & Marked

/** Marks by a cluster; without one nothing is said, since nothing is known. */
export function markBy(cluster: Pick<ClusterView, 'check'> | undefined): Mark {
  if (!cluster) return (version) => version
  return (version) => {
    const { writer, key, time } = version.record
    const [name = '', role] = key.slice(0, key.indexOf('@')).split(':')
    const question = { did: writer, name, at: Date.parse(time) }
    const verdict = cluster.check(role === undefined ? question : { ...question, role })
    const { status, trust: by, reason, revokedSince, supersededSince } = verdict
    const trust: Trust = {
      status,
      by,
      reason,
      ...(revokedSince !== undefined && { revoked_since: revokedSince }),
      ...(supersededSince !== undefined && { superseded_since: supersededSince }),
    }
    return { ...version, trust }
  }
}
