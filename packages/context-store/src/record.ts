import { canonicalText, verifySignature } from '@bzzz/identity'
import { fromInstant, toInstant } from '@bzzz/temporal-nav'
import { keyOf, parseKey, safeParse } from '@bzzz/ucxl-address'
import { z } from 'zod'
import { contentIdOfText, isContentId } from './content-id.ts'
import { StoreError } from './errors.ts'

/** Bytes of a content, at most, where the configuration says nothing else: 16 MiB. */
export const MAX_CONTENT_BYTES = 16 * 1024 * 1024

// The bounds of single fields leave room for more; a page of records has to fit into one message.
const MAX_RECORD_BYTES = 64 * 1024

const time = z
  .string()
  .max(24)
  .refine(isInstant, 'expected RFC 3339 in UTC, such as 2025-08-07T14:30:00Z')
const contentId = z.string().refine(isContentId, 'expected a CIDv1 (raw, sha2-256) in base32')
const word = z.string().min(1).max(128)
const address = z.string().refine((text) => safeParse(text).success, 'expected a UCXL address')

/** Everything of a record but its signature. */
export const fields = {
  key: z.string().max(2048),
  version: z.int().min(1).max(999_999_999),
  time,
  previous: contentId.nullable(),
  content: contentId.nullable(),
  content_type: z.string().min(1).max(255).nullable(),
  size: z.int().min(0),
  encryption: z.strictObject({ method: word, key: word }).optional(),
  valid_from: time.optional(),
  valid_to: time.optional(),
  tags: z.array(word).max(64).optional(),
  relationships: z
    .array(z.strictObject({ name: word, address }))
    .max(128)
    .optional(),
  provenance: z
    .record(word, z.string().max(1024))
    .refine(atMost(16), 'at most 16 entries')
    .optional(),
  writer: z.string().max(64),
}
const recordSchema = z.strictObject({ ...fields, signature: z.string().regex(/^[\w-]{86}$/) })
/** How the bytes of a version were encrypted; the store never looks into them. */
export interface Encryption {
  /** Name of the method. */
  readonly method: string
  /** Id of the content key. */
  readonly key: string
}

/**
 * One version of one context, as its writer signed it. Nothing ever changes it. The names are those
 * of the JSON form, which is what is signed, stored and sent.
 */
export interface VersionRecord {
  /** Whose timeline: `agent:role@project:task/path`. */
  readonly key: string
  /** The place on the timeline, counted from 1. */
  readonly version: number
  /** When it was recorded: RFC 3339 in UTC, milliseconds only where they are not zero. */
  readonly time: string
  /** Id of the record before it; null for the first. */
  readonly previous: string | null
  /** Content id of the bytes; null for a tombstone. */
  readonly content: string | null
  /** Media type of the bytes; null for a tombstone. */
  readonly content_type: string | null
  /** Number of bytes; 0 for a tombstone. */
  readonly size: number
  /** Where the bytes are a ciphertext: how it was made. */
  readonly encryption?: Encryption | undefined
  /** From when the content holds, as opposed to when it was written. */
  readonly valid_from?: string | undefined
  /** Until when the content holds. */
  readonly valid_to?: string | undefined
  /** Words for finding it again. */
  readonly tags?: readonly string[] | undefined
  /** Named links to other addresses. */
  readonly relationships?:
    | readonly { readonly name: string; readonly address: string }[]
    | undefined
  /** Where it came from, in the writer's words. */
  readonly provenance?: Readonly<Record<string, string>> | undefined
  /** `did:key` of who signed it. */
  readonly writer: string
  /** Ed25519 over the RFC 8785 bytes of all the rest, in base64url without padding. */
  readonly signature: string
}

/** A record with its id, the content id of its RFC 8785 bytes: what `previous` points at. */
export interface StoredVersion {
  readonly id: string
  readonly record: VersionRecord
}

/** A stored version with the canonical text that its id was made of. */
export interface SealedVersion extends StoredVersion {
  readonly text: string
}

/**
 * Takes in a record from outside: checks its shape, that it is consistent, and its signature.
 *
 * @throws `ERR_RECORD_INVALID` with the field that is wrong; `ERR_RECORD_SIGNATURE`.
 */
