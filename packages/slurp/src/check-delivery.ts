import {
  contentIdOf,
  verifyRecord,
  type VersionRecord,
  type WriterRules,
} from '@bzzz/context-store'
import { decisionBytes, parseDecision, type Decision } from '@bzzz/decision-schema'
import { isAhead, fromInstant } from '@bzzz/temporal-nav'
import { keyOf, parse, parseKey } from '@bzzz/ucxl-address'
import { SlurpError } from './errors.ts'
import { rowOf } from './row-of.ts'
import type { NewDecision } from './storage.ts'
import type { VerifyProofs } from './verify-cache.ts'

/** A record whose signature holds, with its id. */
export interface SealedRecord {
  readonly id: string
  readonly record: VersionRecord
}

/** A version of a decision on its way here. Neither part is believed before it is checked. */
export interface Delivery {
  /** The signed version record of `@bzzz/context-store`. */
  readonly record: unknown
  /** The decision, whose RFC 8785 bytes are the record's content. */
  readonly node: unknown
}

/** A delivery that holds. */
export interface CheckedDelivery {
  readonly row: NewDecision
  readonly decision: Decision
}

export interface CheckInit {
  readonly verify: VerifyProofs
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Who may sign which timelines; without it a timeline belongs to the key that began it. */
  readonly writers: WriterRules | undefined
}

const decoder = new TextDecoder()

/**
 * Checks all that can be checked of a delivery by itself: the record and its signature, that it is
 * the decision's, the decision and its proofs, and who may write it.
 *
 * @throws SlurpError, StoreError (`ERR_RECORD_…`) or DecisionError, as the README says
 */
export async function checkDelivery(input: unknown, init: CheckInit): Promise<CheckedDelivery> {
  const { record: given, node } = partsOf(input)
  const sealed = verifyRecord(given)
  const { record } = sealed
  const bytes = decisionBytes(parseDecision(node))
  assertContent(record, bytes)
  const text = decoder.decode(bytes)
  // From here on in the order in which it is kept: so it is verified once, and known again.
  const decision = JSON.parse(text) as Decision
  assertPlace(record, decision)
  if (isAhead(fromInstant(record.time), init.now())) {
    throw new SlurpError(
      'ERR_SLURP_AHEAD',
      `Expected a record of no later than five minutes from now, got ${record.time}: check the writer's clock, or send it again then`,
    )
  }
  await assertSigned(record, decision, init.verify)
  const refusal = init.writers?.refusal({
    writer: record.writer,
    key: record.key,
    at: fromInstant(record.time),
    operation: 'write',
  })
  if (refusal !== undefined) {
    throw new SlurpError(
      'ERR_SLURP_WRITER',
      `${record.writer} may not sign a version of ${record.key}: ${refusal}`,
    )
  }
  return { row: rowOf(sealed, decision, text), decision }
}

/** @throws SlurpError `ERR_SLURP_DELIVERY` for what is no delivery. */
function partsOf(input: unknown): Delivery {
  if (typeof input === 'object' && input !== null && 'record' in input && 'node' in input) {
    const { record, node } = input
    if (typeof node === 'object' && typeof record === 'object') return { record, node }
  }
  throw new SlurpError(
    'ERR_SLURP_DELIVERY',
    'Expected a delivery: {"record": <the signed version record>, "node": <the decision>}',
  )
}

function assertContent(record: VersionRecord, bytes: Uint8Array): void {
  if (record.encryption !== undefined) {
    throw new SlurpError(
      'ERR_SLURP_CONTENT',
      'Expected a record of a decision that anybody may read, got one whose content is encrypted',
    )
  }
  const id = contentIdOf(bytes)
  if (record.content === id && record.size === bytes.length) return
  throw new SlurpError(
    'ERR_SLURP_CONTENT',
    `Expected the decision whose RFC 8785 bytes are ${record.content ?? 'nothing'} (${record.size} bytes), got ${id} (${bytes.length} bytes)`,
  )
}

function assertPlace({ key }: VersionRecord, decision: Decision): void {
  const own = keyOf(parse(decision.ucxl_address))
  if (own !== key) {
    throw new SlurpError(
      'ERR_SLURP_CONTENT',
      `Expected a decision that says it is kept at ${key}, got one of ${own}`,
    )
  }
  const { agent } = parseKey(key)
  if (decision.agent_id.toLowerCase() === agent) return
  throw new SlurpError(
    'ERR_SLURP_AGENT',
    `Expected the agent_id ${agent}, as the address says, got ${JSON.stringify(decision.agent_id)}`,
  )
}

async function assertSigned(
  { writer }: VersionRecord,
  decision: Decision,
  verify: VerifyProofs,
): Promise<void> {
  const { verified, proofs, signers } = await verify(decision)
  if (!verified) {
    const wrong = proofs.find(({ status }) => status !== 'valid')
    throw new SlurpError(
      'ERR_SLURP_SIGNATURE',
      `Expected a decision whose proofs all hold, got one where ${wrong?.reason ?? 'there is none'}`,
    )
  }
  if (signers.includes(writer)) return
  throw new SlurpError(
    'ERR_SLURP_SIGNATURE',
    `Expected a proof by ${writer}, who signed the record, got proofs by ${signers.join(', ')}`,
  )
}
