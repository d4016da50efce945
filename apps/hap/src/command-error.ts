export type CommandErrorCode =
  | 'ERR_HAP_EDITOR'
  | 'ERR_HAP_INPUT'
  | 'ERR_HAP_ITEM_NOT_FOUND'
  | 'ERR_HAP_TERMINAL'
  | 'ERR_HAP_UNDO'
  | 'ERR_HAP_WAIT_TIMEOUT'
  | 'ERR_HAP_WHEN'

/** What a command was not asked as it should be. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly code: CommandErrorCode

  constructor(code: CommandErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
