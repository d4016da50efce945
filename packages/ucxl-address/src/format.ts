import { fail } from './errors.ts'
import { writeTemporal } from './temporal.ts'
import type { Address } from './types.ts'

/** In a key: `any` as a name, or any `*`. */
const WILDCARD = /(?<=^(?:[^/]*[:@])?)any(?=[:@/])|\*/

/** The canonical form: what people, files, logs and messages hold. `parse` gives the address back. */
export function format(address: Address): string {
  return `ucxl://${names(address)}/${writeTemporal(address.temporal)}${tail(address)}`
}

/**
 * The URI form, for anything that parses URLs: `:` between project and task as `%3A` (it would begin
 * a port number), `^` of the temporal token as `%5E`. `parse` reads it too.
 */
export function toUri(address: Address): string {
  const token = writeTemporal(address.temporal).replaceAll('^', '%5E')
  return `ucxl://${names(address, '%3A')}/${token}${tail(address)}`
}

function names({ agent, role, project, task }: Address, colon = ':'): string {
  return `${agent}:${role}@${project}${colon}${task}`
}

function tail({ path, query, fragment }: Address): string {
  let text = path === '' ? '' : `/${path}`
  if (query !== undefined) text += `?${query}`
  if (fragment !== undefined) text += `#${fragment}`
  return text
}

/** True for an address that stands for many: a name is `any` or a glob, or the path has a `*`. */
export function isPattern(address: Address): boolean {
  const { agent, role, project, task, path } = address
  return isWild(agent) || isWild(role) || isWild(project) || isWild(task) || path.includes('*')
}

/** True for a name that stands for many. */
function isWild(name: string): boolean {
  return name === 'any' || name.includes('*')
}

/**
 * What all addresses of one context have in common: `agent:role@project:task/path`.
 *
 * @throws {AddressError} `ERR_ADDRESS_PATTERN` where the address is a pattern, which has no one
 *   context; `input` is what would be the key, and `offset` where its first wildcard stands.
 */
export function keyOf(address: Address): string {
  const key = `${names(address)}/${address.path}`
  if (isPattern(address)) fail(key, 'PATTERN', key.search(WILDCARD), 'a concrete address')
  return key
}
