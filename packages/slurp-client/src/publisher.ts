import type { ContextStore } from '@bzzz/context-store'
import {
  createDecision,
  DECISION_MEDIA_TYPE,
  decisionBytes,
  decisionHash,
  parseDecision,
  type CreateDecisionInit,
  type Decision,
  type DecisionDraft,
} from '@bzzz/decision-schema'
import { pinCitations, type CitationReader } from '@bzzz/decision-schema/chains'
import type { CurationExplanation, Curator } from '@bzzz/decision-schema/curation'
import { signDecision } from '@bzzz/decision-schema/signing'
import type { Identity } from '@bzzz/identity'
import { verifyProofs } from '@bzzz/identity/proofs'
import type { CallOptions } from '@bzzz/temporal-nav'
import { keyOf, parse } from '@bzzz/ucxl-address'
import { assertOwn, assertStoredBy } from './authorship.ts'
import type { PublishedDecision, PublishResult } from './client.ts'
import { findKnown } from './known.ts'
import type { OutboxState } from './state.ts'
import { createStoreReader } from './store-reader.ts'

export interface PublisherInit {
  readonly store: ContextStore
  readonly identity: Identity
  readonly state: OutboxState
  readonly curator: Curator
  readonly reader: CitationReader | undefined
  readonly create: CreateDecisionInit
}

/** The way of a decision from what somebody says to what is safe. */
export interface Publisher {
  publish(input: Decision | DecisionDraft, options?: CallOptions): Promise<PublishResult>
  /** What each rule says; nothing is kept. */
  explain(input: Decision | DecisionDraft): Promise<CurationExplanation>
  /** Past the rules: the way from pinning on. */
  keep(decision: Decision, options?: CallOptions): Promise<PublishedDecision>
}

// Stands for the id that a draft has not got yet.
const NO_ID = '00000000-0000-7000-8000-000000000000'
// Each time, another write to the same context came first.
const MAX_CONFLICTS = 16

export function createPublisher(init: PublisherInit): Publisher {
  const { store, identity, state, curator, create } = init

  const readerFor = (key: string): CitationReader => {
    const own = key.slice(0, key.indexOf(':') + 1)
    return init.reader ?? createStoreReader(store, { isComplete: (cited) => cited.startsWith(own) })
  }

  const keep: Publisher['keep'] = async (decision, options = {}) => {
    const key = keyOf(parse(decision.ucxl_address))
    let { known, version } = await findKnown(store, decision, identity.did)
    if (known) return known
    const load = { ...options, verify: verifyProofs }
    const pinned = await pinCitations(decision, readerFor(key), load)
    const signed = decision.proof
      ? pinned.decision
      : signDecision(pinned.decision, identity, create)
    const write = {
      address: signed.ucxl_address,
      content: decisionBytes(signed),
      contentType: DECISION_MEDIA_TYPE,
    }
    for (let conflicts = 0; ; conflicts++) {
      try {
        const { id, record } = await store.put({ ...write, ifVersion: version }, options)
        assertStoredBy(identity, record)
        const { verdicts: citations } = pinned
        const published = { status: 'published', id, record, decision: signed, citations } as const
        return Object.freeze({ ...published, known: false })
      } catch (error) {
        if (!isConflict(error) || conflicts === MAX_CONFLICTS) throw error
        ;({ known, version } = await findKnown(store, decision, identity.did))
        if (known) return known
      }
    }
  }

  return {
    keep,
    explain: async (input) => {
      const timestamp = new Date(create.now()).toISOString()
      return curator.explain(isDraft(input) ? { ...input, decision_id: NO_ID, timestamp } : input)
    },
    publish: async (input, options) => {
      options?.signal?.throwIfAborted()
      const decision = isDraft(input) ? createDecision(input, create) : parseDecision(input)
      assertOwn(identity, decision)
      const { known } = await findKnown(store, decision, identity.did)
      if (known) return known
      const { verdict, rule, reason } = await curator.judge(decision)
      options?.signal?.throwIfAborted()
      if (verdict === 'keep') return keep(decision, options)
      const id = decisionHash(decision)
      if (verdict === 'drop')
        return Object.freeze({ status: 'dropped', id, decision, rule, reason })
      const entry = { id, decision, rule, reason, at: create.now() }
      await state.save({ put: [{ list: 'held', entry }] })
      return Object.freeze({ status: 'held', id, decision, rule, reason })
    },
  }
}

function isDraft(input: Decision | DecisionDraft): input is DecisionDraft {
  // What is no object is for parseDecision to refuse.
  return typeof input === 'object' && input !== null && input.decision_id === undefined
}

function isConflict(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_STORE_CONFLICT'
}
