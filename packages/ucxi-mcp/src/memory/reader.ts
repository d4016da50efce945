import type { CitationReader, ChainReader, NoVersion } from '@bzzz/decision-schema/chains'
import { fromInstant } from '@bzzz/temporal-nav'
import { codeOf } from '../errors.ts'
import type { Memory } from './memory.ts'

// More than are looked up side by side.
const PLACES = 256

/** How a memory is read for citations. */
export interface ReaderInit {
  /** What it says of a context that is not there. */
  readonly missing: 'not-found' | 'unavailable'
}

/** Resolves and reads what decisions cite through a memory. It knows nothing of who cites. */
export function createReader(
  memory: Pick<Memory, 'resolve' | 'entry'>,
  { missing }: ReaderInit,
): CitationReader & Pick<ChainReader, 'citedBy'> {
  // Where the bytes of a content id were met: a memory is asked by address.
  const places = new Map<string, string>()
  return {
    citedBy: async () => [],
    async resolve(text, options) {
      try {
        const { address, key, version, content, time } = await memory.resolve(text, options)
        if (content === null) return none('gone', `Version ${version} of ${key} is a deletion`)
        places.set(content, address)
        const [oldest] = places.size > PLACES ? places.keys() : []
        if (oldest !== undefined) places.delete(oldest)
        return { found: true, key, version, contentId: content, time: fromInstant(time) }
      } catch (error) {
        const reason = reasonFor(error, missing)
        if (reason === undefined) throw error
        return none(reason, (error as Error).message)
      }
    },
    async read(contentId, options) {
      const place = places.get(contentId)
      if (place === undefined) return undefined
      try {
        const { body, encoding } = await memory.entry(place, options)
        return Buffer.from(body, encoding === 'base64' ? 'base64' : 'utf8')
      } catch (error) {
        options?.signal?.throwIfAborted()
        if (codeOf(error)?.startsWith('ERR_STORE_')) return undefined
        throw error
      }
    },
  }
}

function none(reason: NoVersion['reason'], message: string): NoVersion {
  return { found: false, reason, message }
}

function reasonFor(
  error: unknown,
  missing: ReaderInit['missing'],
): NoVersion['reason'] | undefined {
  const code = codeOf(error) ?? ''
  switch (code) {
    case 'ERR_TEMPORAL_NOT_FOUND':
      return missing
    case 'ERR_TEMPORAL_OUT_OF_RANGE':
      return missing === 'not-found' ? 'out-of-range' : missing
    case 'ERR_TEMPORAL_GONE':
      return 'gone'
    default:
      return /^ERR_(?:TEMPORAL_MISSING|STORE_DENIED|MESH_|DHT_)/.test(code)
        ? 'unavailable'
        : undefined
  }
}
