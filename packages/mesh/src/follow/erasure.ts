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
    if (codeOf(error) === 'ERR_STORE_REDACTED') return 'redacted'
    return codeOf(error) === 'ERR_STORE_DROPPED' ? 'dropped' : undefined
  }
}
