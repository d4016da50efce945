/** What can go wrong with the simulation itself; the calls of the DHT fail with `ERR_DHT_…`. */
export type MockErrorCode =
  | 'ERR_MOCK_DUPLICATE'
  | 'ERR_MOCK_HANDLER'
  | 'ERR_MOCK_OPTION'
  | 'ERR_MOCK_PROTOCOL'
  | 'ERR_MOCK_STATE'
  | 'ERR_MOCK_UNKNOWN_NODE'

/** The error of this package. `cause` is kept wherever there was one. */
export class MockError extends Error {
  override readonly name = 'MockError'
  readonly code: MockErrorCode

  constructor(code: MockErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
