import type { StoreErrorCode } from '@bzzz/context-store'
import type { DhtErrorCode } from '@bzzz/dht'
import type { MeshErrorCode } from '@bzzz/mesh'
import type { TemporalErrorCode } from '@bzzz/temporal-nav'
import type { AddressErrorCode } from '@bzzz/ucxl-address'
import type { UcxiErrorCode } from './errors.ts'

/** Every code that can come out of an operation. */
export type OperationErrorCode =
  | AddressErrorCode
  | DhtErrorCode
  | MeshErrorCode
  | StoreErrorCode
  | TemporalErrorCode
  | UcxiErrorCode

/** The one HTTP status of each code. A code that is not here does not compile. */
export const STATUS: Readonly<Record<OperationErrorCode, number>> = {
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
  ERR_DHT_CLOSED: 503,
  ERR_DHT_INVALID_RECORD: 503,
  ERR_DHT_NOT_FOUND: 404,
  ERR_DHT_REFUSED: 503,
  ERR_DHT_TIMEOUT: 503,
  ERR_DHT_TOO_LARGE: 503,
  ERR_DHT_UNREACHABLE: 503,
  ERR_MESH_CLOSED: 503,
  ERR_MESH_LISTEN: 503,
  ERR_MESH_MANIFEST: 503,
  ERR_MESH_NOT_FOUND: 404,
  ERR_MESH_PROTOCOL: 503,
  ERR_MESH_TIMEOUT: 503,
  ERR_MESH_UNREACHABLE: 503,
  ERR_MESH_UNTRUSTED: 503,
  ERR_RECORD_CHAIN: 409,
  ERR_RECORD_FORK: 409,
  ERR_RECORD_INVALID: 422,
  ERR_RECORD_SIGNATURE: 422,
  ERR_STORE_CLOSED: 503,
  ERR_STORE_CONFLICT: 412,
  ERR_STORE_CONTENT_MISMATCH: 422,
  ERR_STORE_CONTENT_MISSING: 404,
  ERR_STORE_CONTENT_TOO_LARGE: 413,
  ERR_STORE_FILE: 503,
  ERR_STORE_READ_ONLY: 403,
  ERR_STORE_WRITER: 403,
  ERR_TEMPORAL_AHEAD: 422,
  ERR_TEMPORAL_GONE: 410,
  ERR_TEMPORAL_INVALID: 400,
  ERR_TEMPORAL_MISSING: 404,
  ERR_TEMPORAL_NOT_FOUND: 404,
  ERR_TEMPORAL_NOT_VALID: 404,
  ERR_TEMPORAL_ORDER: 409,
  ERR_TEMPORAL_OUT_OF_RANGE: 404,
  ERR_UCXI_BIND: 503,
  ERR_UCXI_HOST: 403,
  ERR_UCXI_INTERNAL: 500,
  ERR_UCXI_METHOD: 405,
  ERR_UCXI_NOT_FOUND: 404,
  ERR_UCXI_PORT: 503,
  ERR_UCXI_REQUEST: 400,
}
