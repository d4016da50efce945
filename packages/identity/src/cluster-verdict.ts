import type { Term } from './cluster-admins.ts'
import type { Certificate, Revocation } from './cluster-schema.ts'
import type { IdentityErrorCode } from './errors.ts'
import { toMs, toText } from './statement.ts'

/** What a cluster says of a key under a name, in a role, at a moment. Frozen. */
export interface Verdict {
  readonly status:
    | 'valid'
    | 'expired'
    | 'not-yet-valid'
    | 'revoked'
    | 'superseded'
    | 'unknown'
    | 'first-use'
  /** What it rests on: the admin key's word, only that nobody used the name before, or nothing. */
  readonly trust: 'certificate' | 'first-use' | 'none'
  /** A sentence for people. */
  readonly reason: string
  /** Where the status is neither `valid` nor `first-use`. */
  readonly code?: IdentityErrorCode
  readonly certificate?: Certificate
  /** Valid then, and revoked since: what it signed stays readable, and is to be shown so. */
  readonly revokedSince?: string
  /** Valid then, and followed by another certificate for the name since. */
  readonly supersededSince?: string
}

/** A certificate as a view keeps it. Times are milliseconds since 1970. */
export interface Entry {
  readonly certificate: Certificate
  readonly issued: number
  readonly notBefore: number
  readonly notAfter: number
}

/** A revocation as a view keeps it. Times are milliseconds since 1970. */
export interface End {
  readonly issuer: string
  readonly issued: number
  readonly effective: number
}

/** What is known beside a certificate when it is judged. */
export interface Surroundings {
  readonly terms: ReadonlyMap<string, Term>
  /** All certificates for the same name. */
  readonly sameName: readonly Entry[]
  /** All revocations of its serial or its key. */
  readonly revocations: readonly End[]
}

export function entryOf(certificate: Certificate): Entry {
  return Object.freeze({
    certificate,
    issued: toMs(certificate.issued),
    notBefore: toMs(certificate.not_before),
    notAfter: toMs(certificate.not_after),
  })
}

export function endOf({ issuer, issued, effective }: Revocation): End {
  return Object.freeze({ issuer, issued: toMs(issued), effective: toMs(effective) })
}

/** Judges one certificate at a moment. Undefined where its issuer was not entitled to issue it. */
export function judge(entry: Entry, around: Surroundings, at: number): Verdict | undefined {
  const term = around.terms.get(entry.certificate.issuer)
  if (!term || entry.issued >= term.until) return undefined
  const revoked = revokedAt(around, term)
  if (at >= revoked) return verdict(entry, 'revoked', `it was revoked on ${toText(revoked)}`)
  const superseded = Math.min(supersededAt(entry, around, term), term.until)
  if (at >= superseded) {
    return verdict(entry, 'superseded', `another one took its place on ${toText(superseded)}`)
  }
  const { not_before, not_after } = entry.certificate
  // Written so that a moment that is no number is no moment of validity either.
  if (!(at >= entry.notBefore)) return verdict(entry, 'not-yet-valid', `it begins on ${not_before}`)
  if (!(at < entry.notAfter)) return verdict(entry, 'expired', `it ended on ${not_after}`)
  return Object.freeze({
    ...verdict(entry, 'valid', 'certified by the admin key'),
    ...(revoked === Infinity ? {} : { revokedSince: toText(revoked) }),
    ...(superseded === Infinity ? {} : { supersededSince: toText(superseded) }),
  })
}

/** The moments at which a verdict on the entry may change. */
export function turningPoints(entry: Entry, around: Surroundings): number[] {
  const term = around.terms.get(entry.certificate.issuer)
  if (!term) return []
  const superseded = Math.min(supersededAt(entry, around, term), term.until)
  return [entry.notBefore, entry.notAfter, revokedAt(around, term), superseded]
}

const CODES = {
  expired: 'ERR_IDENTITY_EXPIRED',
  'not-yet-valid': 'ERR_IDENTITY_NOT_YET_VALID',
  revoked: 'ERR_IDENTITY_REVOKED',
  superseded: 'ERR_IDENTITY_SUPERSEDED',
  unknown: 'ERR_IDENTITY_UNKNOWN',
} as const

function verdict(
  { certificate }: Entry,
  status: Exclude<Verdict['status'], 'first-use' | 'unknown'>,
  what: string,
): Verdict {
  const reason = `The certificate ${certificate.serial} of ${certificate.name}: ${what}`
  return Object.freeze({
    status,
    trust: 'certificate',
    reason,
    certificate,
    ...(status === 'valid' ? {} : { code: CODES[status] }),
  })
}

/** A verdict that rests on no certificate. */
export function bare(
  status: 'first-use' | 'unknown',
  reason: string,
  certificate?: Certificate,
): Verdict {
  return Object.freeze({
    status,
    trust: status === 'first-use' ? 'first-use' : 'none',
    reason,
    ...(certificate ? { certificate } : {}),
    ...(status === 'unknown' ? { code: CODES.unknown } : {}),
  })
}

/** An admin key revokes its own certificates and those of the keys before it, not those after it. */
function revokedAt({ terms, revocations }: Surroundings, { rank }: Term): number {
  let earliest = Infinity
  for (const { issuer, issued, effective } of revocations) {
    const term = terms.get(issuer)
    if (!term || term.rank < rank || issued >= term.until) continue
    earliest = Math.min(earliest, effective)
  }
  return earliest
}

/** The next certificate for a name takes the place of the one before it. */
function supersededAt(entry: Entry, { terms, sameName }: Surroundings, { rank }: Term): number {
  let earliest = Infinity
  for (const other of sameName) {
    const term = terms.get(other.certificate.issuer)
    if (!term || other.issued >= term.until || term.rank < rank) continue
    if (term.rank === rank && !isAfter(other, entry)) continue
    earliest = Math.min(earliest, Math.max(other.issued, other.notBefore))
  }
  return earliest
}

/** Total, so that of two certificates for one name only one ever holds. */
export function isAfter(other: Entry, entry: Entry): boolean {
  const [a, b] = [other.certificate, entry.certificate]
  if (a.serial !== b.serial) return a.serial > b.serial
  return a.issued === b.issued ? a.signature > b.signature : a.issued > b.issued
}
