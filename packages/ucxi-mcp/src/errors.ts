/** What can go wrong at the door itself. The README lists what to do about each. */
export type McpErrorCode =
  | 'ERR_MCP_APPROVAL'
  | 'ERR_MCP_BIND'
  | 'ERR_MCP_BUDGET'
  | 'ERR_MCP_CLUSTER'
  | 'ERR_MCP_CURATED'
  | 'ERR_MCP_CURSOR'
  | 'ERR_MCP_EXISTS'
  | 'ERR_MCP_HOST'
  | 'ERR_MCP_HOST_FILE'
  | 'ERR_MCP_INPUT'
  | 'ERR_MCP_NOT_TEXT'
  | 'ERR_MCP_NO_KEY'
  | 'ERR_MCP_PLACE'
  | 'ERR_MCP_PORT'
  | 'ERR_MCP_RESERVED'
  | 'ERR_MCP_WAITING'

const brand: unique symbol = Symbol.for('@bzzz/ucxi-mcp/error')

/** The error of this package. `cause` is kept wherever there was one. */
export class McpError extends Error {
  override readonly name = 'McpError'
  readonly [brand] = true
  readonly code: McpErrorCode

  constructor(code: McpErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }

  /**
   * Whether a value is an McpError, of this code if one is given: also where it was thrown by another
   * installed copy of the package.
   */
  static is(value: unknown, code?: McpErrorCode): value is McpError {
    if (!(value instanceof Error) || !(brand in value)) return false
    return code === undefined || ('code' in value && value.code === code)
  }
}

/** The code of an error, whichever package raised it. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}
