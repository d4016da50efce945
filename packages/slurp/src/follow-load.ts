import { contentIdOf, StoreError, type Change } from '@bzzz/context-store'
import { TemporalError } from '@bzzz/temporal-nav'
import { addressOfVersion } from './addresses.ts'
import type { Delivery } from './check-delivery.ts'
import { SlurpError } from './errors.ts'
import type { FollowStoreInit } from './follow-store.ts'

/**
 * What a change in a store's log came to.
 *
 * - `loaded`: it is to be taken in.
 * - `passed`: there is nothing to take: it was redacted, or lost its place to another record.
 * - `missing`: its bytes are not here.
 */
export type Loaded =
  | { readonly state: 'loaded'; readonly delivery: Delivery; readonly size: number }
  | { readonly state: 'passed' }
  | { readonly state: 'missing' }

export interface LoadInit {
  readonly store: Pick<FollowStoreInit['store'], 'content' | 'get' | 'resolve'>
  readonly maxBytes: number
}

const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * Reads what a change is of.
 *
 * @param fetched bytes that came from elsewhere, where there are any: used if they are the right ones
 * @throws SlurpError `ERR_SLURP_CONTENT` for what is encrypted or no JSON object,
 *   `ERR_SLURP_TOO_LARGE`; as the store does where that fails
 */
export async function loadChange(
  change: Change,
  { store, maxBytes }: LoadInit,
  fetched?: Uint8Array,
): Promise<Loaded> {
  const { record } = change
  // A tombstone has no media type, and is no decision.
  if (record.content === null) return { state: 'passed' }
  if (record.encryption !== undefined) {
    throw new SlurpError(
      'ERR_SLURP_CONTENT',
      'Expected a decision that anybody may read, got one whose content is encrypted',
    )
  }
  assertSize(record.size, maxBytes)
  let bytes = await store.content(record.content)
  if (!bytes) {
    if (await isPassed(store, change)) return { state: 'passed' }
    if (!fetched || !isContentOf(change, fetched)) return { state: 'missing' }
    bytes = fetched
  }
  assertSize(bytes.length, maxBytes)
  return { state: 'loaded', delivery: { record, node: readNode(bytes) }, size: bytes.length }
}

/** Whether these are the bytes of a change. */
export function isContentOf({ record }: Change, bytes: Uint8Array): boolean {
  return contentIdOf(bytes) === record.content
}

/** Whether bytes that are not here will never be: erased, or of a record that has no place any more. */
async function isPassed(store: LoadInit['store'], { id, record }: Change): Promise<boolean> {
  const address = addressOfVersion(record.key, record.version)
  try {
    const standing = await store.resolve(address)
    if (standing.id !== id) return true
    await store.get(address)
    return false
  } catch (error) {
    if (StoreError.is(error, 'ERR_STORE_REDACTED') || TemporalError.is(error)) return true
    // Dropped here by retention, or never here: another node may have them.
    const isMissing =
      StoreError.is(error, 'ERR_STORE_CONTENT_MISSING') || StoreError.is(error, 'ERR_STORE_DROPPED')
    if (isMissing) return false
    throw error
  }
}

function assertSize(size: number, maxBytes: number): void {
  if (size <= maxBytes) return
  const message = `Expected a decision of at most ${maxBytes} bytes, got ${size}`
  throw new SlurpError('ERR_SLURP_TOO_LARGE', message)
}

function readNode(bytes: Uint8Array): object {
  let value: unknown
  try {
    value = JSON.parse(decoder.decode(bytes))
  } catch (cause) {
    const message = 'Expected a decision in JSON, got bytes that are none'
    throw new SlurpError('ERR_SLURP_CONTENT', message, { cause })
  }
  if (typeof value === 'object' && value !== null) return value
  throw new SlurpError(
    'ERR_SLURP_CONTENT',
    `Expected a decision, which is a JSON object, got ${JSON.stringify(value).slice(0, 60)}`,
  )
}
