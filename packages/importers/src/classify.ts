import type { RecordFormat } from './decisions/parsed-record.ts'
import { ImportError } from './errors.ts'
import { decodeUtf8, FRONT_MATTER } from './text.ts'

/** How the names of records end, in any case of letters. */
export const EXTENSIONS = ['md', 'markdown', 'rst', 'txt'] as const

/** A content over this many bytes is no record: it is what a store takes at most. */
export const MAX_RECORD_BYTES = 16 * 1024 * 1024

// As git does it: a NUL near the beginning.
const BINARY_PROBE_BYTES = 8000
// Headings further down than this do not make a record of a text.
const PROBE_BYTES = 256 * 1024

const README = /^(?:readme|index)$/i
const TEMPLATE = /^(?:.*[-_. ])?template(?:[-_. ].*)?$/i
const NUMBERED = /^\D{0,8}0*[1-9]/
const TEMPLATE_FOLDER = /(?:^|\/)templates?\//i

const FIELD = /^[A-Za-z][A-Za-z0-9-]*:(?:[ \t]|$)/
const FENCED = /^(?<fence>`{3,}|~{3,})[\s\S]*?(?:^\k<fence>|$(?![\s\S]))/gm
const HEADINGS = [
  // `## Status`, `## Decision`, and the same with a number before or underlined.
  /^#{1,6}[ \t]+(?:[\d.]+[ \t]+)?(?:status|decision|context and problem statement|decision outcome)[ \t]*#*[ \t]*$/im,
  /^(?:status|decision|context and problem statement|decision outcome)[ \t]*\n(?:-{3,}|={3,})[ \t]*$/im,
]
// `* Status: accepted`, `**Status:** accepted`, below the title.
const STATUS_LINE = /^(?:[-*+][ \t]+)?(?:\*\*|__)?status(?:\*\*|__)?:(?:\*\*|__)?[ \t]+\S/im
const TOP_LINES = 30

/** Whether a file can be a record, by the end of its name. */
export function isCandidate(path: string): boolean {
  const lower = path.toLowerCase()
  return EXTENSIONS.some((extension) => lower.endsWith(`.${extension}`))
}

/** The error for a source in which nothing is a record, though so many texts were looked at. */
export function noRecords(folder: string, texts: number): ImportError {
  const where = folder === '' ? '' : ` under ${folder}`
  const names = EXTENSIONS.map((extension) => `.${extension}`).join(', ')
  return new ImportError(
    'ERR_IMPORT_NO_RECORDS',
    `Expected decision records${where}, found none among ${texts} texts (${names}): a record begins with header fields, "Status:" among them, or is Markdown with a status or the headings of MADR or adr-tools`,
  )
}

/**
 * Why a file is not taken for a decision record; undefined where it is one.
 *
 * A record is a text that begins with header fields, `Status` among them, as a PEP does; or a Markdown
 * decision record, of MADR 2 to 4 or of adr-tools: with a status in its front matter, a line or a
 * heading, or with a heading of those formats.
 *
 * @param format only records of this format, if one is given
 */
export function whyNoRecord(
  path: string,
  bytes: Uint8Array,
  format?: RecordFormat,
): string | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const stem = name.replace(/\.[^.]*$/, '')
  if (README.test(stem)) return 'a page about records, by its name'
  if (TEMPLATE_FOLDER.test(path) || (TEMPLATE.test(stem) && !NUMBERED.test(stem))) {
    return 'a template, by its name'
  }
  if (bytes.subarray(0, BINARY_PROBE_BYTES).includes(0)) return 'not a text: it has a NUL byte'
  const text = decodeUtf8(bytes.subarray(0, PROBE_BYTES))
    .replace(/^\uFEFF/, '')
    .replaceAll('\r\n', '\n')
  if (hasHeaderFields(text)) {
    return format === 'madr' ? 'it has header fields, and Markdown alone was asked for' : undefined
  }
  if (format === 'headers') return 'no header fields, and only such texts were asked for'
  if (!/\.(?:md|markdown)$/i.test(name)) return 'no header field "Status" at its top'
  return hasRecordForm(text)
    ? undefined
    : 'neither a status nor a heading of a decision record (MADR, adr-tools)'
}

/** Whether a text begins with a block of fields that has a status and at least one other. */
export function hasHeaderFields(text: string): boolean {
  const block = text.trim().split(/\n[ \t]*\n/, 1)[0] ?? ''
  const lines = block.split('\n')
  const fields = lines.filter((line) => FIELD.test(line))
  const others = lines.some((line) => !FIELD.test(line) && !/^[ \t]/.test(line))
  return !others && fields.length >= 2 && fields.some((line) => /^status:[ \t]*\S/i.test(line))
}

function hasRecordForm(text: string): boolean {
  const fields = FRONT_MATTER.exec(text)?.groups?.['yaml'] ?? ''
  if (/^status[ \t]*:[ \t]*\S/im.test(fields)) return true
  const prose = text.slice(text.startsWith('---') ? fields.length : 0).replaceAll(FENCED, '')
  const top = prose.split('\n', TOP_LINES).join('\n')
  return STATUS_LINE.test(top) || HEADINGS.some((heading) => heading.test(prose))
}
