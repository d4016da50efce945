import type { Decision } from './decision.ts'
import type { CurationCandidate, CurationOpinion, CurationRule } from './curator.ts'
import { excerptOf } from './errors.ts'
import { decisionBytes, decisionHash } from './hash.ts'
import { reportSignature, type ProofVerifier } from './proof-verdict.ts'

/** What the default rules go by. */
export interface DefaultRulesInit {
  /** Checks proofs; without it, whoever has a proof counts as signed. */
  readonly verify?: ProofVerifier
  /** `keep` where decisions are signed only after they were curated; `drop` if left out. */
  readonly unsigned?: 'keep' | 'drop'
  /** Whether a decision of this hash is kept already; without it, none is. */
  readonly isKept?: (hash: string) => boolean | Promise<boolean>
  /** The decision types that are kept; any if left out. */
  readonly types?: readonly string[]
  /** Bytes of a decision in RFC 8785 form, at most; 262,144 if left out. */
  readonly maxBytes?: number
}

const MAX_BYTES = 256 * 1024

/**
 * The rules of the house, in their order: `schema`, `decision-type`, `ephemeral`, `size`,
 * `signed`, `duplicate`. Leave one out by its name, or add your own behind them.
 */
export function defaultRules(init: DefaultRulesInit = {}): CurationRule[] {
  const { verify, unsigned = 'drop', isKept, types, maxBytes = MAX_BYTES } = init
  return [
    { name: 'schema', judge: judgeSchema },
    { name: 'decision-type', judge: (candidate) => judgeType(candidate, types) },
    { name: 'ephemeral', judge: judgeEphemeral },
    of('size', (decision) => {
      const { length } = decisionBytes(decision)
      if (length <= maxBytes) return keep(`${length} bytes`)
      return drop(`expected at most ${maxBytes} bytes, got ${length}`)
    }),
    of('signed', async (decision) => {
      const { status, reason = '' } = await reportSignature(decision, verify)
      if (status === 'invalid') return drop(reason)
      if (status === 'unsigned') return { verdict: unsigned, reason }
      if (status === 'unchecked' && verify !== undefined) return { verdict: 'hold', reason }
      return keep(status === 'valid' ? 'its proofs hold' : 'it has a proof, not checked here')
    }),
    of('duplicate', async (decision) => {
      const hash = decisionHash(decision)
      return (await isKept?.(hash)) ? drop(`${hash} is kept already`) : keep(hash)
    }),
  ]
}

const keep = (reason: string): CurationOpinion => ({ verdict: 'keep', reason })
const drop = (reason: string): CurationOpinion => ({ verdict: 'drop', reason })

/** A rule for decisions; of what is none it has nothing to say. */
function of(
  name: string,
  judge: (decision: Decision) => CurationOpinion | Promise<CurationOpinion>,
): CurationRule {
  const none = keep('it is no decision: see schema')
  return { name, judge: ({ decision }) => (decision ? judge(decision) : none) }
}

function judgeSchema({ error }: CurationCandidate): CurationOpinion {
  return error ? drop(error.message) : keep('it is a valid decision')
}

function judgeType(
  candidate: CurationCandidate,
  types: readonly string[] | undefined,
): CurationOpinion {
  const type = fieldsOf(candidate)['decision_type']
  if (typeof type !== 'string' || type === '') return drop('it has no decision_type')
  if (types === undefined || types.includes(type)) return keep(type)
  return drop(`expected one of ${types.join(', ')}, got ${excerptOf(type)}`)
}

/** Marked so by `ephemeral: true`, or by the tag `ephemeral`: fields that any writer may add. */
function judgeEphemeral(candidate: CurationCandidate): CurationOpinion {
  const { ephemeral, tags } = fieldsOf(candidate)
  if (ephemeral === true) return drop('it is marked ephemeral')
  if (Array.isArray(tags) && tags.includes('ephemeral')) return drop('it is tagged ephemeral')
  return keep('it is not marked ephemeral')
}

/** Also of what is no valid decision, since the reasons are to be told for that too. */
function fieldsOf({ input, decision }: CurationCandidate): Readonly<Record<string, unknown>> {
  if (decision !== undefined) return decision
  const isObject = typeof input === 'object' && input !== null
  return isObject ? (input as Readonly<Record<string, unknown>>) : {}
}
