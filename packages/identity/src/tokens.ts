/**
 * Bearer tokens for access over HTTP: given out once, kept as a hash.
 *
 * ```ts
 * const tokens = createTokenStore({ now })
 * const { token } = tokens.issue({ label: 'CI', roles: ['critic'], expiresIn: 30 * 86_400_000 })
 * tokens.check(token) // { ok: true, token: { id, label: 'CI', roles: ['critic'], … } }
 * ```
 *
 * @packageDocumentation
 */
import { hash, randomBytes, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { IdentityError, type IdentityErrorCode } from './errors.ts'
import { nameSchema, readAs } from './statement.ts'

const grantSchema = z.strictObject({
  label: z.string().min(1).max(128),
  roles: z.array(nameSchema).min(1).max(32),
  name: nameSchema.optional(),
})
const storedSchema = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{16}$/),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  ...grantSchema.shape,
  issued: z.number(),
  expires: z.number(),
  revoked: z.boolean(),
})

/** A token as it is kept: the secret as its SHA-256. Times in milliseconds since 1970. Plain JSON. */
export type StoredToken = z.infer<typeof storedSchema>

/** A token as it is shown: nothing of it is secret. */
export type TokenInfo = Omit<StoredToken, 'hash'>

/** What a token is good for. */
export interface TokenInit {
  /** For people: what it is used for. */
  readonly label: string
  readonly roles: readonly string[]
  /** The name under which it may write; it only reads if left out. */
  readonly name?: string
  /** Milliseconds. */
  readonly expiresIn: number
}

/** What a check found. The code is ERR_IDENTITY_UNKNOWN, _EXPIRED or _REVOKED. */
export type TokenCheck =
  | { readonly ok: true; readonly token: TokenInfo }
  | { readonly ok: false; readonly code: IdentityErrorCode; readonly reason: string }

/** The tokens of one node. */
export interface TokenStore {
  /**
   * The text to hand over: it is not kept, and cannot be shown again.
   *
   * @throws `ERR_IDENTITY_STATEMENT` for a wrong label, role or name; `ERR_IDENTITY_LIMIT`.
   */
  issue(init: TokenInit): { readonly token: string; readonly info: TokenInfo }
  /** Does not throw, and takes as long for a wrong secret as for the right one. */
  check(token: string): TokenCheck
  /** False where there is no such token. */
  revoke(id: string): boolean
  list(): TokenInfo[]
  /** What is to be kept. */
  toJSON(): StoredToken[]
}

const TOKEN = /^bzzz_([0-9a-f]{16})_([\w-]{43})$/
const MAX_TOKENS = 10_000
const NO_HASH = '0'.repeat(64)

/** Makes a store of the tokens that were kept. @throws `ERR_IDENTITY_STATEMENT`. */
export function createTokenStore(init: {
  readonly tokens?: unknown
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** That many random bytes; the system's cryptographic source if left out. */
  readonly random?: (bytes: number) => Uint8Array
}): TokenStore {
  const { now, random = randomBytes } = init
  const kept = readAs(z.array(storedSchema).max(MAX_TOKENS), init.tokens ?? [], 'a list of tokens')
  const all = new Map(kept.map((token) => [token.id, token]))

  return Object.freeze({
    issue: ({ label, roles, name, expiresIn }: TokenInit) => {
      const given = { label, roles, ...(name === undefined ? {} : { name }) }
      const grant = readAs(grantSchema, given, 'what a token is good for')
      if (all.size >= MAX_TOKENS) forgetOver(all, now())
      if (all.size >= MAX_TOKENS) {
        const message = `Expected at most ${MAX_TOKENS} tokens, got one more`
        throw new IdentityError('ERR_IDENTITY_LIMIT', message)
      }
      const id = Buffer.from(random(8)).toString('hex')
      const secret = Buffer.from(random(32)).toString('base64url')
      const issued = now()
      const times = { issued, expires: issued + expiresIn, revoked: false }
      const token = { id, hash: hash('sha256', secret), ...grant, ...times }
      all.set(id, token)
      return { token: `bzzz_${id}_${secret}`, info: shown(token) }
    },
    check: (text: string): TokenCheck => {
      const [, id = '', secret = ''] = (typeof text === 'string' && TOKEN.exec(text)) || []
      const token = all.get(id)
      const wanted = Buffer.from(token?.hash ?? NO_HASH, 'hex')
      const isRight = timingSafeEqual(hash('sha256', secret, 'buffer'), wanted)
      if (!token || !isRight) return refused('ERR_IDENTITY_UNKNOWN', 'there is no such token')
      if (token.revoked) return refused('ERR_IDENTITY_REVOKED', 'the token was revoked')
      if (!(now() < token.expires)) return refused('ERR_IDENTITY_EXPIRED', 'the token has expired')
      return { ok: true, token: shown(token) }
    },
    revoke: (id: string) => {
      const token = all.get(id)
      if (token) all.set(id, { ...token, revoked: true })
      return token !== undefined
    },
    list: () => [...all.values()].map(shown),
    toJSON: () => [...all.values()],
  })
}

function shown({ hash: _hash, ...info }: StoredToken): TokenInfo {
  return Object.freeze(info)
}

function refused(code: IdentityErrorCode, reason: string): TokenCheck {
  return { ok: false, code, reason }
}

function forgetOver(all: Map<string, StoredToken>, now: number): void {
  for (const [id, token] of all) if (token.revoked || now >= token.expires) all.delete(id)
}
