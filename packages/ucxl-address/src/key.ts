import { fail } from './errors.ts'
import { keyOf } from './format.ts'
import { MAX_UNITS, parse } from './parse.ts'
import type { Address } from './types.ts'

/**
 * The address of a key, as `keyOf` wrote it, with the temporal segment `*^`.
 *
 * @throws {AddressError} where it is no key exactly as `keyOf` writes one: as `parse` for the address
 *   that it makes (of which `input` and `offset` speak), `ERR_ADDRESS_PATTERN` for a wildcard, and
 *   `ERR_ADDRESS_NAME` or `ERR_ADDRESS_PATH` where it only is not normalised.
 * @throws {TypeError} where `key` is no string.
 */
export function parseKey(key: string): Address {
  // What is too long is not looked into, but left to be refused as it is.
  if (typeof key !== 'string' || key.length > MAX_UNITS) return parse(key)
  const slash = key.includes('/') ? key.indexOf('/') : key.length
  const address = parse(`ucxl://${key.slice(0, slash)}/*^/${key.slice(slash + 1)}`)
  const normal = keyOf(address)
  if (normal === key) return address
  let offset = 0
  while (key[offset] === normal[offset]) offset++
  return fail(key, offset < slash ? 'NAME' : 'PATH', offset, normal)
}
