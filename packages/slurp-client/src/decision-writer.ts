import { createCurator, defaultRules } from '@bzzz/decision-schema/curation'
import { verifyProofs } from '@bzzz/identity/proofs'
import type { SlurpClientParts } from './init.ts'
import { createMemoryState } from './memory-state.ts'
import { createPublisher, type Publisher } from './publisher.ts'

export type DecisionWriterInit = Pick<
  SlurpClientParts,
  'store' | 'identity' | 'curator' | 'reader' | 'now' | 'uuid'
>

/** Publishes as a client does, and delivers nothing. There is nothing to close. */
export type DecisionWriter = Publisher

/**
 * For a command beside a client that runs on the same store, in this process or another: what is written here,
 * that one delivers. What a rule holds is not kept for later: `keep` publishes it past the rules.
 */
export function createDecisionWriter(init: DecisionWriterInit): DecisionWriter {
  const { store, identity, reader, now = Date.now, uuid } = init
  const curator =
    init.curator ?? createCurator(defaultRules({ verify: verifyProofs, unsigned: 'keep' }))
  const create = { now, ...(uuid && { uuid }) }
  return createPublisher({ store, identity, state: createMemoryState(), curator, reader, create })
}
