import { parseDocument } from 'yaml'
import { ImportError } from '../errors.ts'

/** The YAML at the top of a record, between two lines `---`. */
export interface FrontMatter {
  /** By name in lower case with `_`; a list for what is a list, or names with commas between them. */
  readonly fields: ReadonlyMap<string, string | readonly string[]>
  /** The text behind it. */
  readonly body: string
}

const FRONT_MATTER = /^---[ \t]*\n(?<yaml>[\s\S]*?)^(?:---|\.\.\.)[ \t]*(?:\n|$)/m
const MAX_LENGTH = 65_536
const NAME = /[\s_-]+/g

/**
 * Takes the front matter off a text; a text without one has no fields.
 *
 * @throws ImportError `ERR_IMPORT_SYNTAX` where it is no YAML, with the line, counted from 1.
 */
export function takeFrontMatter(text: string): FrontMatter {
  const match = text.startsWith('---') ? FRONT_MATTER.exec(text) : null
  if (match === null) return { fields: new Map(), body: text }
  const yaml = match.groups?.['yaml'] ?? ''
  if (yaml.length > MAX_LENGTH) throw bad(1, `more than ${MAX_LENGTH} characters of YAML`)
  const document = parseDocument(yaml, { prettyErrors: false, logLevel: 'error' })
  const [error] = document.errors
  if (error) {
    const line = yaml.slice(0, error.pos[0]).split('\n').length + 1
    throw bad(line, error.message)
  }
  const fields = new Map<string, string | readonly string[]>()
  const value: unknown = document.toJS({ maxAliasCount: 16 })
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
    for (const [name, entry] of Object.entries(value)) {
      const read = Array.isArray(entry)
        ? entry.map(textOf).filter((one) => one !== '')
        : textOf(entry)
      if (read.length > 0) fields.set(name.trim().toLowerCase().replaceAll(NAME, '_'), read)
    }
  } else if (value !== null) {
    throw bad(2, 'fields (name: value) were expected')
  }
  return { fields, body: text.slice(match[0].length) }
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value.trim()
  return value === null || value === undefined ? '' : JSON.stringify(value)
}

function bad(line: number, why: string): ImportError {
  return new ImportError('ERR_IMPORT_SYNTAX', `Line ${line}: the front matter is no YAML: ${why}`, {
    line,
  })
}
