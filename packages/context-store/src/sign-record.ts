import { canonicalText, type Identity } from '@bzzz/identity'
import { z } from 'zod'
import {
  assertNoProto,
  fields,
  invalid,
  seal,
  withSignature,
  type SealedVersion,
  type VersionRecord,
} from './record.ts'

/** What a caller of this process says of a version; the rest of a record is made here. */
const said = z.object({
  content_type: fields.content_type,
  encryption: fields.encryption,
  tags: fields.tags,
  relationships: fields.relationships,
  provenance: fields.provenance,
})

/**
 * Signs a record's fields. What a caller said is held to the rules of a record from outside; what the
 * store makes itself (key, version, times, content ids) is right, and not looked at again.
 *
 * @throws `ERR_RECORD_INVALID`; `ERR_IDENTITY_VIEW_ONLY` where the writer has no private key.
 */
export function signRecord(unsigned: Unsigned, writer: Identity): SealedVersion {
  const body = { ...unsigned, writer: writer.did }
  let text: string
  if (isPlain(unsigned)) text = plainText(body)
  else {
    assertSaid(unsigned)
    text = canonicalText(body)
  }
  const signature = Buffer.from(writer.sign(Buffer.from(text))).toString('base64url')
  return seal({ ...body, signature }, withSignature(text, signature))
}

type Unsigned = Omit<VersionRecord, 'signature' | 'writer'>

const MAX_TYPE_LENGTH = 255

/** True where a caller said nothing but a type, as for most writes, and that is as it should be. */
function isPlain(record: Unsigned): boolean {
  const { content_type: type, encryption, tags, relationships, provenance } = record
  if (encryption || tags || relationships || provenance) return false
  if (record.valid_from !== undefined || record.valid_to !== undefined) return false
  return type === null || (type.length > 0 && type.length <= MAX_TYPE_LENGTH && type.isWellFormed())
}

/** {@link canonicalText} of a plain record: its fields stand in the order of RFC 8785 already. */
function plainText(record: Omit<VersionRecord, 'signature'>): string {
  const { content, content_type, key, previous, size, time, version, writer } = record
  return JSON.stringify({ content, content_type, key, previous, size, time, version, writer })
}

/** @throws `ERR_RECORD_INVALID` */
function assertSaid(record: Unsigned): void {
  assertNoProto(record)
  const parsed = said.safeParse(record)
  if (!parsed.success) throw invalid(parsed.error)
}
