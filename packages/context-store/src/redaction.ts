import { canonicalBytes, canonicalText, verifySignature, type Identity } from '@bzzz/identity'
import { z } from 'zod'
import { contentIdOfText, isContentId } from './content-id.ts'
import { StoreError } from './errors.ts'
import { isInstant } from './record.ts'

const schema = z.strictObject({
  type: z.literal('redaction'),
  key: z.string().max(2048),
  version: z.int().min(1).max(999_999_999),
  record: z.string().refine(isContentId, 'expected the id of a record'),
  content: z.string().refine(isContentId, 'expected a content id'),
  reason: z.string().min(1).max(1024),
  time: z.string().max(24).refine(isInstant, 'expected RFC 3339 in UTC'),
  writer: z.string().max(64),
  signature: z.string().regex(/^[\w-]{86}$/),
})

/** The signed statement that the bytes of a version were erased, by whom and why. */
export interface Redaction {
  readonly type: 'redaction'
  /** Whose timeline, and which version of it. */
  readonly key: string
  readonly version: number
  /** Id of that version's record. */
  readonly record: string
  /** Content id of the bytes that are no more. */
  readonly content: string
  readonly reason: string
  /** When: RFC 3339 in UTC. */
  readonly time: string
  /** `did:key` of who signed it: the writer of the version. */
  readonly writer: string
  /** Ed25519 over the RFC 8785 bytes of all the rest, in base64url without padding. */
  readonly signature: string
}

/** A redaction with the canonical text and the id that is made of it. */
export interface SealedRedaction {
  readonly id: string
  readonly redaction: Redaction
  readonly text: string
}

export function signRedaction(
  unsigned: Omit<Redaction, 'type' | 'signature' | 'writer'>,
  writer: Identity,
): SealedRedaction {
  const body = { type: 'redaction' as const, ...unsigned, writer: writer.did }
  const signature = Buffer.from(writer.sign(canonicalBytes(body))).toString('base64url')
  return seal(parseRedaction({ ...body, signature }))
}

/** @throws `ERR_RECORD_INVALID`, `ERR_RECORD_SIGNATURE`. */
export function verifyRedaction(input: unknown): SealedRedaction {
  const redaction = parseRedaction(input)
  const { signature, ...unsigned } = redaction
  if (!isGenuine(redaction.writer, canonicalBytes(unsigned), signature)) {
    throw new StoreError(
      'ERR_RECORD_SIGNATURE',
      `The redaction of version ${redaction.version} of ${redaction.key.slice(0, 200)} was not signed by ${redaction.writer}`,
    )
  }
  return seal(redaction)
}

/** What a reader of the version is told. */
export function redacted(key: string, version: number, text: string | undefined): StoreError {
  const redaction = text === undefined ? undefined : (JSON.parse(text) as Redaction)
  const by = redaction
    ? ` by ${redaction.writer} at ${redaction.time}: ${redaction.reason}`
    : ', with those of a version that has the same'
  return new StoreError(
    'ERR_STORE_REDACTED',
    `The bytes of version ${version} of ${key} were erased${by}`,
  )
}

function isGenuine(writer: string, bytes: Uint8Array, signature: string): boolean {
  try {
    return verifySignature(writer, bytes, Buffer.from(signature, 'base64url'))
  } catch {
    return false
  }
}

function parseRedaction(input: unknown): Redaction {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new StoreError(
    'ERR_RECORD_INVALID',
    `Not a redaction: ${issue?.path.join('.') || 'the whole'}: ${issue?.message ?? 'unreadable'}`,
  )
}

function seal(redaction: Redaction): SealedRedaction {
  const text = canonicalText(redaction)
  return { id: contentIdOfText(text), redaction, text }
}
