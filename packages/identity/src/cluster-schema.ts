import { z } from 'zod'
import { isRecipient } from './age.ts'
import { didSchema, nameSchema, signatureSchema, timeSchema, toMs } from './statement.ts'

const base = { version: z.literal(1), cluster: didSchema, issuer: didSchema, issued: timeSchema }
const serial = z.int().min(1).max(2_147_483_647)
const unique = (list: readonly string[]): boolean => new Set(list).size === list.length

export const recipientSchema = z.string().refine(isRecipient, 'expected an age recipient: age1…')

/** What a participant is given by an invitation. */
export const grantSchema = z.strictObject({
  name: nameSchema,
  roles: z.array(nameSchema).min(1).max(32).refine(unique, 'expected each role once'),
  capabilities: z.array(z.string().min(1).max(64)).max(64).refine(unique, 'expected each once'),
  kind: z.enum(['agent', 'human']),
})

const certificateBody = z.strictObject({
  type: z.literal('bzzz-certificate'),
  ...base,
  serial,
  ...grantSchema.shape,
  did: didSchema,
  recipient: recipientSchema,
  not_before: timeSchema,
  not_after: timeSchema,
})
const inOrder = (body: { not_before: string; not_after: string }): boolean =>
  toMs(body.not_before) < toMs(body.not_after)
const ORDER = { message: 'expected not_before to be before not_after', path: ['not_after'] }

const revocationBody = z.strictObject({
  type: z.literal('bzzz-revocation'),
  ...base,
  serial: serial.optional(),
  did: didSchema.optional(),
  reason: z.string().min(1).max(256),
  effective: timeSchema,
})
const oneTarget = (body: { serial?: unknown; did?: unknown }): boolean =>
  (body.serial === undefined) !== (body.did === undefined)
const TARGET = { message: 'expected either a serial or a did', path: ['serial'] }

const handoverBody = z.strictObject({
  type: z.literal('bzzz-handover'),
  ...base,
  to: didSchema,
  effective: timeSchema,
  accepted: signatureSchema,
})

const charterBody = z.strictObject({
  type: z.literal('bzzz-cluster'),
  ...base,
  name: nameSchema,
  mode: z.enum(['closed', 'open']),
})

const signed = { signature: signatureSchema }
const certificateSchema = certificateBody.extend(signed).refine(inOrder, ORDER)
export const unsignedSchema = z.union([
  certificateBody.refine(inOrder, ORDER),
  revocationBody.refine(oneTarget, TARGET),
])
const statements = {
  'bzzz-certificate': certificateSchema,
  'bzzz-revocation': revocationBody.extend(signed).refine(oneTarget, TARGET),
  'bzzz-handover': handoverBody.extend(signed),
  'bzzz-cluster': charterBody.extend(signed),
} as const

/** The schema for a statement of that type; undefined for none of them. */
export function schemaOf(type: unknown): z.ZodType<Statement> | undefined {
  return typeof type === 'string' && Object.hasOwn(statements, type)
    ? statements[type as keyof typeof statements]
    : undefined
}

/** What an invitation grants: a name, the roles under it, capabilities, and what kind of participant. */
export type Grant = z.infer<typeof grantSchema>
/** A participant's certificate, signed by the admin key over its RFC 8785 bytes. Times are in UTC. */
export type Certificate = z.infer<typeof certificateSchema>
/** The end of a certificate (by its serial) or of a key (by its did), from `effective` on. */
export type Revocation = z.infer<(typeof statements)['bzzz-revocation']>
/** The admin key of a cluster handed to another one; the new key has signed `accepted`. */
export type Handover = z.infer<(typeof statements)['bzzz-handover']>
/** What a cluster says of itself. The newest counts. */
export type Charter = z.infer<(typeof statements)['bzzz-cluster']>
/** What an admin key signs, and what is handed round in a cluster. Plain JSON. */
export type Statement = Certificate | Revocation | Handover | Charter
/** A certificate before it is signed. */
export type UnsignedCertificate = Omit<Certificate, 'signature'>
/** A revocation before it is signed. */
export type UnsignedRevocation = Omit<Revocation, 'signature'>
