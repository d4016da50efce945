import { hash, randomBytes, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { formatInvitation } from './cluster-requests.ts'
import { grantSchema, type Grant } from './cluster-schema.ts'
import { IdentityError, type IdentityErrorCode } from './errors.ts'

export const invitationSchema = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{16}$/),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  grant: grantSchema,
  expires: z.number(),
  lifetime: z.number(),
  used: z.boolean(),
})

/** An invitation as it is kept: the secret as its SHA-256, times in ms since 1970. */
export type Invitation = z.infer<typeof invitationSchema>

/** How long an invitation is good for, and what comes of it. Milliseconds. */
interface InvitationInit {
  readonly cluster: string
  readonly grant: Grant
  readonly expires: number
  readonly lifetime: number
}

export interface Invitations {
  /** The text that is handed over, once. */
  issue(
    init: InvitationInit,
    now: number,
  ): { readonly token: string; readonly invitation: Invitation }
  /** The invitation, where id and secret are right and it was not used. */
  find(id: string, secret: string, now: number): Invitation
  use(id: string): void
  list(): Invitation[]
}

const MAX_OPEN = 1000
const NONCE_LIFETIME = 5 * 60_000
const MAX_NONCES = 1000

export function createInvitations(
  known: readonly Invitation[],
  random: (bytes: number) => Uint8Array,
): Invitations {
  const all = new Map(known.map((invitation) => [invitation.id, invitation]))
  return {
    issue: ({ cluster, grant, expires, lifetime }, now) => {
      for (const [id, old] of all) if (now >= old.expires) all.delete(id)
      if (all.size >= MAX_OPEN)
        fail('ERR_IDENTITY_LIMIT', `there are ${MAX_OPEN} invitations already`)
      const id = Buffer.from(random(8)).toString('hex')
      const secret = Buffer.from(random(32)).toString('base64url')
      const invitation = { id, hash: digest(secret), grant, expires, lifetime, used: false }
      all.set(id, invitation)
      return { token: formatInvitation({ cluster, id, secret }), invitation }
    },
    find: (id, secret, now) => {
      const invitation = all.get(id)
      const wanted = Buffer.from(invitation?.hash ?? digest(''), 'hex')
      const isRight = timingSafeEqual(wanted, Buffer.from(digest(secret), 'hex'))
      if (!invitation || !isRight)
        return fail('ERR_IDENTITY_UNKNOWN', 'there is no such invitation')
      if (invitation.used) return fail('ERR_IDENTITY_REPLAYED', 'the invitation was used before')
      if (now >= invitation.expires)
        return fail('ERR_IDENTITY_EXPIRED', 'the invitation has expired')
      return invitation
    },
    use: (id) => {
      const invitation = all.get(id)
      if (invitation) all.set(id, { ...invitation, used: true })
    },
    list: () => [...all.values()],
  }
}

/** Nonces that were given out and not come back; they live for five minutes, and only in memory. */
export interface Nonces {
  issue(now: number): string
  take(nonce: string, now: number): void
}

export function createNonces(random: (bytes: number) => Uint8Array = randomBytes): Nonces {
  const given = new Map<string, number>()
  const forget = (now: number): void => {
    // Oldest first: the map keeps the order in which they were given.
    for (const [nonce, expires] of given) {
      if (expires > now && given.size < MAX_NONCES) return
      given.delete(nonce)
    }
  }
  return {
    issue: (now) => {
      forget(now)
      const nonce = Buffer.from(random(32)).toString('base64url')
      given.set(nonce, now + NONCE_LIFETIME)
      return nonce
    },
    take: (nonce, now) => {
      const expires = given.get(nonce)
      given.delete(nonce)
      if (expires === undefined) {
        fail('ERR_IDENTITY_REPLAYED', 'the nonce was used before, or never given')
      }
      if (now >= expires) fail('ERR_IDENTITY_EXPIRED', 'the nonce is older than five minutes')
    },
  }
}

function digest(secret: string): string {
  return hash('sha256', secret)
}

function fail(code: IdentityErrorCode, what: string): never {
  throw new IdentityError(code, `The request is refused: ${what}`)
}
