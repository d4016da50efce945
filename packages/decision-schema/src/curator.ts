import type { Decision } from './decision.ts'
import type { DecisionError } from './errors.ts'
import { safeParseDecision } from './parse.ts'

/** `keep`: nothing against it; `hold`: a person is to decide; `drop`: it is not kept. */
export type CurationVerdict = 'keep' | 'hold' | 'drop'

/** What a rule says of a candidate. */
export interface CurationOpinion {
  readonly verdict: CurationVerdict
  /** Why, in words for a person. */
  readonly reason: string
}

/** What is to be kept or not, read once for all rules. */
export interface CurationCandidate {
  /** As it came: JSON text, or a value. */
  readonly input: unknown
  /** Where it is a valid decision. */
  readonly decision: Decision | undefined
  /** Where it is none: why. */
  readonly error: DecisionError | undefined
}

/** One thing to look at. Rules look, and change nothing. */
export interface CurationRule {
  /** Short and unlike the others: `no-secrets`. */
  readonly name: string
  judge(candidate: CurationCandidate): CurationOpinion | Promise<CurationOpinion>
}

/** What a rule said, with its name. */
export interface NamedOpinion extends CurationOpinion {
  readonly rule: string
}

/** What all rules together came to. */
export interface CurationExplanation extends NamedOpinion {
  /** What each rule said, in their order. */
  readonly opinions: readonly NamedOpinion[]
}

/** Rules, applied in their order. */
export interface Curator {
  /** The names of its rules, in their order. */
  readonly rules: readonly string[]
  /**
   * The verdict, with the rule that it is of: the first that drops, else the first that holds, else
   * `keep`, which is of no rule (`''`). What is judged is JSON text or a value, a decision or not. Rules after one that drops are not asked. A rule that throws
   * holds the candidate back: a person is to look.
   */
  judge(input: unknown): Promise<NamedOpinion>
  /** The same verdict, with what each rule says, all of them asked. */
  explain(input: unknown): Promise<CurationExplanation>
}

/** @throws {TypeError} where two rules have one name */
export function createCurator(rules: readonly CurationRule[]): Curator {
  const names = rules.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) < index)
  if (twice !== undefined)
    throw new TypeError(`Expected rules of different names, got ${twice} twice`)
  const own = [...rules]
  return Object.freeze({
    rules: Object.freeze(names),
    judge: async (input: unknown) => conclude(await ask(own, read(input), true)),
    explain: async (input: unknown) => {
      const opinions = await ask(own, read(input), false)
      return Object.freeze({ ...conclude(opinions), opinions: Object.freeze(opinions) })
    },
  })
}

function read(input: unknown): CurationCandidate {
  const result = safeParseDecision(input)
  return result.success
    ? { input, decision: result.decision, error: undefined }
    : { input, decision: undefined, error: result.error }
}

async function ask(
  rules: readonly CurationRule[],
  candidate: CurationCandidate,
  untilDropped: boolean,
): Promise<NamedOpinion[]> {
  const opinions: NamedOpinion[] = []
  for (const rule of rules) {
    const opinion = await opinionOf(rule, candidate)
    opinions.push(opinion)
    if (untilDropped && opinion.verdict === 'drop') break
  }
  return opinions
}

async function opinionOf(rule: CurationRule, candidate: CurationCandidate): Promise<NamedOpinion> {
  try {
    const { verdict, reason } = await rule.judge(candidate)
    return Object.freeze({ rule: rule.name, verdict, reason })
  } catch (error) {
    const reason = `the rule failed: ${String(error)}`
    return Object.freeze({ rule: rule.name, verdict: 'hold', reason })
  }
}

function conclude(opinions: readonly NamedOpinion[]): NamedOpinion {
  const against = (verdict: CurationVerdict): NamedOpinion | undefined =>
    opinions.find((opinion) => opinion.verdict === verdict)
  const kept = { rule: '', verdict: 'keep', reason: 'no rule is against it' } as const
  return against('drop') ?? against('hold') ?? Object.freeze(kept)
}
