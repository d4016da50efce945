/** What can go wrong with an import. The README lists what to do about each. */
export type ImportErrorCode =
  | 'ERR_IMPORT_NOT_FOUND'
  | 'ERR_IMPORT_NOT_A_REPOSITORY'
  | 'ERR_IMPORT_BRANCH'
  | 'ERR_IMPORT_GIT_MISSING'
  | 'ERR_IMPORT_GIT'
  | 'ERR_IMPORT_NO_RECORDS'
  | 'ERR_IMPORT_DIVERGED'
  | 'ERR_IMPORT_MAP'
  | 'ERR_IMPORT_SYNTAX'

const brand: unique symbol = Symbol.for('@bzzz/importers/error')

export interface ImportErrorOptions extends ErrorOptions {
  readonly line?: number
}

/** The error of this package. `cause` is kept wherever there was one. */
export class ImportError extends Error {
  override readonly name = 'ImportError'
  readonly [brand] = true
  readonly code: ImportErrorCode
  /** The line of the record where it is, counted from 1. */
  readonly line?: number

  constructor(code: ImportErrorCode, message: string, options?: ImportErrorOptions) {
    super(message, options)
    this.code = code
    if (options?.line !== undefined) this.line = options.line
  }

  /**
   * Whether a value is an ImportError, of this code if one is given: also where it was thrown by
   * another installed copy of the package.
   */
  static is(value: unknown, code?: ImportErrorCode): value is ImportError {
    if (!(value instanceof Error) || !(brand in value)) return false
    return code === undefined || ('code' in value && value.code === code)
  }
}
