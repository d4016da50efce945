import { fail, requireString } from './errors.ts'
import { encodeSegment } from './escapes.ts'
import { format } from './format.ts'
import { MAX_UNITS, tooLong, withinLimit } from './parse.ts'
import { nameEnd, normalizeName, refuseName } from './scan.ts'
import { readPath, readTail } from './segments.ts'
import { readTemporal, TEMPORAL_EXPECTED, writeTemporal } from './temporal.ts'
import type { Address, AddressParts, Temporal } from './types.ts'
import { AddressValue } from './value.ts'

/**
 * Makes an address of its parts: `createAddress({ ...address, temporal: '~~2' })`. What a part may
 * be is what `parse` reads in its place, and it is normalised in the same way.
 *
 * @throws {AddressError} as `parse`; `input` and `offset` speak of the part that is wrong.
 * @throws {TypeError} where a part is not of its type.
 */
export function createAddress(parts: AddressParts): Address {
  const { agent, role, project, task, temporal = '*^', path = '', query, fragment } = parts
  const written = typeof path === 'string' ? path : path.map(encodeSegment).join('/')
  const address = new AddressValue(
    readName(agent, 'agent'),
    readName(role, 'role'),
    readName(project, 'project'),
    readName(task, 'task'),
    readToken(temporal),
    readPath(short(written), 0, written.length),
    query === undefined ? undefined : readTail(short(query), 0, query.length, 'QUERY'),
    fragment === undefined ? undefined : readTail(short(fragment), 0, fragment.length, 'FRAGMENT'),
  )
  return withinLimit(address, format(address))
}

function readName(name: string, label: string): string {
  const end = nameEnd(short(name), 0, label)
  if (end < name.length) refuseName(name, end, label)
  return normalizeName(name)
}

/** A reading comes through its token too: one put together by hand can hold anything. */
function readToken(temporal: Temporal | string): Temporal {
  const given = typeof temporal === 'string' ? undefined : temporal.kind
  const token = typeof temporal === 'string' ? temporal : writeTemporal(temporal)
  const read = readTemporal(short(token))
  if (read !== undefined && (given ?? read.kind) === read.kind) return read
  return fail(token, 'TEMPORAL', 0, TEMPORAL_EXPECTED)
}

/** What no address has room for is not looked into. */
function short(part: string): string {
  requireString(part)
  return part.length > MAX_UNITS ? tooLong(part) : part
}
