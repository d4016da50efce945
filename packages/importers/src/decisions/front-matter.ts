import { parseDocument } from 'yaml'
import { ImportError } from '../errors.ts'
import { FRONT_MATTER } from '../text.ts'

/** The YAML at the top of a record, between two lines `---`. */
export interface FrontMatter {
  /** By name in lower case with `_`; a list for what is a list, or names with commas between them. */
  readonly fields: ReadonlyMap<string, string | readonly string[]>
  /** The text behind it. */
  readonly body: string
}

const MAX_LENGTH = 65_536
const NAME = /[\s_-]+/g

/**
 * Takes the front matter off a text; a text without one has no fields.
 *
 * @throws ImportError `ERR_IMPORT_SYNTAX` where it is no YAML, with the line, counted from 1.
 */
export function takeFrontMatter(text: string): FrontMatter {
  const match = FRONT_MATTER.exec(text)
  if (match === null) return { fields: new Map(), body: text }
  const yaml = match.groups?.['yaml'] ?? ''
  if (yaml.length > MAX_LENGTH) throw bad(1, `more than ${MAX_LENGTH} characters of YAML`)
  const value = valueOf(yaml)
  const fields = new Map<string, string | readonly string[]>()
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

function valueOf(yaml: string): unknown {
  try {
    const document = parseDocument(yaml, { prettyErrors: false, logLevel: 'error' })
    const [error] = document.errors
    if (error) throw bad(yaml.slice(0, error.pos[0]).split('\n').length + 1, error.message)
    return document.toJS({ maxAliasCount: 16 }) as unknown
  } catch (error) {
    if (ImportError.is(error)) throw error
    // Aliases without end, or nesting that the parser has no room for.
    throw bad(1, error instanceof Error ? error.message : String(error))
  }
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
