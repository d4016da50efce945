import type { Identity } from '@bzzz/identity'
import { assertNotAhead, nextTime, toInstant } from '@bzzz/temporal-nav'
import type { Access } from './access.ts'
import type { Backend, Stage, VersionRow } from './backend.ts'
import { denied, StoreError } from './errors.ts'
import type { SealedVersion, StoredVersion } from './record.ts'
import { rowOf, writerOf } from './rows.ts'
import { signRecord, signRecordAsync, type Unsigned } from './sign-record.ts'
import type { ContextWrite } from './store.ts'
import { assertMaySign, type WriterRules } from './writers.ts'

/** Bytes that are ready to be kept: at hand, or kept in pieces already. */
export interface ReadyContent {
  readonly id: string
  readonly size: number
  readonly bytes: Uint8Array | Stage
}

/** A write whose address and bytes were read. */
export interface ReadyWrite extends Omit<ContextWrite, 'address' | 'content'> {
  readonly key: string
  readonly content: ReadyContent | null
}

/** A version that was signed before its transaction, for the head that was expected then. */
export interface SignedAhead {
  readonly time: number
  readonly version: SealedVersion
}

/** What a write needs beside itself. */
export interface Writing {
  readonly backend: Backend
  readonly writer: Identity | undefined
  readonly writers: WriterRules | undefined
  readonly access: Access | undefined
  readonly now: number
}

/**
 * Signs and keeps the next version of a context; inside a transaction.
 *
 * @param ahead is kept where the head is the one that it was signed for.
 */
export function writeVersion(write: ReadyWrite, on: Writing, ahead?: SignedAhead): StoredVersion {
  const { backend, now } = on
  const { key, content } = write
  const writer = signerOf(on)
  const operation = content === null ? 'delete' : 'write'
  if (on.access && !on.access.may(operation, key)) throw denied(operation, key)
  const head = backend.head(key)
  assertExpected(write, key, head)
  const owner = head && !on.writers ? writerOf(head) : writer.did
  if (owner !== writer.did) {
    throw new StoreError(
      'ERR_STORE_WRITER',
      `${key} belongs to ${owner}: write under an agent name of your own`,
    )
  }
  const fits = ahead && ahead.version.record.previous === (head?.id ?? null)
  const time = fits ? ahead.time : nextTime(write.time ?? now, head?.time)
  assertNotAhead(time, now)
  assertMaySign(on.writers, { writer: writer.did, key, at: time, operation })
  const version = fits ? ahead.version : signRecord(unsigned(write, head, time), writer)
  // First the bytes: what names them must find them.
  if (content) keepContent(content, backend)
  backend.insertVersion(rowOf(version))
  return { id: version.id, record: version.record }
}

/** Signs the version that a write will most likely make, beside the main thread; before its transaction. */
export async function signAhead(write: ReadyWrite, on: Writing): Promise<SignedAhead> {
  const head = on.backend.expectedHead?.(write.key)
  const time = nextTime(write.time ?? on.now, head?.time)
  const version = await signRecordAsync(unsigned(write, head, time), signerOf(on))
  return { time, version }
}

function unsigned(write: ReadyWrite, head: VersionRow | undefined, time: number): Unsigned {
  const { key, content, validFrom, validTo, encryption, tags, relationships, provenance } = write
  return {
    key,
    version: (head?.version ?? 0) + 1,
    time: toInstant(time),
    previous: head?.id ?? null,
    content: content && content.id,
    content_type: content && (write.contentType ?? 'application/octet-stream'),
    size: content?.size ?? 0,
    ...(encryption && { encryption }),
    ...(validFrom !== undefined && { valid_from: toInstant(validFrom) }),
    ...(validTo !== undefined && { valid_to: toInstant(validTo) }),
    ...(tags && { tags }),
    ...(relationships && { relationships }),
    ...(provenance && { provenance }),
  }
}

/**
 * Keeps bytes that are not here yet; inside a transaction.
 *
 * @throws `ERR_STORE_REDACTED`; what was dropped by retention may come again.
 */
export function keepContent({ id, bytes }: ReadyContent, backend: Backend): void {
  const whole = bytes instanceof Uint8Array
  const state = whole ? backend.insertContent(id, bytes) : backend.contentInfo(id).state
  if (state === 'redacted') {
    throw new StoreError('ERR_STORE_REDACTED', `The bytes ${id} were redacted: they stay erased`)
  }
  if (whole) return
  if (state === 'here') bytes.drop()
  else bytes.keep(id)
}

export function signerOf({ writer }: Pick<Writing, 'writer'>): Identity {
  if (writer?.canSign) return writer
  throw new StoreError(
    'ERR_STORE_READ_ONLY',
    'This store was opened without a writer that can sign',
  )
}

function assertExpected(write: ReadyWrite, key: string, head: VersionRow | undefined): void {
  const version = head?.version ?? 0
  if (write.ifVersion !== undefined && write.ifVersion !== version) {
    throw conflict(key, `version ${write.ifVersion}`, String(version))
  }
  const content = head?.content ?? null
  if (write.ifContent !== undefined && write.ifContent !== content) {
    throw conflict(key, write.ifContent ?? 'no living version', content ?? 'none')
  }
}

function conflict(key: string, expected: string, actual: string): StoreError {
  return new StoreError(
    'ERR_STORE_CONFLICT',
    `Expected ${key} to stand at ${expected}, it stands at ${actual}: read it again, then write`,
  )
}
