import { scanJson } from './json-scan.ts'
import { JsonError } from './json-error.ts'

/** How large a text {@link parseStrictJson} reads. */
export interface StrictJsonOptions {
  /** UTF-16 code units of the text, at most; 1,048,576 if left out. */
  readonly maxLength?: number
  /** Arrays and objects inside each other, at most, the outermost counted; 64 if left out. */
  readonly maxDepth?: number
}

const MAX_LENGTH = 1_048_576
const MAX_DEPTH = 64

/**
 * Reads JSON that is to be signed, checked or hashed (I-JSON, RFC 7493): what two readers could
 * understand in two ways is refused.
 *
 * @throws {JsonError} with the line and column of what is wrong: `ERR_IDENTITY_JSON` for what is no
 *   JSON; `ERR_IDENTITY_JSON_DUPLICATE` for a name that stands twice in an object;
 *   `ERR_IDENTITY_JSON_SURROGATE` for half a character, escaped or not; `ERR_IDENTITY_JSON_NUMBER` for
 *   an integer beyond 2^53 - 1 and for a number too large or too small for a double;
 *   `ERR_IDENTITY_JSON_LIMIT` for a text too long or too deep.
 */
export function parseStrictJson(text: string, options: StrictJsonOptions = {}): unknown {
  const { maxLength = MAX_LENGTH, maxDepth = MAX_DEPTH } = options
  if (text.length > maxLength) {
    const found = `a text of ${text.length} code units`
    throw new JsonError('ERR_IDENTITY_JSON_LIMIT', text, maxLength, `at most ${maxLength}`, found)
  }
  const quick = plainly(text, maxDepth)
  if (quick !== undefined) return quick.value
  scanJson(text, maxDepth)
  return read(text)
}

/**
 * Most texts were written by a machine, and the engine writes them back to the letter. Such a text
 * has no name twice (one of them would be lost), no number that a double cannot hold, and no spelling
 * that hides something; what is left to look at is quickly done. Anything else is for the scanner.
 */
function plainly(text: string, maxDepth: number): { readonly value: unknown } | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (text.includes(String.raw`\ud`) || !text.isWellFormed()) return undefined
  if (!isSafe(value, maxDepth)) return undefined
  return JSON.stringify(value) === text ? { value } : undefined
}

function isSafe(value: unknown, depth: number): boolean {
  if (typeof value === 'number') return !Number.isInteger(value) || Number.isSafeInteger(value)
  if (value === null || typeof value !== 'object') return true
  if (depth === 0) return false
  if (Array.isArray(value)) return value.every((item) => isSafe(item, depth - 1))
  for (const name in value) {
    if (!isSafe((value as Record<string, unknown>)[name], depth - 1)) return false
  }
  return true
}

function read(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The scanner knows the same grammar; where the two disagree, the stricter one is right.
    throw new JsonError('ERR_IDENTITY_JSON', text, 0, 'JSON', 'something else')
  }
}
