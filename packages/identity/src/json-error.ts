import { IdentityError, type IdentityErrorCode } from './errors.ts'

/** Says where in a text the JSON is wrong. */
export class JsonError extends IdentityError {
  override readonly name = 'JsonError'
  /** Counted from 1. */
  readonly line: number
  /** In UTF-16 code units, counted from 1. */
  readonly column: number
  /** In UTF-16 code units from the start of the text, counted from 0. */
  readonly offset: number

  constructor(
    code: IdentityErrorCode,
    text: string,
    offset: number,
    expected: string,
    found: string,
  ) {
    const before = text.slice(0, offset)
    const line = before.split('\n').length
    const column = offset - before.lastIndexOf('\n')
    super(code, `Expected ${expected} at line ${line}, column ${column}, got ${found}`)
    this.line = line
    this.column = column
    this.offset = offset
  }
}
