/** What can go wrong at the interface itself; all other errors keep the code of who raised them. */
export type UcxiErrorCode =
  | 'ERR_UCXI_BIND'
  | 'ERR_UCXI_HOST'
  | 'ERR_UCXI_INTERNAL'
  | 'ERR_UCXI_METHOD'
  | 'ERR_UCXI_NOT_FOUND'
  | 'ERR_UCXI_PORT'
  | 'ERR_UCXI_REQUEST'

/** The error of this package. */
export class UcxiError extends Error {
  override readonly name = 'UcxiError'
  readonly code: UcxiErrorCode

  constructor(code: UcxiErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
