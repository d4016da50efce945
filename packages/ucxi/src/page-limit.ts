import { UcxiError } from './errors.ts'

const DEFAULT_LIMIT = 100
const MAX_LIMIT = 1000

/** @throws `ERR_UCXI_REQUEST`. */
export function limitOf({ limit = DEFAULT_LIMIT }: { readonly limit?: number }): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return limit
  throw new UcxiError('ERR_UCXI_REQUEST', `Expected a limit from 1 to ${MAX_LIMIT}, got ${limit}`)
}
