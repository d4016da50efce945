import { LineCounter, parseDocument, isNode, type Document } from 'yaml'
import type { z } from 'zod'
import { scenario, type Scenario } from './scenario.ts'
import type { TargetSpec } from './targets/spec.ts'

const MOST_CHARACTERS = 256 * 1024

/** Something that is wrong with a scenario, and where: lines and columns are counted from 1. */
export interface Flaw {
  readonly line: number
  readonly column: number
  readonly message: string
}

export type ReadScenario =
  | { readonly ok: true; readonly scenario: Scenario }
  | { readonly ok: false; readonly flaws: readonly Flaw[] }

/**
 * Reads a scenario. What is wrong with it is said with its place.
 *
 * @param target what it is to be run against, in place of what it says itself.
 */
export function readScenario(text: string, target?: TargetSpec): ReadScenario {
  if (text.length > MOST_CHARACTERS) {
    return { ok: false, flaws: [{ line: 1, column: 1, message: 'A scenario has at most 256 KiB' }] }
  }
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
  })
  const at = (offset: number, message: string): Flaw => {
    const { line, col } = lines.linePos(offset)
    return { line, column: col, message }
  }
  if (document.errors.length > 0) {
    return { ok: false, flaws: document.errors.map(({ pos, message }) => at(pos[0], message)) }
  }
  // Few aliases: else a short text could stand for a very long one.
  const said: unknown = document.toJS({ maxAliasCount: 50 })
  const result = scenario.safeParse(target ? { ...(said as object), target } : said)
  if (result.success) return { ok: true, scenario: result.data }
  const flaws = result.error.issues.flatMap(flat).map(({ path, message }) => {
    const where = path.join('.')
    return at(offsetOf(document, path), where === '' ? message : `${where}: ${message}`)
  })
  return { ok: false, flaws }
}

type Place = { readonly path: PropertyKey[]; readonly message: string }

/** A key that is not known is at its own place, and not at that of the object around it. */
function flat(issue: z.core.$ZodIssue): Place[] {
  if (issue.code !== 'unrecognized_keys') return [issue]
  return issue.keys.map((key) => ({
    path: [...issue.path, key],
    message: 'There is no such setting',
  }))
}

/** Where a value stands, or the nearest one around it that is there. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length >= 0; length--) {
    const node = document.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range) return node.range[0]
  }
  return 0
}
