import { StoreError, type ContextWrite, type StoredVersion } from '@bzzz/context-store'
import { createAddress, format, type Address } from '@bzzz/ucxl-address'
import { ulid } from 'ulid'
import { UcxiError } from './errors.ts'
import type { Conditions, PutInput } from './ucxi.ts'

/** What a store is to write for this input, but for its conditions. */
export function writeOf(
  address: string | Address,
  { ifMatch: _ifMatch, ifNone: _ifNone, encryptFor: _encryptFor, ...rest }: PutInput,
): ContextWrite {
  return { address, ...rest }
}

/**
 * Holds conditions against the newest version, and gives what the store is to hold its own newest
 * version against when it writes: nothing can come in between.
 *
 * @throws `ERR_STORE_CONFLICT`.
 */
export function expectation(
  { ifMatch, ifNone }: Conditions,
  head: StoredVersion | undefined,
): { ifVersion?: number } {
  if (ifMatch === undefined && ifNone === undefined) return {}
  const version = head?.record.version ?? 0
  const content = head?.record.content ?? null
  const alive = content !== null
  const has = (tags: readonly string[] | true): boolean =>
    alive && (tags === true || tags.includes(content) || tags.includes(head?.id ?? ''))
  if (ifMatch !== undefined && !has(ifMatch)) {
    const expected = ifMatch === true ? 'a living version' : `the content ${ifMatch.join(' or ')}`
    throw conflict(expected, `it is ${content ?? 'not there'}`)
  }
  if (ifNone !== undefined && has(ifNone)) {
    const expected = ifNone === true ? 'no living version' : `another content than ${content ?? ''}`
    throw conflict(expected, `version ${version} is there`)
  }
  return { ifVersion: version }
}

/** @throws `ERR_UCXI_REQUEST` where the address is no folder. */
export function childOf(
  folder: Address,
  { now = Date.now, random }: { readonly now?: () => number; readonly random?: () => number },
): Address {
  const { path, temporal } = folder
  if (temporal.kind === 'latest' && (path === '' || path.endsWith('/'))) {
    return createAddress({ ...folder, path: `${path}${ulid(Math.floor(now()), random)}` })
  }
  throw new UcxiError(
    'ERR_UCXI_REQUEST',
    `Expected a folder, which ends with a slash, such as ucxl://claude:architect@shop:checkout/notes/; got ${format(folder)}`,
  )
}

function conflict(expected: string, actual: string): StoreError {
  return new StoreError(
    'ERR_STORE_CONFLICT',
    `Expected ${expected}, but ${actual}: read it again, then write`,
  )
}
