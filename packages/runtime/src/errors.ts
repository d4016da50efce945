/** What can go wrong here. The README lists what to do about each. */
export type RuntimeErrorCode =
  | 'ERR_RUNTIME_ADMIN_DENIED'
  | 'ERR_RUNTIME_CLUSTER'
  | 'ERR_RUNTIME_CONFIGURATION'
  | 'ERR_RUNTIME_HANDLER'
  | 'ERR_RUNTIME_HANDLER_ANSWER'
  | 'ERR_RUNTIME_HANDLER_FLOOD'
  | 'ERR_RUNTIME_HANDLER_LATE'
  | 'ERR_RUNTIME_IDENTITY_TWICE'
  | 'ERR_RUNTIME_LOCKED'
  | 'ERR_RUNTIME_MEMBER_NOT_FOUND'
  | 'ERR_RUNTIME_PORT'
  | 'ERR_RUNTIME_SERVICES'
  | 'ERR_RUNTIME_START_APP'
  | 'ERR_RUNTIME_START_CORE'
  | 'ERR_RUNTIME_START_IDENTITY'
  | 'ERR_RUNTIME_START_MESH'
  | 'ERR_RUNTIME_START_MONITORING'
  | 'ERR_RUNTIME_START_STORAGE'
  | 'ERR_RUNTIME_TASK'
  | 'ERR_RUNTIME_TASK_INPUT'
  | 'ERR_RUNTIME_TASK_OVER'
  | 'ERR_RUNTIME_TIMEOUT'
  | 'ERR_RUNTIME_UNREACHABLE'

const BRAND: unique symbol = Symbol.for('@bzzz/runtime/error')

/** The error of this package. `cause` is kept wherever there was one. */
export class RuntimeError extends Error {
  override readonly name = 'RuntimeError'
  readonly [BRAND] = true
  readonly code: RuntimeErrorCode

  constructor(code: RuntimeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }

  /** Whether a value is a RuntimeError, of this code if one is given: also one of another copy. */
  static is(value: unknown, code?: RuntimeErrorCode): value is RuntimeError {
    if (!(value instanceof Error) || !(BRAND in value)) return false
    return code === undefined || ('code' in value && value.code === code)
  }
}
