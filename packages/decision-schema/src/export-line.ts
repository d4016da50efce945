import { isPattern, keyOf, parse, safeParse } from '@bzzz/ucxl-address'
import { contentIdOf } from './content-id.ts'
import { versionAddress } from './check-citation.ts'
import type { Decision } from './decision.ts'
import { excerptOf } from './errors.ts'
import { LIMITS } from './limits.ts'
import { safeParseDecision } from './parse.ts'
import { CONTENT_ID } from './patterns.ts'
import { parseStrictJson } from './canonical.ts'

/** What a line of an export says. */
export type ExportLine =
  | {
      readonly type: 'decision'
      /** Of the very version. */
      readonly address: string
      readonly key: string
      readonly version: number
      readonly contentId: string
      readonly decision: Decision
    }
  | { readonly type: 'content'; readonly id: string; readonly text: string }
  | { readonly type: 'other' }
  | { readonly type: 'problem'; readonly message: string }

const encoder = new TextEncoder()

/** Reads one line; what is wrong with it is told, and never thrown. */
export function readExportLine(line: string, maxLine: number): ExportLine {
  if (line.length > maxLine) {
    return problem(`Expected a line of at most ${maxLine} characters, got ${line.length}.`)
  }
  let value: unknown
  try {
    value = parseStrictJson(line, { maxLength: maxLine, maxDepth: LIMITS.depth + 1 })
  } catch (error) {
    return problem(`Expected one JSON text, got ${excerptOf(line)} (${String(error)}).`)
  }
  const fields = { ...(value as object) } as Readonly<Record<string, unknown>>
  if (typeof fields['type'] !== 'string') {
    return problem(`Expected an object with a type, got ${excerptOf(value)}.`)
  }
  if (fields['type'] === 'content') return readContent(fields)
  return fields['type'] === 'decision' ? readDecision(fields) : { type: 'other' }
}

function readContent({ id, text }: Readonly<Record<string, unknown>>): ExportLine {
  if (typeof text !== 'string') return problem(`Expected text, got ${excerptOf(text)}.`)
  const actual = contentIdOf(encoder.encode(text))
  if (id === actual) return { type: 'content', id: actual, text }
  return problem(`Expected the bytes of ${excerptOf(id)}, got those of ${actual}.`)
}

function readDecision(fields: Readonly<Record<string, unknown>>): ExportLine {
  const { address, version, content_id: contentId, node } = fields
  const read = safeParse(typeof address === 'string' ? address : '')
  const isNumber = typeof version === 'number' && Number.isInteger(version) && version >= 1
  if (!isNumber || !read.success || isPattern(read.address) || version > 999_999_999) {
    return problem(
      `Expected an address and a version, got ${excerptOf(address)}, ${excerptOf(version)}.`,
    )
  }
  const key = keyOf(read.address)
  const exact = versionAddress(key, version)
  if (parse(exact).toString() !== read.address.toString()) {
    return problem(`Expected the address ${exact}, got ${excerptOf(address)}.`)
  }
  if (typeof contentId !== 'string' || !CONTENT_ID.test(contentId)) {
    return problem(`Expected a content id, got ${excerptOf(contentId)}.`)
  }
  const result = safeParseDecision(typeof node === 'string' ? undefined : node)
  if (!result.success) return problem(`Expected a decision: ${result.error.message}`)
  return { type: 'decision', address: exact, key, version, contentId, decision: result.decision }
}

function problem(message: string): ExportLine {
  return { type: 'problem', message }
}
