import { z } from 'zod'
import { recipientOf } from './age.ts'
import { recipientSchema } from './cluster-schema.ts'
import { IdentityError } from './errors.ts'
import type { Identity } from './identity.ts'
import {
  didSchema,
  nameSchema,
  readAs,
  requireSignature,
  sign,
  signatureOf,
  signatureSchema,
} from './statement.ts'

const TOKEN = /^bzzz-invite_(z6Mk[1-9A-HJ-NP-Za-km-z]{44})_([0-9a-f]{16})_([\w-]{43})$/
const nonceSchema = z.string().regex(/^[\w-]{43}$/, 'expected a nonce of the admin')

const joinSchema = z.strictObject({
  type: z.literal('bzzz-join'),
  version: z.literal(1),
  cluster: didSchema,
  invitation: z.string().regex(/^[0-9a-f]{16}$/),
  secret: z.string().regex(/^[\w-]{43}$/),
  did: didSchema,
  recipient: recipientSchema,
  nonce: nonceSchema,
  signature: signatureSchema,
})
const rotationSchema = z.strictObject({
  type: z.literal('bzzz-rotation'),
  version: z.literal(1),
  cluster: didSchema,
  name: nameSchema,
  did: didSchema,
  next: didSchema,
  recipient: recipientSchema,
  nonce: nonceSchema,
  accepted: signatureSchema,
  signature: signatureSchema,
})

/** What someone who was invited sends to the admin. Holds the token's secret: over TLS or noise only. */
export type JoinRequest = z.infer<typeof joinSchema>
/** What a member sends to the admin to go on with another key. Signed by both keys. */
export type RotationRequest = z.infer<typeof rotationSchema>

/** What the text of an invitation says. */
export interface InvitationToken {
  /** The `did:key` of the cluster: what the invited one is going to trust. */
  readonly cluster: string
  readonly id: string
  readonly secret: string
}

/** Reads the text of an invitation. @throws `ERR_IDENTITY_STATEMENT`, without repeating it. */
export function parseInvitation(token: string): InvitationToken {
  const [, key, id = '', secret = ''] = TOKEN.exec(token.trim()) ?? []
  if (key !== undefined) return Object.freeze({ cluster: `did:key:${key}`, id, secret })
  throw new IdentityError(
    'ERR_IDENTITY_STATEMENT',
    'Expected an invitation such as bzzz-invite_z6Mk…_…_…',
  )
}

export function formatInvitation({ cluster, id, secret }: InvitationToken): string {
  return `bzzz-invite_${cluster.slice('did:key:'.length)}_${id}_${secret}`
}

/**
 * Accepts an invitation: proves that the key is at hand, over a nonce that the admin gave.
 *
 * @throws `ERR_IDENTITY_STATEMENT` for a text that is no invitation; `ERR_IDENTITY_VIEW_ONLY`.
 */
export function requestJoin(init: {
  readonly token: string
  readonly identity: Identity
  readonly nonce: string
}): JoinRequest {
  const { identity, nonce } = init
  const { cluster, id, secret } = parseInvitation(init.token)
  const recipient = recipientOf(identity)
  const head = { type: 'bzzz-join', version: 1, cluster, invitation: id, secret } as const
  return sign({ ...head, did: identity.did, recipient, nonce }, identity)
}

/** Asks for a certificate for another key under the same name. @throws `ERR_IDENTITY_VIEW_ONLY`. */
export function requestRotation(init: {
  readonly cluster: string
  readonly name: string
  readonly identity: Identity
  readonly next: Identity
  readonly nonce: string
}): RotationRequest {
  const { cluster, name, identity, next, nonce } = init
  const head = { type: 'bzzz-rotation', version: 1, cluster, name } as const
  const keys = { did: identity.did, next: next.did, recipient: recipientOf(next) }
  const body = { ...head, ...keys, nonce }
  return sign({ ...body, accepted: signatureOf(body, next) }, identity)
}

/** Reads a request and checks that its key signed it. */
export function readJoin(value: unknown): JoinRequest {
  const request = readAs(joinSchema, value, 'a request to join')
  const { signature, ...body } = request
  requireSignature(body, request.did, signature, 'the request to join')
  return request
}

/** Reads a request and checks that both keys signed it. */
export function readRotation(value: unknown): RotationRequest {
  const request = readAs(rotationSchema, value, 'a request to rotate')
  const { signature, ...signed } = request
  const { accepted, ...body } = signed
  requireSignature(signed, request.did, signature, 'the request to rotate')
  requireSignature(body, request.next, accepted, 'the accepting key')
  return request
}
