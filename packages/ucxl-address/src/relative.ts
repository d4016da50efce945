import { createAddress } from './create.ts'
import { fail, requireString } from './errors.ts'
import { normalizeEscapes } from './escapes.ts'
import { MAX_UNITS, parse } from './parse.ts'
import { scanRest } from './scan.ts'
import type { Address } from './types.ts'

/**
 * Where a reference leads that stands in the context at `base`, in the manner of RFC 3986:
 *
 * - with a `:` in its first segment, it is an address by itself (`./a:b` is not);
 * - with a leading `/`, it is what follows the names in an address: it replaces temporal segment and
 *   path, and without a temporal segment it means the newest version;
 * - any other path starts in the folder of `base` (its path up to the last `/`); `.` and `..` go
 *   through folders, and the temporal segment stays as it is;
 * - without a path it keeps path and temporal segment, and the query too unless it has its own.
 *
 * The fragment is the reference's alone.
 *
 * @throws {AddressError} as `parse`; `ERR_ADDRESS_PATH` where `..` would leave the root.
 * @throws {TypeError} where `reference` is no string.
 */
export function resolveRelative(base: Address, reference: string): Address {
  requireString(reference)
  if (reference.length > MAX_UNITS || /^[^/?#]*:/.test(reference)) return parse(reference)
  const rest = scanRest(reference, 0)
  if (rest.rooted) return createAddress({ ...base, ...rest })
  const path = reference.slice(0, reference.search(/[?#]|$/))
  return createAddress({
    ...base,
    path: path === '' ? base.path : merge(base.path, path),
    query: rest.query ?? (path === '' ? base.query : undefined),
    fragment: rest.fragment,
  })
}

/** Where `path` leads from the folder of `base`. */
function merge(base: string, path: string): string {
  const segments = base.split('/').slice(0, -1)
  let offset = 0
  for (const segment of path.split('/')) {
    const normal = normalizeEscapes(segment)
    if (normal === '..' && segments.pop() === undefined)
      fail(path, 'PATH', offset, 'no .. at the root')
    offset += segment.length + 1
    if (normal !== '.' && normal !== '..') segments.push(normal)
    else if (offset > path.length) segments.push('')
  }
  return segments.join('/')
}
