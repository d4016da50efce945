/** What can go wrong with keys, signatures and rights. The README lists what to do about each. */
export type IdentityErrorCode =
  | 'ERR_IDENTITY_DID'
  | 'ERR_IDENTITY_ADDRESS'
  | 'ERR_IDENTITY_KEY'
  | 'ERR_IDENTITY_VIEW_ONLY'
  | 'ERR_IDENTITY_KEY_FILE'
  | 'ERR_IDENTITY_KEY_FILE_PERMISSIONS'
  | 'ERR_IDENTITY_PASSPHRASE'
  | 'ERR_IDENTITY_CANONICAL'
  | 'ERR_IDENTITY_JSON'
  | 'ERR_IDENTITY_JSON_DUPLICATE'
  | 'ERR_IDENTITY_JSON_SURROGATE'
  | 'ERR_IDENTITY_JSON_NUMBER'
  | 'ERR_IDENTITY_JSON_LIMIT'
  | 'ERR_IDENTITY_PROOF'
  | 'ERR_IDENTITY_SIGNATURE'
  | 'ERR_IDENTITY_STATEMENT'
  | 'ERR_IDENTITY_NAME'
  | 'ERR_IDENTITY_LIMIT'
  | 'ERR_IDENTITY_UNKNOWN'
  | 'ERR_IDENTITY_EXPIRED'
  | 'ERR_IDENTITY_NOT_YET_VALID'
  | 'ERR_IDENTITY_REVOKED'
  | 'ERR_IDENTITY_SUPERSEDED'
  | 'ERR_IDENTITY_REPLAYED'
  | 'ERR_IDENTITY_FORBIDDEN'
  | 'ERR_IDENTITY_POLICY'
  | 'ERR_IDENTITY_SHARE'
  | 'ERR_IDENTITY_SHARE_SET'
  | 'ERR_IDENTITY_SHARE_COUNT'
  | 'ERR_IDENTITY_NO_CONTENT_KEY'
  | 'ERR_IDENTITY_CONTENT'
  | 'ERR_IDENTITY_CONTENT_DOWNGRADE'
  | 'ERR_IDENTITY_CONTENT_PERIOD'

/** The error of this package. Its message and its cause never hold a private key or a passphrase. */
export class IdentityError extends Error {
  override readonly name: string = 'IdentityError'
  readonly code: IdentityErrorCode

  constructor(code: IdentityErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
