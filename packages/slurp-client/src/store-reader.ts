import type { ContextStore } from '@bzzz/context-store'
import type { CitationReader, NoVersion } from '@bzzz/decision-schema/chains'
import { fromInstant } from '@bzzz/temporal-nav'
import { keyOf, parse } from '@bzzz/ucxl-address'

/** What a reader of a store may take for granted. */
export interface StoreReaderInit {
  /**
   * Whether the store holds all there is of a timeline, `agent:role@project:task/path`: what it does
   * not have is then said not to exist, and else that nobody here can tell. Never, if left out.
   */
  readonly isComplete?: (key: string) => boolean
}

/** Resolves and reads what decisions cite through a store. */
export function createStoreReader(
  store: Pick<ContextStore, 'resolve' | 'content'>,
  { isComplete = () => false }: StoreReaderInit = {},
): CitationReader {
  return Object.freeze<CitationReader>({
    resolve: async (address, options) => {
      try {
        const { record } = await store.resolve(address, options)
        const { key, version, content, time } = record
        if (content === null) return none('gone', `Version ${version} of ${key} is a deletion`)
        return { found: true, key, version, contentId: content, time: fromInstant(time) }
      } catch (error) {
        const reason = reasonFor(error)
        if (reason === undefined) throw error
        const known = reason === 'gone' || isComplete(keyOf(parse(address)))
        return none(known ? reason : 'unavailable', (error as Error).message)
      }
    },
    read: async (contentId, options) => store.content(contentId, options),
  })
}

function none(reason: NoVersion['reason'], message: string): NoVersion {
  return { found: false, reason, message }
}

/** What an error of the store says about the address; undefined where it says nothing. */
function reasonFor(error: unknown): NoVersion['reason'] | undefined {
  switch (error instanceof Error && 'code' in error ? error.code : undefined) {
    case 'ERR_TEMPORAL_NOT_FOUND':
      return 'not-found'
    case 'ERR_TEMPORAL_OUT_OF_RANGE':
      return 'out-of-range'
    case 'ERR_TEMPORAL_GONE':
      return 'gone'
    case 'ERR_TEMPORAL_MISSING':
    case 'ERR_STORE_DENIED':
      return 'unavailable'
    default:
      return undefined
  }
}
