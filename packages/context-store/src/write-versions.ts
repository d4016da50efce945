import type { Identity } from '@bzzz/identity'
import { assertNotAhead, nextTime, toInstant } from '@bzzz/temporal-nav'
import { keyOf, parse } from '@bzzz/ucxl-address'
import type { Access } from './access.ts'
import type { Backend, Stage, VersionRow } from './backend.ts'
import { denied, StoreError } from './errors.ts'
import type { StoredVersion } from './record.ts'
import { rowOf, writerOf } from './rows.ts'
import { signRecord } from './sign-record.ts'
import type { ContextWrite } from './store.ts'
import { assertMaySign, type WriterRules } from './writers.ts'

/** Bytes that are ready to be kept: at hand, or kept in pieces already. */
export interface ReadyContent {
  readonly id: string
  readonly size: number
  readonly bytes: Uint8Array | Stage
}

/** A write whose bytes were read and hashed. */
export interface ReadyWrite extends Omit<ContextWrite, 'content'> {
  readonly content: ReadyContent | null
}

interface Writing {
  readonly backend: Backend
  readonly writer: Identity | undefined
  readonly writers: WriterRules | undefined
  readonly access: Access | undefined
  readonly now: number
}

/** Signs and keeps the next version of a context; inside a transaction. */
export function writeVersion(write: ReadyWrite, on: Writing): StoredVersion {
  const { backend, now } = on
  const { address, content } = write
  const key = keyOf(typeof address === 'string' ? parse(address) : address)
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
  const time = nextTime(write.time ?? now, head?.time)
  assertNotAhead(time, now)
  assertMaySign(on.writers, { writer: writer.did, key, at: time, operation })
  const { validFrom, validTo, encryption, tags, relationships, provenance } = write
  const version = signRecord(
    {
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
    },
    writer,
  )
  // First the bytes: what names them must find them.
  if (content) keepContent(content, backend)
  backend.insertVersion(rowOf(version))
  return { id: version.id, record: version.record }
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
