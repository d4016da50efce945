import type { Backend, VersionRow } from './backend.ts'
import { StoreError } from './errors.ts'
import type { Redaction, SealedRedaction } from './redaction.ts'
import { writerOf } from './rows.ts'
import { assertMaySign, type WriterRules } from './writers.ts'

export interface Erasing {
  readonly backend: Backend
  readonly writers: WriterRules | undefined
  readonly now: number
}

// Versions that share the same bytes, as far as they are looked at.
const MAX_SHARING = 1000

/**
 * Erases what a redaction speaks of, and keeps the redaction; inside a transaction. Equal bytes are kept
 * once, and go with all who have them.
 *
 * @throws `ERR_RECORD_CHAIN` where that version is not here; `ERR_STORE_WRITER` where its signer may not
 *   erase each version that has these bytes.
 */
export function erase({ redaction, id, text }: SealedRedaction, on: Erasing): void {
  const { backend } = on
  const { key, version, record, content } = redaction
  const row = backend.version(key, version)
  if (row?.id !== record || row.content !== content) {
    throw new StoreError(
      'ERR_RECORD_CHAIN',
      `The redaction speaks of a version ${version} of ${key} that is not here`,
    )
  }
  assertMayErase(redaction, row, on)
  const sharing = backend.versionsOf(content, MAX_SHARING)
  for (const shared of sharing) assertMayErase(redaction, shared, on)
  backend.insertRedaction(id, content, text)
  backend.eraseContent(content, 'redacted')
  for (const shared of sharing) forget(backend, shared.key)
}

function assertMayErase({ writer: by, key: own }: Redaction, row: VersionRow, on: Erasing): void {
  const { key, version } = row
  if (on.writers) {
    assertMaySign(on.writers, { writer: by, key, at: on.now, operation: 'delete' })
    return
  }
  const writer = writerOf(row)
  if (writer === by) return
  const whose = `${key} belongs to ${writer}, who alone can redact it`
  throw new StoreError(
    'ERR_STORE_WRITER',
    key === own ? whose : `Version ${version} of ${key} has the same bytes, and ${whose}`,
  )
}

/** Takes the words of a context's newest version out of the search. */
function forget(backend: Backend, key: string): void {
  const head = backend.head(key)
  if (head) backend.putSearch({ key, version: head.version, text: null, tags: '' })
}
