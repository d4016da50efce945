import type { Decision } from '@bzzz/decision-schema'
import { DecisionError } from '@bzzz/decision-schema'
import { pinCitations, type CitationReader } from '@bzzz/decision-schema/chains'
import {
  createCurator,
  defaultRules,
  type CurationRule,
  type Curator,
} from '@bzzz/decision-schema/curation'
import type { VerifyProofs } from './verify-cache.ts'

/**
 * The rules of the service: the default ones of `@bzzz/decision-schema`, `citations`, which holds
 * what cites something otherwise than it stands here, and then those that were given.
 */
export function createServiceCurator(
  rules: readonly CurationRule[],
  reader: CitationReader,
  verify: VerifyProofs,
): Curator {
  return createCurator([...defaultRules({ verify }), citationsRule(reader, verify), ...rules])
}

function citationsRule(reader: CitationReader, verify: VerifyProofs): CurationRule {
  return {
    name: 'citations',
    async judge({ decision }) {
      const pinned = decision && onlyPinned(decision)
      if (!pinned) return { verdict: 'keep', reason: 'it cites nothing that is pinned' }
      try {
        await pinCitations(pinned, reader, { verify })
        return { verdict: 'keep', reason: 'what it cites is as it says, as far as it is here' }
      } catch (error) {
        if (!DecisionError.is(error)) throw error
        return { verdict: 'hold', reason: error.message }
      }
    },
  }
}

/** Its pinned citations alone, without proofs, which would not hold for these. */
function onlyPinned({ proof: _proof, ...decision }: Decision): Decision | undefined {
  const citations = decision.citations?.filter(({ version }) => version !== undefined) ?? []
  return citations.length === 0 ? undefined : { ...decision, citations }
}
