import type { ContextStore } from '@bzzz/context-store'
import { createAddress, parseKey } from '@bzzz/ucxl-address'
import { codeOf } from '../reconcile/puller.ts'

/** Why the bytes of a version are not to be here any more; undefined where they are only missing, or here. */
export async function erasureOf(
  store: ContextStore,
  { key, version }: { readonly key: string; readonly version: number },
): Promise<'redacted' | 'dropped' | undefined> {
  try {
    await store.get(createAddress({ ...parseKey(key), temporal: `*~${version}` }))
    return undefined
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ERR_STORE_REDACTED') return 'redacted'
    if (code === 'ERR_STORE_DROPPED') return 'dropped'
    // The bytes are not here, or the version is not.
    if (/^ERR_(?:STORE_CONTENT_MISSING$|TEMPORAL_|ADDRESS_)/.test(code)) return undefined
    throw error
  }
}
