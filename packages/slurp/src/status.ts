import type { StoreErrorCode } from '@bzzz/context-store'
import type { DecisionErrorCode } from '@bzzz/decision-schema'
import type { AddressErrorCode } from '@bzzz/ucxl-address'
import type { SlurpErrorCode } from './errors.ts'

/** Every code that an answer can have. */
export type AnswerCode =
  | AddressErrorCode
  | Extract<DecisionErrorCode, `ERR_DECISION_${string}` | `ERR_CHAIN_${string}`>
  | Extract<StoreErrorCode, `ERR_RECORD_${string}`>
  | SlurpErrorCode

/** The one HTTP status of each code. A code that is not here does not compile. */
export const STATUS: Readonly<Record<AnswerCode, number>> = {
  ERR_ADDRESS_AUTHORITY: 400,
  ERR_ADDRESS_FRAGMENT: 400,
  ERR_ADDRESS_LEGACY: 400,
  ERR_ADDRESS_LENGTH: 400,
  ERR_ADDRESS_NAME: 400,
  ERR_ADDRESS_PATH: 400,
  ERR_ADDRESS_PATTERN: 400,
  ERR_ADDRESS_PERCENT: 400,
  ERR_ADDRESS_QUERY: 400,
  ERR_ADDRESS_SCHEME: 400,
  ERR_ADDRESS_TEMPORAL: 400,
  ERR_CHAIN_LIMIT: 400,
  ERR_CHAIN_START: 404,
  ERR_DECISION_INVALID: 422,
  ERR_DECISION_JSON: 400,
  ERR_DECISION_SIGNATURE: 422,
  ERR_DECISION_SIZE: 413,
  ERR_RECORD_CHAIN: 409,
  ERR_RECORD_INVALID: 422,
  ERR_RECORD_SIGNATURE: 422,
  ERR_SLURP_AGENT: 422,
  ERR_SLURP_AHEAD: 425,
  ERR_SLURP_BIND: 503,
  ERR_SLURP_BUSY: 503,
  ERR_SLURP_CLOSED: 503,
  ERR_SLURP_CONFLICT: 409,
  ERR_SLURP_CONTENT: 422,
  ERR_SLURP_CURSOR: 400,
  ERR_SLURP_DELIVERY: 400,
  ERR_SLURP_DROPPED: 422,
  ERR_SLURP_FILE: 503,
  ERR_SLURP_FORBIDDEN: 403,
  ERR_SLURP_FULL: 503,
  ERR_SLURP_HEADERS: 431,
  ERR_SLURP_HOST: 403,
  ERR_SLURP_INTERNAL: 500,
  ERR_SLURP_MEDIA_TYPE: 415,
  ERR_SLURP_METHOD: 405,
  ERR_SLURP_NOT_FOUND: 404,
  ERR_SLURP_PORT: 503,
  ERR_SLURP_QUERY: 400,
  ERR_SLURP_REQUEST: 400,
  ERR_SLURP_SIGNATURE: 422,
  ERR_SLURP_TIMEOUT: 408,
  ERR_SLURP_TOO_LARGE: 413,
  ERR_SLURP_TOO_MANY: 429,
  ERR_SLURP_UNAUTHORIZED: 401,
  ERR_SLURP_UNKNOWN: 404,
  ERR_SLURP_WEBHOOK: 422,
  ERR_SLURP_WRITER: 403,
}

/** The name of each status, as RFC 9110 and its like have it. */
export const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  425: 'Too Early',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}
