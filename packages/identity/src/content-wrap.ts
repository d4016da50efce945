import { z } from 'zod'
import { openSealed, sealTo } from './age.ts'
import { contentKeyId } from './content-format.ts'
import { IdentityError } from './errors.ts'
import type { Identity } from './identity.ts'
import {
  didSchema,
  nameSchema,
  readAs,
  requireSignature,
  sign,
  signatureSchema,
  timeSchema,
} from './statement.ts'

const wrappedSchema = z.strictObject({
  type: z.literal('bzzz-content-key'),
  version: z.literal(1),
  key: z.string().regex(/^[\w-]{43}$/, 'expected the id of a content key'),
  role: nameSchema,
  started: timeSchema,
  by: didSchema,
  sealed: z.base64().max(1_000_000),
  signature: signatureSchema,
})

/**
 * A content key, encrypted with age to members of a role, and signed by whoever did it. Plain JSON, to
 * be handed round and kept. Whether `by` may do so is for the cluster to say.
 */
export type WrappedKey = z.infer<typeof wrappedSchema>

/** What is said of a content key beside the key. */
export interface KeyLabel {
  readonly key: string
  readonly role: string
  /** When its period began, RFC 3339 in UTC. */
  readonly started: string
}

export async function wrap(
  label: KeyLabel,
  secret: Uint8Array,
  init: { readonly identity: Identity; readonly recipients: readonly string[] },
): Promise<WrappedKey> {
  const { identity, recipients } = init
  const sealed = Buffer.from(await sealTo(recipients, secret)).toString('base64')
  const head = { type: 'bzzz-content-key', version: 1, ...label, by: identity.did } as const
  return sign({ ...head, sealed }, identity)
}

/**
 * The key that was wrapped; undefined where it is not for this identity. The caller overwrites it.
 *
 * @throws `ERR_IDENTITY_STATEMENT`, `ERR_IDENTITY_SIGNATURE`; `ERR_IDENTITY_CONTENT` for a key that is
 *   not the one its id names.
 */
export async function unwrap(
  value: unknown,
  identity: Identity,
): Promise<{ readonly label: KeyLabel; readonly secret: Uint8Array | undefined }> {
  const { signature, ...body } = readAs(wrappedSchema, value, 'a wrapped content key')
  requireSignature(body, body.by, signature, 'the wrapped content key')
  const { key, role, started } = body
  const secret = await openSealed(identity, Buffer.from(body.sealed, 'base64'))
  if (secret && (secret.length !== 32 || contentKeyId(secret) !== key)) {
    secret.fill(0)
    const message = `${body.by} wrapped another key than the content key ${key}`
    throw new IdentityError('ERR_IDENTITY_CONTENT', message)
  }
  return { label: { key, role, started }, secret }
}
