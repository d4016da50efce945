import type { StoreErrorCode } from '@bzzz/context-store'
import type { DhtErrorCode } from '@bzzz/dht'
import type { IdentityErrorCode } from '@bzzz/identity'
import type { MeshErrorCode } from '@bzzz/mesh'
import type { TemporalErrorCode } from '@bzzz/temporal-nav'
import type { AddressErrorCode } from '@bzzz/ucxl-address'
import type { ClientErrorCode, UcxiErrorCode } from './errors.ts'

/** Every code that can come out of an operation. */
export type OperationErrorCode =
  | AddressErrorCode
  | DhtErrorCode
  | MeshErrorCode
  | StoreErrorCode
  | TemporalErrorCode
  | ContentErrorCode
  | Exclude<UcxiErrorCode, ClientErrorCode>

/** What can be wrong with an encrypted content. */
type ContentErrorCode = Extract<
  IdentityErrorCode,
  | 'ERR_IDENTITY_CONTENT'
  | 'ERR_IDENTITY_CONTENT_DOWNGRADE'
  | 'ERR_IDENTITY_CONTENT_PERIOD'
  | 'ERR_IDENTITY_NO_CONTENT_KEY'
  | 'ERR_IDENTITY_VIEW_ONLY'
>

type Codes = readonly OperationErrorCode[]

/** What any request can meet, before an operation begins or while it stores. */
export const COMMON: Codes = [
  'ERR_STORE_BUSY',
  'ERR_STORE_CLOSED',
  'ERR_STORE_DAMAGED',
  'ERR_STORE_FILE',
  'ERR_UCXI_BUSY',
  'ERR_UCXI_HEADERS',
  'ERR_UCXI_HOST',
  'ERR_UCXI_INTERNAL',
  'ERR_UCXI_METHOD',
  'ERR_UCXI_NOT_FOUND',
  'ERR_UCXI_REQUEST',
  'ERR_UCXI_TIMEOUT',
  'ERR_UCXI_TOO_MANY',
  'ERR_UCXI_UNAUTHORIZED',
]

/** What a text that should be an address can be. */
export const ADDRESS: Codes = [
  'ERR_ADDRESS_AUTHORITY',
  'ERR_ADDRESS_FRAGMENT',
  'ERR_ADDRESS_LEGACY',
  'ERR_ADDRESS_LENGTH',
  'ERR_ADDRESS_NAME',
  'ERR_ADDRESS_PATH',
  'ERR_ADDRESS_PATTERN',
  'ERR_ADDRESS_PERCENT',
  'ERR_ADDRESS_QUERY',
  'ERR_ADDRESS_SCHEME',
  'ERR_ADDRESS_TEMPORAL',
]

/** Where a moment or a number leads nowhere. */
export const TEMPORAL: Codes = [
  'ERR_TEMPORAL_GONE',
  'ERR_TEMPORAL_INVALID',
  'ERR_TEMPORAL_MISSING',
  'ERR_TEMPORAL_NOT_FOUND',
  'ERR_TEMPORAL_NOT_VALID',
  'ERR_TEMPORAL_OUT_OF_RANGE',
]

/** What other nodes can do. */
const NETWORK: Codes = [
  'ERR_DHT_CLOSED',
  'ERR_DHT_INVALID_RECORD',
  'ERR_DHT_NOT_FOUND',
  'ERR_DHT_REFUSED',
  'ERR_DHT_TIMEOUT',
  'ERR_DHT_TOO_LARGE',
  'ERR_DHT_UNREACHABLE',
  'ERR_MESH_BUSY',
  'ERR_MESH_CLOSED',
  'ERR_MESH_MANIFEST',
  'ERR_MESH_NOT_FOUND',
  'ERR_MESH_PROTOCOL',
  'ERR_MESH_TIMEOUT',
  'ERR_MESH_UNREACHABLE',
  'ERR_MESH_UNTRUSTED',
  'ERR_RECORD_CHAIN',
  'ERR_RECORD_INVALID',
  'ERR_RECORD_SIGNATURE',
]

export const READ: Codes = [
  ...ADDRESS,
  ...TEMPORAL,
  ...NETWORK,
  'ERR_IDENTITY_CONTENT',
  'ERR_IDENTITY_CONTENT_DOWNGRADE',
  'ERR_IDENTITY_NO_CONTENT_KEY',
  'ERR_STORE_CONTENT_MISSING',
  'ERR_STORE_DENIED',
  'ERR_STORE_DROPPED',
  'ERR_STORE_REDACTED',
]

export const WRITE: Codes = [
  ...ADDRESS,
  ...NETWORK,
  'ERR_IDENTITY_CONTENT_PERIOD',
  'ERR_IDENTITY_VIEW_ONLY',
  'ERR_STORE_CONFLICT',
  'ERR_STORE_CONTENT_MISMATCH',
  'ERR_STORE_CONTENT_TOO_LARGE',
  'ERR_STORE_DENIED',
  'ERR_STORE_FULL',
  'ERR_STORE_READ_ONLY',
  'ERR_STORE_REDACTED',
  'ERR_STORE_WRITER',
  'ERR_TEMPORAL_AHEAD',
  'ERR_TEMPORAL_INVALID',
  'ERR_TEMPORAL_ORDER',
  'ERR_UCXI_IDEMPOTENCY',
  'ERR_UCXI_IN_PROGRESS',
  'ERR_UCXI_MEDIA_TYPE',
  'ERR_UCXI_TOO_LARGE',
]
