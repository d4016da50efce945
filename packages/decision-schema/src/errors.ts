/**
 * What went wrong. Codes are stable; the words of a message are not.
 *
 * - `ERR_DECISION_JSON`: it is not JSON that reads the same everywhere.
 * - `ERR_DECISION_SIZE`: it is larger or deeper than a decision may be.
 * - `ERR_DECISION_INVALID`: a field is not as the schema says.
 * - `ERR_DECISION_SIGNATURE`: it has no proof that holds where one is needed, or one that does not.
 * - `ERR_CITATION_NOT_FOUND`: there is no such version to cite.
 * - `ERR_CITATION_CHANGED`: the cited version is not the one that the citation was pinned to.
 * - `ERR_EXCERPT_NOT_FOUND`: the cited version does not have the passage.
 * - `ERR_CHAIN_START`: what a chain was to begin with is not there, or is no decision.
 * - `ERR_CHAIN_LIMIT`: a bound that cannot be kept was asked for.
 */
export type DecisionErrorCode =
  | 'ERR_DECISION_JSON'
  | 'ERR_DECISION_SIZE'
  | 'ERR_DECISION_INVALID'
  | 'ERR_DECISION_SIGNATURE'
  | 'ERR_CITATION_NOT_FOUND'
  | 'ERR_CITATION_CHANGED'
  | 'ERR_EXCERPT_NOT_FOUND'
  | 'ERR_CHAIN_START'
  | 'ERR_CHAIN_LIMIT'

/** One thing that is wrong. */
export interface Problem {
  /** Where: a JSON pointer (RFC 6901); `''` is the whole. */
  readonly path: string
  /** What should stand there. */
  readonly expected: string
  /** What stands there, shortened, in printable ASCII. */
  readonly received: string
  /** What could stand there, as JSON; absent where none would help. */
  readonly example?: string
}

const BRAND: unique symbol = Symbol.for('@bzzz/decision-schema/error')

/** The one error class of this package. */
export class DecisionError extends Error implements Problem {
  override readonly name = 'DecisionError'
  readonly [BRAND] = true
  readonly code: DecisionErrorCode
  declare readonly path: string
  declare readonly expected: string
  declare readonly received: string
  declare readonly example?: string
  /** All that is wrong, at most 20; the first is the one that the error itself tells of. */
  readonly problems: readonly Problem[]

  constructor(
    code: DecisionErrorCode,
    problems: readonly [Problem, ...Problem[]],
    options?: ErrorOptions,
  ) {
    const [first] = problems
    super(sentence(first, problems.length - 1), options)
    this.code = code
    this.path = first.path
    this.expected = first.expected
    this.received = first.received
    if (first.example !== undefined) this.example = first.example
    this.problems = Object.freeze(problems.map((problem) => Object.freeze(problem)))
  }

  /**
   * Whether a value is a DecisionError, of this code if one is given: also where it was thrown by
   * another installed copy of the package.
   */
  static is(value: unknown, code?: DecisionErrorCode): value is DecisionError {
    if (!(value instanceof Error) || !(BRAND in value)) return false
    return code === undefined || ('code' in value && value.code === code)
  }
}

function sentence({ path, expected, received, example }: Problem, more: number): string {
  const where = path === '' ? '' : ` at ${path}`
  const such = example === undefined ? '' : ` An example: ${example}.`
  const others = more === 0 ? '' : ` ${more} more in problems.`
  return `Expected ${expected}${where}, got ${received}.${such}${others}`
}

const SHOWN_UNITS = 60

/** Short, and in printable ASCII alone: hostile text must not steer a terminal or forge a log line. */
export function excerptOf(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `${quote(value.slice(0, SHOWN_UNITS))}${value.length > SHOWN_UNITS ? '...' : ''}`
    case 'object':
      if (value === null) return 'null'
      return Array.isArray(value) ? `a list of ${value.length}` : 'an object'
    case 'undefined':
      return 'nothing'
    case 'number':
    case 'boolean':
    case 'bigint':
      return String(value)
    case 'function':
    case 'symbol':
      return `a ${typeof value}`
  }
}

function quote(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** The JSON pointer of a path (RFC 6901). */
export function pointer(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