export function verifyRecord(input: unknown): SealedVersion {
  const record = parseRecord(input)
  const { signature, ...unsigned } = record
  let text: string
  let genuine: boolean
  try {
    text = canonicalText(unsigned)
    genuine = verifySignature(record.writer, Buffer.from(text), Buffer.from(signature, 'base64url'))
  } catch (cause) {
    throw new StoreError(
      'ERR_RECORD_INVALID',
      `${nameOf(record)} cannot be checked: its writer or its text is malformed`,
      { cause },
    )
  }
  if (!genuine) {
    throw new StoreError(
      'ERR_RECORD_SIGNATURE',
      `${nameOf(record)} was not signed by ${record.writer}: it was changed on the way, or forged`,
    )
  }
  return seal(record, withSignature(text, record.signature))
}

/**
 * Checks that a record may stand right after another one (undefined: at the start of a timeline).
 *
 * @param options.anyWriter leaves it to other rules who may go on with a timeline.
 * @throws `ERR_RECORD_CHAIN` naming what does not fit.
 */
export function assertFollows(
  next: VersionRecord,
  before: StoredVersion | undefined,
  { anyWriter = false }: { readonly anyWriter?: boolean } = {},
): void {
  const broken = before
    ? next.key !== before.record.key
      ? `expected the key ${before.record.key}`
      : next.version !== before.record.version + 1
        ? `expected version ${before.record.version + 1}`
        : next.previous !== before.id
          ? `expected it to point back at ${before.id}`
          : !anyWriter && next.writer !== before.record.writer
            ? `expected the timeline's writer ${before.record.writer}`
            : Date.parse(next.time) <= Date.parse(before.record.time)
              ? `expected a time after ${before.record.time}`
              : undefined
    : next.version !== 1 || next.previous !== null
      ? 'expected the first version of its timeline'
      : undefined
  if (broken) {
    throw new StoreError('ERR_RECORD_CHAIN', `${nameOf(next)} does not fit its timeline: ${broken}`)
  }
}

/**
 * The canonical text of a record, of that without its signature: in the order of RFC 8785 it stands
 * right before `size`. A quote in a text is escaped, so the last `"size":` is the name of that field.
 */
export function withSignature(unsigned: string, signature: string): string {
  const place = unsigned.lastIndexOf('"size":')
  return `${unsigned.slice(0, place)}"signature":"${signature}",${unsigned.slice(place)}`
}

/** @throws `ERR_RECORD_INVALID` where it is too large. */
export function seal(record: VersionRecord, text: string): SealedVersion {
  const size = Buffer.byteLength(text)
  if (size > MAX_RECORD_BYTES) {
    throw new StoreError(
      'ERR_RECORD_INVALID',
      `${nameOf(record)}: expected a record of at most ${MAX_RECORD_BYTES} bytes, got ${size}`,
    )
  }
  return { id: contentIdOfText(text), record, text }
}

function parseRecord(input: unknown): VersionRecord {
  assertNoProto(input)
  const parsed = recordSchema.safeParse(input)
  if (!parsed.success) throw invalid(parsed.error)
  assertConsistent(parsed.data)
  return parsed.data
}

export function assertNoProto(input: unknown): void {
  const { provenance } = (input ?? {}) as { readonly provenance?: unknown }
  if (provenance instanceof Object && Object.hasOwn(provenance, '__proto__')) {
    // An object cannot have it as a plain name: it would be dropped, and the signature not hold.
    throw new StoreError(
      'ERR_RECORD_INVALID',
      'Not a version record: provenance: no name __proto__',
    )
  }
}

export function invalid({ issues: [issue] }: z.ZodError): StoreError {
  return new StoreError(
    'ERR_RECORD_INVALID',
    `Not a version record: ${issue?.path.join('.') || 'the whole'}: ${issue?.message ?? 'unreadable'}`,
  )
}

function assertConsistent(record: VersionRecord): void {
  const problem = !isNormalKey(record.key)
    ? 'its key is not the normal form of a concrete address'
    : (record.previous === null) !== (record.version === 1)
      ? 'only the first version has no previous'
      : (record.content === null) !== (record.content_type === null)
        ? 'content and content_type are null together'
        : record.content === null && record.size !== 0
          ? 'a tombstone has no size'
          : undefined
  if (problem) throw new StoreError('ERR_RECORD_INVALID', `${nameOf(record)}: ${problem}`)
}

/** One moment has one text. */
export function isInstant(text: string): boolean {
  try {
    return toInstant(fromInstant(text)) === text
  } catch {
    return false
  }
}

function isNormalKey(key: string): boolean {
  try {
    return keyOf(parseKey(key)) === key
  } catch {
    return false
  }
}

/** A record, for messages. */
export function nameOf(record: VersionRecord): string {
  return `Version ${record.version} of ${record.key.slice(0, 200)}`
}

function atMost(count: number): (value: object) => boolean {
  return (value) => Object.keys(value).length <= count
}
