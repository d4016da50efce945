import type { IdentityErrorCode } from './errors.ts'
import { JsonError } from './json-error.ts'

// RFC 8259, token by token. What a string holds is looked at only where it holds an escape.
const SPACE = /[ \t\n\r]*/y
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const STRING =
  // eslint-disable-next-line no-control-regex -- RFC 8259 forbids control characters by name
  /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y
const WORD = /true|false|null/y
const INTEGER = /^-?\d+$/

/** An object or array that is open: its names so far, or undefined for an array. */
interface Open {
  readonly names: Set<string> | undefined
  readonly end: '}' | ']'
}

/**
 * Walks over a text as RFC 8259 has it, and refuses what `parseStrictJson` says. Holds no value:
 * where it returns, the engine's own reader is safe to use.
 */
export function scanJson(text: string, maxDepth: number): void {
  const scan = createScan(text)
  const open: Open[] = []
  let valueNext = true
  for (;;) {
    scan.take(SPACE)
    const inside = open.at(-1)
    if (valueNext) {
      const opened = openedBy(scan.peek())
      if (opened === undefined) {
        scan.scalar()
        valueNext = false
        continue
      }
      if (open.length >= maxDepth) {
        scan.fail('ERR_IDENTITY_JSON_LIMIT', `at most ${maxDepth} levels`, 'one more')
      }
      scan.skip()
      scan.take(SPACE)
      valueNext = scan.peek() !== opened.end
      if (valueNext) {
        open.push(opened)
        scan.name(opened.names)
      } else {
        scan.skip()
      }
    } else if (inside === undefined) {
      if (scan.peek() !== '') scan.fail('ERR_IDENTITY_JSON', 'the end of the text')
      return
    } else if (scan.peek() === ',') {
      scan.skip()
      scan.take(SPACE)
      scan.name(inside.names)
      valueNext = true
    } else if (scan.peek() === inside.end) {
      scan.skip()
      open.pop()
    } else {
      scan.fail('ERR_IDENTITY_JSON', `a comma or ${inside.end}`)
    }
  }
}

const ARRAY: Open = { names: undefined, end: ']' }

function openedBy(character: string): Open | undefined {
  if (character === '{') return { names: new Set(), end: '}' }
  return character === '[' ? ARRAY : undefined
}

interface Scan {
  /** The character at hand; empty at the end. */
  peek(): string
  skip(): void
  /** What the expression finds here, which is passed over; empty for nothing. */
  take(expression: RegExp): string
  /** Passes over a string, a number or a word. */
  scalar(): void
  /** Passes over a member's name and its colon, where names are kept; else does nothing. */
  name(names: Set<string> | undefined): void
  fail(code: IdentityErrorCode, expected: string, found?: string): never
}

function createScan(text: string): Scan {
  let at = 0
  const peek = (): string => text.charAt(at)
  const fail = (code: IdentityErrorCode, expected: string, found?: string): never => {
    const here = peek()
    const shown = here === '' ? 'the end of the text' : JSON.stringify(here)
    throw new JsonError(code, text, at, expected, found ?? shown)
  }
  const take = (expression: RegExp): string => {
    expression.lastIndex = at
    const [found = ''] = expression.exec(text) ?? []
    at += found.length
    return found
  }
  const refuse = (
    from: number,
    code: IdentityErrorCode,
    expected: string,
    found: string,
  ): never => {
    at = from
    return fail(code, expected, found)
  }
  const string = (expected: string): string => {
    const from = at
    const found = take(STRING)
    if (found === '') return fail('ERR_IDENTITY_JSON', expected)
    const value = found.includes('\\') ? (JSON.parse(found) as string) : found.slice(1, -1)
    if (value.isWellFormed()) return value
    return refuse(
      from,
      'ERR_IDENTITY_JSON_SURROGATE',
      'whole characters',
      'half of one (a lone surrogate)',
    )
  }
  const number = (): void => {
    const from = at
    const found = take(NUMBER)
    if (found === '') fail('ERR_IDENTITY_JSON', 'a value, such as "text", 1, true, null, [] or {}')
    const value = Number(found)
    const isLost = value === 0 && /[1-9]/.test(found.split(/e/i)[0] ?? '')
    const isUnsafe = INTEGER.test(found) && !Number.isSafeInteger(value)
    if (Number.isFinite(value) && !isLost && !isUnsafe) return
    refuse(from, 'ERR_IDENTITY_JSON_NUMBER', 'a number that a double holds', found.slice(0, 40))
  }
  return {
    peek,
    skip: () => void at++,
    take,
    fail,
    scalar: () => {
      if (peek() === '"') string('a string')
      else if (take(WORD) === '') number()
    },
    name: (names) => {
      if (names === undefined) return
      const from = at
      const name = string('a name in quotes')
      if (names.has(name)) {
        refuse(
          from,
          'ERR_IDENTITY_JSON_DUPLICATE',
          'each name once',
          `${JSON.stringify(name.slice(0, 40))} again`,
        )
      }
      names.add(name)
      take(SPACE)
      if (peek() !== ':') fail('ERR_IDENTITY_JSON', 'a colon')
      at++
    },
  }
}
