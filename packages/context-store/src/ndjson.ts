import { z } from 'zod'
import { StoreError } from './errors.ts'
import type { StoredVersion, VersionRecord } from './record.ts'
import type { Redaction } from './redaction.ts'
import type { CallOptions } from './queries.ts'
import type { ContextStore } from './store.ts'

// A piece in base64 with its line around it, or a record.
const MAX_LINE = 512 * 1024
const BATCH = 100

const header = z.object({ type: z.literal('bzzz-export'), version: z.literal(1) })
const line = z.discriminatedUnion('type', [
  header,
  z.object({ type: z.literal('version'), record: z.unknown() }),
  z.object({ type: z.literal('redaction'), redaction: z.unknown() }),
  z.object({
    type: z.literal('content'),
    id: z.string().max(64),
    /** Absent on all but the last piece of a content. */
    end: z.boolean().optional(),
    bytes: z.base64(),
  }),
])

type Line = z.infer<typeof line>

export interface ExportOptions extends CallOptions {
  /** Only contexts that match; all if left out. */
  readonly pattern?: string
}

export interface ImportReport {
  readonly versions: number
  readonly contents: number
  readonly redactions: number
  /** What was in the export and is here already. */
  readonly known: number
}

/**
 * Writes a store out as NDJSON: a header, then for each context its versions in order, each after its
 * bytes, and the redactions. Lines end with a line feed. The same store gives the same text.
 */
export async function* exportNdjson(
  store: ContextStore,
  options: ExportOptions = {},
): AsyncGenerator<string> {
  const { pattern = 'ucxl://any:any@any:any/**', ...call } = options
  yield write({ type: 'bzzz-export', version: 1 })
  const keys = new Set<string>()
  for await (const head of store.list(pattern, call)) {
    keys.add(head.record.key)
    yield* exportTimeline(store, head.record.key, call)
  }
  for await (const redaction of store.redactions(call))
    if (keys.has(redaction.key)) yield write({ type: 'redaction', redaction })
}

/**
 * Reads what {@link exportNdjson} wrote into a store. Every record, signature, chain and content is
 * checked as if it came from a stranger; what is here already is no harm, so that an import that was
 * cut off is simply done again.
 *
 * @param lines the text, in pieces of any size.
 * @throws `ERR_STORE_EXPORT` with the number of the line that cannot be read, and what `append` throws;
 *   all lines before it are kept.
 */
export async function importNdjson(
  store: ContextStore,
  lines: AsyncIterable<string | Uint8Array>,
  options: CallOptions = {},
): Promise<ImportReport> {
  const importer = new Importer(store, options)
  let number = 0
  try {
    for await (const text of linesOf(lines)) {
      number++
      options.signal?.throwIfAborted()
      const item = readLine(text, number)
      if ((number === 1) !== (item.type === 'bzzz-export'))
        throw unreadable(number, 'expected a header on the first line, and only there')
      await importer.take(item)
    }
    if (number === 0) throw unreadable(1, 'there is nothing')
  } finally {
    await importer.flush()
  }
  return importer.report
}

class Importer {
  readonly report = { versions: 0, contents: 0, redactions: 0, known: 0 }
  readonly #store: ContextStore
  readonly #options: CallOptions
  #records: VersionRecord[] = []
  #pieces: Uint8Array[] = []

  constructor(store: ContextStore, options: CallOptions) {
    this.#store = store
    this.#options = options
  }

  async take(item: Line): Promise<void> {
    switch (item.type) {
      case 'version':
        this.#records.push(item.record as VersionRecord)
        if (this.#records.length === BATCH) await this.flush()
        break
      case 'content':
        this.#pieces.push(Buffer.from(item.bytes, 'base64'))
        if (item.end) await this.#addContent(item.id)
        break
      case 'redaction':
        await this.flush()
        if (await this.#store.applyRedaction(item.redaction as Redaction, this.#options))
          this.report.redactions++
        else this.report.known++
        break
      case 'bzzz-export':
    }
  }

  async flush(): Promise<void> {
    const records = this.#records
    this.#records = []
    const fresh = await this.#store.append(records, this.#options)
    this.report.versions += fresh
    this.report.known += records.length - fresh
  }

  async #addContent(id: string): Promise<void> {
    const pieces = this.#pieces
    this.#pieces = []
    if (await this.#store.content(id, this.#options)) this.report.known++
    else {
      await this.#store.addContent(id, inPieces(pieces), this.#options)
      this.report.contents++
    }
  }
}

async function* exportTimeline(
  store: ContextStore,
  key: string,
  call: CallOptions,
): AsyncGenerator<string> {
  for await (const version of store.history(key, call)) {
    yield* exportContent(store, version, call)
    yield write({ type: 'version', record: version.record })
  }
}

async function* exportContent(
  store: ContextStore,
  { record: { content: id } }: StoredVersion,
  call: CallOptions,
): AsyncGenerator<string> {
  if (id === null) return
  let held: Uint8Array | undefined
  try {
    for await (const piece of store.contentStream(id, call)) {
      if (held) yield write({ type: 'content', id, bytes: base64(held) })
      held = piece
    }
  } catch (error) {
    // Bytes that are not here, that were dropped or redacted are left out: the record says which.
    if (error instanceof StoreError) return
    throw error
  }
  yield write({ type: 'content', id, end: true, bytes: base64(held ?? new Uint8Array(0)) })
}

async function* linesOf(source: AsyncIterable<string | Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  let number = 0
  for await (const piece of source) {
    rest += typeof piece === 'string' ? piece : decoder.decode(piece, { stream: true })
    const lines = rest.split('\n')
    rest = lines.pop() ?? ''
    for (const text of lines) {
      number++
      yield text
    }
    if (rest.length > MAX_LINE)
      throw unreadable(number + 1, `expected at most ${MAX_LINE} characters`)
  }
  if (rest !== '') yield rest
}

function readLine(text: string, number: number): Line {
  if (text.length > MAX_LINE) throw unreadable(number, `expected at most ${MAX_LINE} characters`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw unreadable(number, 'it is no JSON')
  }
  const parsed = line.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw unreadable(number, `${issue?.path.join('.') || 'the line'}: ${issue?.message ?? ''}`)
}

function unreadable(number: number, why: string): StoreError {
  return new StoreError('ERR_STORE_EXPORT', `Line ${number} of the export cannot be read: ${why}`)
}

async function* inPieces(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')
}

function write(value: object): string {
  return `${JSON.stringify(value)}\n`
}
