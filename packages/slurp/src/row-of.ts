import type { SealedRecord } from './check-delivery.ts'
import { reviewDecision, type Decision } from '@bzzz/decision-schema'
import { fromInstant } from '@bzzz/temporal-nav'
import { keyOf, parse, parseKey } from '@bzzz/ucxl-address'
import type { Edge, NewDecision } from './storage.ts'

// Longer texts are found by their beginning only.
const MAX_BODY = 64 * 1024
/** What is found by other means, or is no text for people. */
const UNSAID = new Set([
  'agent_id',
  'content_id',
  'decision_hash',
  'decision_id',
  'decision_type',
  'proof',
  'session',
  'status',
  'summary',
  'timestamp',
  'title',
  'type',
  'ucxl_address',
  'valid_from',
  'valid_to',
  'supersedes',
])

/** A checked version, with all that it is found by. */
export function rowOf(sealed: SealedRecord, decision: Decision, node: string): NewDecision {
  const { id: recordId, record } = sealed
  const { agent, role, project, task } = parseKey(record.key)
  return {
    key: record.key,
    version: record.version,
    time: fromInstant(record.time),
    decisionId: decision.decision_id.toLowerCase(),
    contentId: record.content ?? '',
    recordId,
    node,
    record: JSON.stringify(record),
    // The schema takes no timestamp that this cannot read: no leap second, no 30 February.
    at: Date.parse(decision.timestamp),
    previous: record.previous,
    writer: record.writer,
    facets: {
      agent,
      role,
      project,
      task,
      type: decision.decision_type,
      status: decision.status ?? '',
    },
    unjustified: reviewDecision(decision).some(({ code }) => code === 'unjustified'),
    edges: edgesOf(decision),
    text: {
      title: decision.title ?? '',
      summary: decision.summary ?? '',
      body: bodyOf(decision),
    },
  }
}

/** What a decision says of other contexts, in its order. */
export function edgesOf(decision: Decision): Edge[] {
  const { citations = [], impacts = [], supersedes = [] } = decision
  return [
    ...citations.map((citation, place): Edge => {
      const { type, ucxl_address: address, version, content_id: contentId } = citation
      return {
        kind: 'cites',
        type,
        place,
        key: keyOf(parse(address)),
        ...pinOf(address, version),
        ...(contentId === undefined ? {} : { contentId }),
      }
    }),
    ...impacts.map(({ type, ucxl_address: address }, place): Edge => ({
      kind: 'impacts',
      type,
      place,
      key: keyOf(parse(address)),
    })),
    ...supersedes.map((address, place): Edge => ({
      kind: 'supersedes',
      type: 'supersedes',
      place,
      key: keyOf(parse(address)),
    })),
  ]
}

/** The version that a citation names: beside its address, or in it. */
function pinOf(address: string, version: number | undefined): { version?: number } {
  if (version !== undefined) return { version }
  const { temporal } = parse(address)
  return temporal.kind === 'version' ? { version: temporal.number } : {}
}

/** All that a decision says in words, beside its title and summary: also in fields that nobody knows. */
export function bodyOf(decision: Decision): string {
  const parts: string[] = []
  let room = MAX_BODY
  const collect = (value: unknown): void => {
    if (room <= 0) return
    if (typeof value === 'string') {
      parts.push(value.slice(0, room))
      room -= value.length + 1
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, item] of Object.entries(value)) if (!UNSAID.has(name)) collect(item)
    }
  }
  collect(decision)
  return parts.join('\n')
}
