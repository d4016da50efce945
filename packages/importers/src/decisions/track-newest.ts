import type { ContextStore } from '@bzzz/context-store'
import {
  DECISION_MEDIA_TYPE,
  decisionContentId,
  decisionHash,
  parseDecision,
  type Decision,
} from '@bzzz/decision-schema'
import type { CallOptions } from '@bzzz/temporal-nav'
import { decodeUtf8 } from '../text.ts'

/** A version of a decision that can be cited. */
interface CitableVersion {
  readonly version: number
  readonly contentId: string
  /** `decisionHash` of it. */
  readonly hash: string
}

/** The newest version of each decision, at this point of an import. */
export interface NewestVersions {
  /** Undefined where there is no decision, or it was deleted. */
  find(key: string): Promise<CitableVersion | undefined>
  /** Says that this is the next version. */
  add(key: string, decision: Decision): void
  /** Says that the next version is a deletion. */
  end(key: string): void
  /** Whether there is a decision that can be deleted. */
  exists(key: string): boolean
}

/** @param heads numbers of the newest versions in the store, for the decisions that are added to */
export function trackNewest(
  store: ContextStore,
  heads: ReadonlyMap<string, number>,
  options: CallOptions,
): NewestVersions {
  const known = new Map<string, CitableVersion | undefined>()
  const numbers = new Map(heads)
  const next = (key: string): number => {
    const version = (numbers.get(key) ?? 0) + 1
    numbers.set(key, version)
    return version
  }

  async function load(key: string): Promise<CitableVersion | undefined> {
    const { record } = (await store.head(key, options)) ?? {}
    if (!record?.content || record.content_type !== DECISION_MEDIA_TYPE) return undefined
    const bytes = await store.content(record.content, options)
    if (!bytes) return undefined
    const hash = decisionHash(parseDecision(decodeUtf8(bytes)))
    return { version: record.version, contentId: record.content, hash }
  }

  return {
    async find(key) {
      if (!known.has(key)) known.set(key, await load(key))
      return known.get(key)
    },
    add(key, decision) {
      const hash = decisionHash(decision)
      known.set(key, { version: next(key), contentId: decisionContentId(decision), hash })
    },
    end(key) {
      next(key)
      known.set(key, undefined)
    },
    exists: (key) => (known.has(key) ? known.get(key) !== undefined : (heads.get(key) ?? 0) > 0),
  }
}
