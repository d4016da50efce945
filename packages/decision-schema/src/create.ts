import { v7 } from 'uuid'
import type { Decision } from './decision.ts'
import { DecisionError, excerptOf } from './errors.ts'
import { parseDecision } from './parse.ts'

/** What a new decision is made of: all of it but what is given to it when it is made. */
export type DecisionDraft = Omit<Decision, 'decision_id' | 'timestamp' | 'proof'> & {
  readonly decision_id?: never
  readonly timestamp?: never
  readonly proof?: never
} & Required<Pick<Decision, 'ucxl_address' | 'agent_id' | 'decision_type'>>

/** Where time and chance come from. */
export interface CreateDecisionInit {
  /** The writer's clock: milliseconds since 1970-01-01T00:00:00Z. */
  readonly now: () => number
  /** The id of a decision of that moment; a UUID v7 of the platform's random bytes if left out. */
  readonly uuid?: (time: number) => string
}

/**
 * A new decision, checked and frozen, with an id and a timestamp of its own.
 *
 * @throws {DecisionError} as `parseDecision`.
 */
export function createDecision(draft: DecisionDraft, init: CreateDecisionInit): Decision {
  const { now, uuid = (msecs): string => v7({ msecs }) } = init
  const time = now()
  return parseDecision({ ...draft, decision_id: uuid(time), timestamp: writeTime(time) })
}

// 0001-01-01 to 9999-12-31: what RFC 3339 can write, and a UUID can hold from 1970 on.
function writeTime(time: number): string {
  if (Number.isInteger(time) && time >= 0 && time <= 253_402_300_799_999) {
    return new Date(time).toISOString()
  }
  const expected = 'a clock in whole milliseconds since 1970'
  const problem = {
    path: '/timestamp',
    expected,
    received: excerptOf(time),
    example: '1754051400000',
  }
  throw new DecisionError('ERR_DECISION_INVALID', [problem])
}
