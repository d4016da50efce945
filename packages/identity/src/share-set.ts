import { hash } from 'node:crypto'
import { z } from 'zod'
import { recipientSchema } from './cluster-schema.ts'
import { IdentityError, type IdentityErrorCode } from './errors.ts'
import { didSchema, holds, nameSchema, readAs, signatureSchema, timeSchema } from './statement.ts'

const commitment = z.string().regex(/^[0-9a-f]{64}$/)
const setSchema = z.strictObject({
  type: z.literal('bzzz-share-set'),
  version: z.literal(1),
  issuer: didSchema,
  id: z.string().regex(/^[0-9a-f]{32}$/),
  threshold: z.int().min(2).max(255),
  secret: commitment,
  members: z
    .array(
      z.strictObject({
        index: z.int().min(1).max(255),
        name: nameSchema,
        recipient: recipientSchema,
        commitment,
      }),
    )
    .min(2)
    .max(255)
    .refine(
      (members) => members.every(({ index }, place) => index === place + 1),
      'expected indices from 1',
    ),
  issued: timeSchema,
  signature: signatureSchema,
})

const sealedSchema = z.strictObject({
  type: z.literal('bzzz-share'),
  version: z.literal(1),
  set: setSchema,
  index: z.int().min(1).max(255),
  sealed: z.base64().max(4096),
})

/**
 * What the admin key signed when it was split: who has which share, how many are needed, and a hash
 * of each share and of the key, so that a wrong share is known before it is used. No secret.
 */
export type ShareSet = z.infer<typeof setSchema>

/** One member's share, encrypted with age to that member. Plain JSON; may lie about. */
export type SealedShare = z.infer<typeof sealedSchema>

/** Says which shares are wrong: their indices, counted from 1. */
export class ShareError extends IdentityError {
  override readonly name = 'ShareError'
  readonly shares: readonly number[]

  constructor(code: IdentityErrorCode, message: string, shares: readonly number[]) {
    super(code, message)
    this.shares = Object.freeze([...shares])
  }
}

/** SHA-256 of the label, the id of the set, the index and the share's bytes. */
export function shareCommitment(id: string, index: number, bytes: Uint8Array): string {
  return digest('bzzz share v1', id, index, bytes)
}

/** SHA-256 of the label, the id of the set, 0 and the seed of the admin key. */
export function secretCommitment(id: string, seed: Uint8Array): string {
  return digest('bzzz shared secret v1', id, 0, seed)
}

/** @throws `ERR_IDENTITY_STATEMENT`. */
export function readSealed(value: unknown): SealedShare {
  return readAs(sealedSchema, value, 'an encrypted share')
}

/** True where the admin key that the set names signed it. */
export function isGenuine({ signature, ...body }: ShareSet): boolean {
  return holds(body, body.issuer, signature)
}

function digest(label: string, id: string, index: number, bytes: Uint8Array): string {
  const whole = Buffer.concat(
    [Buffer.from(`${label}\0`), Buffer.from(id, 'hex'), [index], bytes].map((part) =>
      Uint8Array.from(part),
    ),
  )
  const found = hash('sha256', whole)
  whole.fill(0)
  return found
}
