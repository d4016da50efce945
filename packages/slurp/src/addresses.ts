import { isPattern, keyOf, parse, parseKey, safeParse, type Address } from '@bzzz/ucxl-address'
import { fromInstant, type CallOptions } from '@bzzz/temporal-nav'
import { SlurpError } from './errors.ts'
import type { DecisionStorage, StoredDecision } from './storage.ts'

const UUID = /^[\dA-F]{8}(?:-[\dA-F]{4}){3}-[\dA-F]{12}$/i

/** The address that always means this version. */
export function addressOfVersion(key: string, version: number): string {
  const slash = key.indexOf('/')
  const path = key.length === slash + 1 ? '' : key.slice(slash)
  return `ucxl://${key.slice(0, slash)}/*~${version === 1 ? '' : version}${path}`
}

/** The address of a context's newest version. */
export function addressOfKey(key: string): string {
  return parseKey(key).toString()
}

/** Whether a text is the id of a decision, and no address. */
export function isDecisionId(text: string): boolean {
  return UUID.test(text)
}

/** A concrete address. @throws AddressError; SlurpError `ERR_SLURP_QUERY` for a pattern. */
export function concrete(text: string): Address {
  const address = parse(text)
  if (!isPattern(address)) return address
  throw new SlurpError(
    'ERR_SLURP_QUERY',
    `Expected the address of one context, got the pattern ${address.toString()}`,
  )
}

/** A pattern that can be matched. @throws AddressError. */
export function readPattern(text: string): Address {
  const read = safeParse(text)
  if (!read.success) throw read.error
  return read.address
}

/** The version that an address means, of those that are here. */
export async function findVersion(
  storage: DecisionStorage,
  address: Address,
  options: CallOptions = {},
): Promise<StoredDecision | undefined> {
  const key = keyOf(address)
  const { temporal } = address
  switch (temporal.kind) {
    case 'latest':
      return storage.version(key, undefined, options)
    case 'version':
      return storage.version(key, temporal.number, options)
    case 'forward':
      return storage.version(key, 1 + temporal.number, options)
    case 'instant':
      return storage.asOf(key, fromInstant(temporal.instant), options)
    case 'back': {
      const newest = await storage.version(key, undefined, options)
      const version = (newest?.version ?? 0) - temporal.number
      return version < 1 ? undefined : storage.version(key, version, options)
    }
  }
}

/** A version by an address, or the id of a decision. @throws SlurpError `ERR_SLURP_UNKNOWN`. */
export async function getVersion(
  storage: DecisionStorage,
  start: string,
  options: CallOptions = {},
): Promise<StoredDecision> {
  const found = isDecisionId(start)
    ? await storage.byDecisionId(start, options)
    : await findVersion(storage, concrete(start), options)
  if (found) return found
  throw new SlurpError(
    'ERR_SLURP_UNKNOWN',
    `Expected the address or the id of a decision that came here, got ${JSON.stringify(start.slice(0, 200))}`,
  )
}
