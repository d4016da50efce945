import { hash } from 'node:crypto'
import { base32 } from 'multiformats/bases/base32'
import { z } from 'zod'
import { canonicalBytes } from './canonical.ts'
import { IdentityError } from './errors.ts'
import type { Identity } from './identity.ts'
import { publicKeyOfDid } from './public-key.ts'
import { verifySignature } from './verify.ts'

/** Bytes of a statement's canonical text, at most: 16 KiB. */
const MAX_STATEMENT_BYTES = 16 * 1024

const SIGNATURE = /^[\w-]{86}$/
// A name of an address: @bzzz/ucxl-address, clauses name.syntax and name.any.
const NAME = /^(?!any$)[a-z0-9][a-z0-9._-]{0,62}$/
// CIDv1, raw, sha2-256.
const CONTENT_ID_HEAD = Uint8Array.of(0x01, 0x55, 0x12, 0x20)

export const signatureSchema = z.string().regex(SIGNATURE, 'expected 64 bytes in base64url')
export const nameSchema = z.string().regex(NAME, 'expected a name such as claude or code-review')
export const didSchema = z.string().max(64).refine(isDid, 'expected an Ed25519 did:key')
export const timeSchema = z
  .string()
  .max(24)
  .refine((text) => toText(toMs(text)) === text, 'expected a moment such as 2025-08-07T14:30:00Z')

/** Milliseconds since 1970 of a moment in UTC; NaN for what is none. */
export function toMs(text: string): number {
  return text.endsWith('Z') ? Date.parse(text) : Number.NaN
}

/** A moment as the house writes it: UTC, milliseconds only where they are not zero. */
export function toText(ms: number): string {
  return Number.isFinite(ms) && Math.abs(ms) <= 8.64e15
    ? new Date(ms).toISOString().replace('.000Z', 'Z')
    : ''
}

/** Signs the canonical bytes of a body; the signature is one more member of it. */
export function sign<T extends object>(body: T, signer: Identity): T & { signature: string } {
  return { ...body, signature: signatureOf(body, signer) }
}

/** The signature alone, in base64url. */
export function signatureOf(body: object, signer: Identity): string {
  return Buffer.from(signer.sign(canonicalBytes(body))).toString('base64url')
}

/** True where the signature is the did's over the canonical bytes of the body. */
export function holds(body: object, did: string, signature: string): boolean {
  return verifySignature(did, canonicalBytes(body), Buffer.from(signature, 'base64url'))
}

/** The content id of a statement (CIDv1 of its canonical bytes). @throws `ERR_IDENTITY_LIMIT`. */
export function statementId(statement: object): string {
  const bytes = canonicalBytes(statement)
  if (bytes.length > MAX_STATEMENT_BYTES) {
    throw new IdentityError(
      'ERR_IDENTITY_LIMIT',
      `Expected a statement of at most ${MAX_STATEMENT_BYTES} bytes, got ${bytes.length}`,
    )
  }
  return base32.encode(Buffer.concat([CONTENT_ID_HEAD, hash('sha256', bytes, 'buffer')]))
}

/** Reads a value by a schema; what it gives is frozen, throughout. @throws `ERR_IDENTITY_STATEMENT` with the field that is wrong. */
export function readAs<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value)
  if (result.success) return deepFreeze(result.data)
  const [issue] = result.error.issues
  const field = issue?.path.join('.') || 'the whole'
  // The value is not repeated: a request to join holds a secret.
  throw new IdentityError(
    'ERR_IDENTITY_STATEMENT',
    `Expected ${what}; ${field} is wrong: ${issue?.message ?? 'malformed'}`,
  )
}

/** Refuses a signature that does not hold. */
export function requireSignature(body: object, did: string, signature: string, what: string): void {
  if (holds(body, did, signature)) return
  throw new IdentityError(
    'ERR_IDENTITY_SIGNATURE',
    `The signature of ${what} is not that of ${did}`,
  )
}

function isDid(text: string): boolean {
  try {
    publicKeyOfDid(text)
    return true
  } catch {
    return false
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const member of Object.values(value)) deepFreeze(member)
  return Object.freeze(value)
}
