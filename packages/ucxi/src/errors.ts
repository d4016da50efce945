/** What can go wrong at the interface itself; all other errors keep the code of who raised them. */
export type UcxiErrorCode =
  | 'ERR_UCXI_BIND'
  | 'ERR_UCXI_BUSY'
  | 'ERR_UCXI_CONDITION'
  | 'ERR_UCXI_CONNECTION'
  | 'ERR_UCXI_DEADLINE'
  | 'ERR_UCXI_HEADERS'
  | 'ERR_UCXI_HOST'
  | 'ERR_UCXI_IDEMPOTENCY'
  | 'ERR_UCXI_INTERNAL'
  | 'ERR_UCXI_IN_PROGRESS'
  | 'ERR_UCXI_MEDIA_TYPE'
  | 'ERR_UCXI_METHOD'
  | 'ERR_UCXI_NOT_FOUND'
  | 'ERR_UCXI_NO_MESH'
  | 'ERR_UCXI_PORT'
  | 'ERR_UCXI_RANGE'
  | 'ERR_UCXI_REQUEST'
  | 'ERR_UCXI_RESPONSE'
  | 'ERR_UCXI_TIMEOUT'
  | 'ERR_UCXI_TOO_LARGE'
  | 'ERR_UCXI_TOO_MANY'
  | 'ERR_UCXI_UNAUTHORIZED'

/** What only a client raises: no answer of a server has these codes. */
export type ClientErrorCode = 'ERR_UCXI_CONNECTION' | 'ERR_UCXI_DEADLINE' | 'ERR_UCXI_RESPONSE'

/** The error of this package. `cause` is kept wherever there was one. */
export class UcxiError<Code extends string = UcxiErrorCode> extends Error {
  override readonly name: string = 'UcxiError'
  readonly code: Code

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
