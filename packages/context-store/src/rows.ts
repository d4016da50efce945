import type { VersionEntry } from '@bzzz/temporal-nav'
import type { FullRow, VersionRow } from './backend.ts'
import type { SealedVersion, StoredVersion, VersionRecord } from './record.ts'

export function rowOf({ id, record, text }: SealedVersion): VersionRow {
  const { key, version, content } = record
  return { key, version, time: Date.parse(record.time), content, id, record: text }
}

/** A version whose record is parsed when it is first looked at. */
class Stored implements StoredVersion {
  // One for all: an object that is written with a getter costs three times as much to make.
  static readonly #RECORD: PropertyDescriptor & ThisType<Stored> = {
    enumerable: true,
    get() {
      return (this.#record ??= JSON.parse(this.#text) as VersionRecord)
    },
  }

  readonly id: string
  declare readonly record: VersionRecord
  readonly #text: string
  #record: VersionRecord | undefined

  constructor({ id, record }: { readonly id: string; readonly record: string }) {
    this.id = id
    this.#text = record
    Object.defineProperty(this, 'record', Stored.#RECORD)
  }
}

class Full extends Stored {
  readonly content: Uint8Array

  constructor(row: FullRow, content: Uint8Array) {
    super(row)
    this.content = content
  }
}

/** What a caller gets of a row. */
export function storedOf(row: { readonly id: string; readonly record: string }): StoredVersion {
  return new Stored(row)
}

/** As {@link storedOf}, with the bytes. */
export function fullOf(
  row: FullRow,
  content: Uint8Array,
): StoredVersion & { readonly content: Uint8Array } {
  const { id, shared } = row
  // A property that computes its value costs more to make than one that has it.
  return shared ? { id, record: shared.get(), content } : new Full(row, content)
}

export function entryOf({ version, time, content, record }: VersionRow): VersionEntry {
  // Most versions say nothing of validity: their records are not parsed for it.
  if (!record.includes('"valid_')) return { version, time, content }
  const { valid_from: from, valid_to: to } = JSON.parse(record) as VersionRecord
  return {
    version,
    time,
    content,
    ...(from === undefined ? {} : { validFrom: Date.parse(from) }),
    ...(to === undefined ? {} : { validTo: Date.parse(to) }),
  }
}

// In RFC 8785 form these two are the first: no text of the writer's can stand before them.
const CONTENT_TYPE = /^\{"content":"[^"]*","content_type":("(?:[^"\\]|\\.)*")/

/** The media type of a version's bytes; null for a tombstone. Its record is not parsed for it. */
export function contentTypeOf({ record }: VersionRow): string | null {
  const [, text] = CONTENT_TYPE.exec(record) ?? []
  return text === undefined ? null : (JSON.parse(text) as string)
}

/** The tags of a version; most have none, and are not parsed for it. */
export function tagsOf({ record }: VersionRow): readonly string[] {
  if (!record.includes('"tags":')) return []
  return (JSON.parse(record) as VersionRecord).tags ?? []
}

// A quote in a text is escaped, and what a writer says of a version stands before this field.
const WRITER = '"writer":"'

/** Who signed a version. Its record is not parsed for it. */
export function writerOf({ record }: VersionRow): string {
  const start = record.lastIndexOf(WRITER) + WRITER.length
  return record.slice(start, record.indexOf('"', start))
}
