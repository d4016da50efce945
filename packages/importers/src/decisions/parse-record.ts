import { hasHeaderFields } from '../classify.ts'
import { ImportError } from '../errors.ts'
import type { FullImportMap } from './import-map.ts'
import { parseHeaders } from './parse-headers.ts'
import { parseMarkdown } from './parse-markdown.ts'
import type { ParsedRecord } from './parsed-record.ts'

/** Characters of a record that is read, at most. */
const MAX_LENGTH = 1_048_576

/**
 * Reads a record of either format.
 *
 * @throws ImportError `ERR_IMPORT_SYNTAX` where it is too long, or its front matter is no YAML
 */
export function parseRecord(
  contentType: string | null,
  text: string,
  map: FullImportMap,
): ParsedRecord {
  if (text.length > MAX_LENGTH) {
    throw new ImportError(
      'ERR_IMPORT_SYNTAX',
      `Expected a record of at most ${MAX_LENGTH} characters, got ${text.length}`,
    )
  }
  const unix = text.replaceAll('\r\n', '\n')
  const isMarkdown = contentType?.startsWith('text/markdown') ?? false
  return !isMarkdown || hasHeaderFields(unix.replace(/^\uFEFF/, ''))
    ? parseHeaders(unix, map.mentions)
    : parseMarkdown(unix, (word) => map.links.has(word))
}
