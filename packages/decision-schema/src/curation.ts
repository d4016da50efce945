/**
 * What is worth keeping: rules that tell decisions from chatter, and say why.
 *
 * ```ts
 * const curator = createCurator([...defaultRules({ verify: verifyProofs }), holdIncidents])
 * const { verdict, rule, reason } = await curator.judge(candidate)
 * ```
 *
 * @packageDocumentation
 */
export { createCurator } from './curator.ts'
export { defaultRules } from './curation-rules.ts'
export type {
  CurationCandidate,
  CurationExplanation,
  CurationOpinion,
  CurationRule,
  CurationVerdict,
  Curator,
  NamedOpinion,
} from './curator.ts'
export type { DefaultRulesInit } from './curation-rules.ts'
