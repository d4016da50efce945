import { contentIdOf, verifyRecord, type StoredVersion } from '@bzzz/context-store'
import { keyOf, parse } from '@bzzz/ucxl-address'
import { wholeOf } from '../contexts.ts'
import { addressOf, codeOf } from './say.ts'
import type { Source } from './source.ts'

/** Of a longer content only so much is shown. */
const SHOWN_BYTES = 256 * 1024

/** A version as it is shown, with what was found out about it. */
export interface Opened {
  readonly key: string
  readonly version: StoredVersion
  /** Number of the newest version. */
  readonly last: number
  /** What it says; absent where it is deleted, no text, encrypted, or not here. */
  readonly text?: string
  /** Why there is no text, or only a part of it. */
  readonly remark?: string
  /** What is wrong with signature or content; undefined where both hold. */
  readonly broken?: string
}

/**
 * Which version of a context: by its number, as of a moment (milliseconds since 1970), as an address says
 * (`~~1`), or the newest.
 */
export type Which =
  | { readonly number: number }
  | { readonly moment: number }
  | { readonly address: string }
  | undefined

/**
 * Reads a version: what is here at once, else from the mesh.
 *
 * @throws `ERR_TEMPORAL_NOT_FOUND`, `ERR_TEMPORAL_OUT_OF_RANGE`, `ERR_MESH_…`.
 */
export async function openVersion(
  source: Source,
  address: string,
  { which, signal }: { readonly which: Which; readonly signal: AbortSignal },
): Promise<Opened> {
  const key = keyOf(parse(address))
  const number = await numberOf(source, key, { which, signal })
  const { versions, last } = await source.local.timeline(addressOf(key), {
    from: number,
    limit: 1,
    signal,
  })
  const [version] = versions
  if (!version) return openVersion(source, address, { which: { number: last.version }, signal })
  const found = { key, version, last: last.version }
  const broken = problemOf(version)
  const content = await contentOf(source, version, signal)
  const { bytes, ...rest } = content
  const isWhole = bytes !== undefined && bytes.length === version.record.size
  const differs = isWhole && contentIdOf(bytes) !== version.record.content
  const wrong = broken ?? (differs ? 'its content is another one' : undefined)
  return { ...found, ...rest, ...(wrong !== undefined && { broken: wrong }) }
}

async function numberOf(
  source: Source,
  key: string,
  { which, signal }: { readonly which: Which; readonly signal: AbortSignal },
): Promise<number> {
  if (which && 'number' in which) return which.number
  if (which && 'address' in which)
    return (await source.ucxi.resolve(which.address, { signal })).record.version
  const address = addressOf(key)
  if (which) {
    const { moment } = which
    // Deleted by then: that is a version as well.
    const entry = await source.store.index.asOf(key, moment, { signal })
    if (entry) return entry.version
    // Says what there is instead.
    await source.local.timeline(address, { at: moment, limit: 1, signal })
  }
  const head = await source.store.head(key, { signal })
  return head?.record.version ?? (await source.ucxi.resolve(address, { signal })).record.version
}

async function contentOf(
  source: Source,
  version: StoredVersion,
  signal: AbortSignal,
): Promise<{ bytes?: Uint8Array; text?: string; remark?: string }> {
  const { content, size, encryption, content_type: type } = version.record
  if (content === null) return { remark: 'This version deletes it.' }
  if (encryption) return { remark: 'It is encrypted.' }
  let bytes: Uint8Array
  try {
    const range = size > SHOWN_BYTES ? { end: SHOWN_BYTES, signal } : { signal }
    bytes = await wholeOf(await source.ucxi.read(version, range))
  } catch (error) {
    signal.throwIfAborted()
    const why = error instanceof Error ? error.message : String(error)
    return { remark: `Its content is not here: ${codeOf(error) ?? ''} ${why}` }
  }
  const text = textOf(bytes, { isPart: size > bytes.length })
  if (text === undefined) return { bytes, remark: `It is no text: ${type}, ${size} bytes.` }
  if (size <= bytes.length) return { bytes, text }
  return { bytes, text, remark: `Only the first ${bytes.length} of ${size} bytes are shown.` }
}

function textOf(bytes: Uint8Array, { isPart }: { readonly isPart: boolean }): string | undefined {
  try {
    // A part may end within a character.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: isPart })
  } catch {
    return undefined
  }
}

function problemOf({ id, record }: StoredVersion): string | undefined {
  try {
    return verifyRecord(record).id === id ? undefined : 'its id is another one'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
