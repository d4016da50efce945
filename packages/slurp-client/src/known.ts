import type { ContextStore } from '@bzzz/context-store'
import {
  decisionContentId,
  decisionHash,
  safeParseDecision,
  type Citation,
  type Decision,
} from '@bzzz/decision-schema'
import { keyOf, parse } from '@bzzz/ucxl-address'
import type { PublishedDecision } from './client.ts'

/** What stands where a decision is to be kept. */
export interface Standing {
  /** Where it says what the decision says: the answer to publishing that again. */
  readonly known: PublishedDecision | undefined
  /** Number of the newest version; 0 where there is none. */
  readonly version: number
}

const decoder = new TextDecoder()

/** Looks at the newest version of a decision's timeline. @param writer `did:key` of who publishes */
export async function findKnown(
  store: ContextStore,
  decision: Decision,
  writer: string,
): Promise<Standing> {
  const head = await store.head(keyOf(parse(decision.ucxl_address)))
  if (!head) return { known: undefined, version: 0 }
  const { id, record } = head
  const nothing = { known: undefined, version: record.version }
  // What another key wrote is not this client's to deliver.
  if (record.writer !== writer) return nothing
  const content = record.content && (await store.content(record.content))
  if (!content) return nothing
  const result = safeParseDecision(decoder.decode(content))
  if (!result.success || !saysTheSame(decision, result.decision)) return nothing
  const published = { status: 'published', id, record, decision: result.decision } as const
  return {
    known: Object.freeze({ ...published, citations: [], known: true }),
    version: record.version,
  }
}

/** Whether a decision would become this stored one, whose citations were pinned and which is signed. */
function saysTheSame(decision: Decision, stored: Decision): boolean {
  if (decision.decision_id !== stored.decision_id) return false
  // With proofs of its own, as of somebody who approved it, it is a version of its own.
  if (decision.proof) return decisionContentId(decision) === decisionContentId(stored)
  const { citations } = decision
  const { citations: pinned = [] } = stored
  const same = citations && {
    citations: citations.map((citation, place) => pinnedAs(citation, pinned[place])),
  }
  return decisionHash({ ...decision, ...same }) === decisionHash(stored)
}

/** A citation with the pins that it has in the stored decision, where it says none itself. */
function pinnedAs(citation: Citation, stored: Citation | undefined): Citation {
  const { version, content_id, decision_hash } = stored ?? {}
  return {
    ...(version !== undefined && { version }),
    ...(content_id !== undefined && { content_id }),
    ...(decision_hash !== undefined && { decision_hash }),
    ...citation,
  }
}
