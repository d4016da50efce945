/**
 * An admin key that nobody holds alone: split with Shamir's scheme, each share encrypted to a member
 * with age. What it signs is signed where enough shares come together, and nothing is left there.
 *
 * ```ts
 * const { shares } = await splitAdminKey({ admin, threshold: 2, members, now })
 * const gathered = await Promise.all([openShare(claude, shares[0]), openShare(bob, shares[1])])
 * const certificate = await issueWithShares(gathered, cluster.draft(member))
 * cluster.view.add(certificate)
 * ```
 *
 * @packageDocumentation
 */
import { randomBytes } from 'node:crypto'
import { combine, split } from 'shamir-secret-sharing'
import {
  unsignedSchema,
  type Certificate,
  type Revocation,
  type UnsignedCertificate,
  type UnsignedRevocation,
} from './cluster-schema.ts'
import { IdentityError } from './errors.ts'
import { exportSeed, identityFromSeed, type Identity } from './identity.ts'
import {
  secretCommitment,
  shareCommitment,
  ShareError,
  type SealedShare,
  type ShareSet,
} from './share-set.ts'
import { bytesOf, sealShare, type Share } from './share.ts'
import { requireShares } from './share-check.ts'
import { readAs, sign, toText } from './statement.ts'

export { openShare, resealShare } from './share.ts'
export { ShareError } from './share-set.ts'
export type { Share } from './share.ts'
export type { SealedShare, ShareSet } from './share-set.ts'

/** Who gets the shares, and how many of them make the key. */
export interface SplitInit {
  /** 2 to the number of members. */
  readonly threshold: number
  /** 2 to 255, each with the recipient of the certificate. */
  readonly members: readonly { readonly name: string; readonly recipient: string }[]
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** For the id of the set; the shares take their chance from the system in any case. */
  readonly random?: (bytes: number) => Uint8Array
}

/**
 * Splits the admin key: the shares come in the order of the members. The identity keeps its key:
 * delete its file, and let go of it.
 *
 * @throws `ERR_IDENTITY_SHARE_COUNT` for a threshold or a number of members out of range;
 *   `ERR_IDENTITY_STATEMENT`; `ERR_IDENTITY_VIEW_ONLY`.
 */
export async function splitAdminKey(
  init: SplitInit & { readonly admin: Identity },
): Promise<{ readonly set: ShareSet; readonly shares: SealedShare[] }> {
  const { admin, threshold, members, now, random = randomBytes } = init
  requireNumbers(threshold, members.length)
  const seed = exportSeed(admin)
  const parts: Uint8Array[] = []
  try {
    parts.push(...(await split(seed, members.length, threshold)))
    const id = Buffer.from(random(16)).toString('hex')
    const committed = members.map(({ name, recipient }, place) => {
      const index = place + 1
      const commitment = shareCommitment(id, index, parts[place] ?? new Uint8Array())
      return { index, name, recipient, commitment }
    })
    const head = { type: 'bzzz-share-set', version: 1, issuer: admin.did, id, threshold } as const
    const secret = secretCommitment(id, seed)
    const set = sign({ ...head, secret, members: committed, issued: toText(now()) }, admin)
    const sealing = committed.map(async ({ index, recipient }, place) =>
      sealShare(set, index, parts[place] ?? new Uint8Array(), recipient),
    )
    return { set, shares: await Promise.all(sealing) }
  } finally {
    for (const bytes of [seed, ...parts]) bytes.fill(0)
  }
}

/**
 * Signs a draft with the admin key that the shares make: checks every share, combines them, signs,
 * and overwrites the key and the shares. Where a share is wrong nothing is combined, and the shares
 * are left as they were.
 *
 * @throws {ShareError} `ERR_IDENTITY_SHARE` for a share that is forged or was forgotten;
 *   `ERR_IDENTITY_SHARE_SET` for shares that do not belong together, one that comes twice, or
 *   those of another key than the draft's issuer; `ERR_IDENTITY_SHARE_COUNT` for too few.
 * @throws `ERR_IDENTITY_STATEMENT` for a draft that is none.
 */
export async function issueWithShares(
  shares: readonly Share[],
  unsigned: UnsignedCertificate,
): Promise<Certificate>
export async function issueWithShares(
  shares: readonly Share[],
  unsigned: UnsignedRevocation,
): Promise<Revocation>
export async function issueWithShares(
  shares: readonly Share[],
  unsigned: UnsignedCertificate | UnsignedRevocation,
): Promise<Certificate | Revocation> {
  const draft = readAs(unsignedSchema, unsigned, 'a certificate or a revocation without signature')
  return withKey(shares, draft.issuer, async (admin) => sign(draft, admin))
}

/**
 * Splits the same key anew, for members who lost their share, left or came. Shares of the old set and
 * the new one do not go together; the old ones are to be deleted, for enough of them still make the
 * key. Errors as {@link issueWithShares} and {@link splitAdminKey}.
 */
export async function renewShares(
  shares: readonly Share[],
  init: SplitInit,
): Promise<{ readonly set: ShareSet; readonly shares: SealedShare[] }> {
  requireNumbers(init.threshold, init.members.length)
  return withKey(shares, shares[0]?.set.issuer, async (admin) => splitAdminKey({ ...init, admin }))
}

async function withKey<T>(
  shares: readonly Share[],
  issuer: string | undefined,
  use: (admin: Identity) => Promise<T>,
): Promise<T> {
  const set = requireShares(shares, issuer)
  const seed = await combine(shares.map(bytesOf))
  try {
    const admin = seed.length === 32 ? identityFromSeed(seed) : undefined
    if (admin?.did !== set.issuer || secretCommitment(set.id, seed) !== set.secret) {
      const all = shares.map(({ index }) => index)
      throw new ShareError('ERR_IDENTITY_SHARE', 'The shares do not make the admin key', all)
    }
    return await use(admin)
  } finally {
    seed.fill(0)
    for (const share of shares) share.forget()
  }
}

function requireNumbers(threshold: number, members: number): void {
  const fits =
    Number.isInteger(threshold) && threshold >= 2 && threshold <= members && members <= 255
  if (fits) return
  throw new IdentityError(
    'ERR_IDENTITY_SHARE_COUNT',
    `Expected 2 to 255 members and a threshold of 2 to their number, such as 3 of 5, got ${threshold} of ${members}`,
  )
}
