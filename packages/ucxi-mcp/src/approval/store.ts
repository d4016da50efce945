import type { ContextStore, StoredVersion, VersionRecord } from '@bzzz/context-store'
import { parseKey, format } from '@bzzz/ucxl-address'
import type { VersionView } from '@bzzz/ucxi'
import { codeOf } from '../errors.ts'
import type { Memory } from '../memory/memory.ts'

type Needed = Pick<ContextStore, 'content' | 'head' | 'list' | 'put' | 'resolve' | 'watch'>

/**
 * As much of a store as an inbox needs, over any memory: so messages and replies go the same way here and
 * on a node that runs elsewhere.
 */
export function storeOver(memory: Memory): ContextStore {
  const places = new Map<string, string>()
  const stored = (view: VersionView): StoredVersion => {
    const { id, address, content } = view
    if (content !== null) places.set(content, address)
    // What was left out when it was shown is not asked for by an inbox.
    return { id, record: view as unknown as VersionRecord }
  }
  const needed: Needed = {
    async content(id, options) {
      const place = places.get(id)
      if (place === undefined) return undefined
      const { body, encoding } = await memory.entry(place, options)
      return Buffer.from(body, encoding === 'base64' ? 'base64' : 'utf8')
    },
    async head(key, options) {
      try {
        return stored(await memory.resolve(format(parseKey(key)), options))
      } catch (error) {
        if (/_(?:NOT_FOUND|GONE)$/.test(codeOf(error) ?? '')) return undefined
        throw error
      }
    },
    async *list(pattern, options = {}) {
      const { alive = false, signal } = options
      const text = typeof pattern === 'string' ? pattern : format(pattern)
      const wanted = { pattern: text, alive, ...(signal && { signal }) }
      for await (const view of memory.query(wanted)) yield stored(view)
    },
    async put({ address, content, contentType, ifVersion }, options) {
      const text = typeof address === 'string' ? address : format(address)
      if (!(content instanceof Uint8Array)) throw new TypeError('Expected bytes')
      const view = await memory.put(text, content, {
        ...(contentType !== undefined && { contentType }),
        ...(ifVersion === 0 && { ifNoneMatch: '*' }),
        ...options,
      })
      return stored(view)
    },
    resolve: async (address, options) => {
      const text = typeof address === 'string' ? address : format(address)
      return stored(await memory.resolve(text, options))
    },
    watch: () => () => {},
  }
  return needed as ContextStore
}
