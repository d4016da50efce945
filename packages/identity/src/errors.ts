/** What can go wrong with keys and signatures. The README lists what to do about each. */
export type IdentityErrorCode =
  | 'ERR_IDENTITY_DID'
  | 'ERR_IDENTITY_KEY'
  | 'ERR_IDENTITY_VIEW_ONLY'
  | 'ERR_IDENTITY_KEY_FILE'
  | 'ERR_IDENTITY_KEY_FILE_PERMISSIONS'
  | 'ERR_IDENTITY_CANONICAL'

/** The error of this package. Its message never holds a private key. */
export class IdentityError extends Error {
  override readonly name = 'IdentityError'
  readonly code: IdentityErrorCode

  constructor(code: IdentityErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
