import type { Decision } from './decision.ts'
import { DecisionError, excerptOf } from './errors.ts'
import { copyJson } from './json-value.ts'
import { LIMITS } from './limits.ts'
import { refuseInvalid } from './problems.ts'
import { isDecision } from './schema.ts'
import { parseStrictJson } from './canonical.ts'

/** What `safeParseDecision` gives. */
export type SafeParseDecisionResult =
  | { readonly success: true; readonly decision: Decision }
  | { readonly success: false; readonly error: DecisionError }

/**
 * Reads a decision: JSON text, or the value of one, which is copied. Unknown fields are kept. The
 * plain form, without title, status and proof, is read as well.
 *
 * @throws {DecisionError} `ERR_DECISION_JSON` for text that is no JSON, has a name twice in one
 *   object, or holds what not every reader would read the same (lone surrogates, numbers that are
 *   not safe); `ERR_DECISION_SIZE`; `ERR_DECISION_INVALID` with what is wrong, and where.
 */
export function parseDecision(input: unknown): Decision {
  const value = copyJson(typeof input === 'string' ? fromText(input) : input)
  return isDecision(value) ? value : refuseInvalid(value)
}

/** As {@link parseDecision}, but the error is returned. */
export function safeParseDecision(input: unknown): SafeParseDecisionResult {
  try {
    return { success: true, decision: parseDecision(input) }
  } catch (error) {
    if (error instanceof DecisionError) return { success: false, error }
    throw error
  }
}

function fromText(text: string): unknown {
  try {
    return parseStrictJson(text, { maxLength: LIMITS.size, maxDepth: LIMITS.depth })
  } catch (cause) {
    const tooLarge = codeOf(cause) === 'ERR_IDENTITY_JSON_LIMIT'
    const expected = tooLarge
      ? `at most ${LIMITS.size} characters and ${LIMITS.depth} levels`
      : `JSON that every reader reads the same (${String(cause)})`
    const problem = { path: '', expected, received: excerptOf(text) }
    const code = tooLarge ? 'ERR_DECISION_SIZE' : 'ERR_DECISION_JSON'
    throw new DecisionError(code, [problem], { cause })
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
