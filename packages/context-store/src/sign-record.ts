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
  const text = textOf(unsigned, writer)
  return signed(unsigned, writer, { text, signature: writer.sign(Buffer.from(text)) })
}

/** As {@link signRecord}, and signs beside the main thread. */
export async function signRecordAsync(
  unsigned: Unsigned,
  writer: Identity,
): Promise<SealedVersion> {
  const text = textOf(unsigned, writer)
  return signed(unsigned, writer, { text, signature: await writer.signAsync(Buffer.from(text)) })
}

/** A record but for who signs it. */
export type Unsigned = Omit<VersionRecord, 'signature' | 'writer'>

function signed(
  unsigned: Unsigned,
  { did }: Identity,
  by: { readonly text: string; readonly signature: Uint8Array },
): SealedVersion {
  const signature = Buffer.from(by.signature).toString('base64url')
  return seal({ ...unsigned, writer: did, signature }, withSignature(by.text, signature))
}

/** The canonical text that is signed. */
function textOf(unsigned: Unsigned, { did: writer }: Identity): string {
  if (isPlain(unsigned)) return plainText({ ...unsigned, writer })
  assertSaid(unsigned)
  return canonicalText({ ...unsigned, writer })
}

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
