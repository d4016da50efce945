import { keyOf, parse } from '@bzzz/ucxl-address'
import type { Decision } from './decision.ts'
import { pointer } from './errors.ts'
import { optionsOf } from './options.ts'

/**
 * What a decision can be and still is valid, though somebody should look at it.
 *
 * - `unjustified`: it cites nothing and names no alternative.
 * - `no-reasoning`: it does not say why.
 * - `no-title`: a list has nothing to show.
 * - `chosen-unknown`: what was chosen is not among the options.
 * - `chosen-missing`: it is accepted and has options, but does not say which was chosen.
 * - `option-twice`: two options have one name.
 * - `validity-reversed`: it ends to hold before it begins to.
 * - `supersedes-itself`: it takes its own place.
 * - `cites-itself`: it rests on itself.
 * - `citation-twice`: one version is cited twice in the same way, with the same passage.
 * - `citation-unpinned`: a citation says no version, so that what it means can change.
 * - `unsigned`: it has no proof.
 */
export type DecisionWarningCode =
  | 'unjustified'
  | 'no-reasoning'
  | 'no-title'
  | 'chosen-unknown'
  | 'chosen-missing'
  | 'option-twice'
  | 'validity-reversed'
  | 'supersedes-itself'
  | 'cites-itself'
  | 'citation-twice'
  | 'citation-unpinned'
  | 'unsigned'

export interface DecisionWarning {
  readonly code: DecisionWarningCode
  /** Where: a JSON pointer; `''` is the whole. */
  readonly path: string
  /** What to look at, in words. */
  readonly message: string
}

type Warn = (code: DecisionWarningCode, path: readonly PropertyKey[], message: string) => void

/** What in a valid decision somebody should look at, in the order of its fields. */
export function reviewDecision(decision: Decision): DecisionWarning[] {
  const warnings: DecisionWarning[] = []
  const warn: Warn = (code, path, message) => {
    warnings.push(Object.freeze({ code, path: pointer(path), message }))
  }
  reviewReasons(decision, warn)
  reviewOptions(decision, warn)
  reviewTimes(decision, warn)
  reviewLinks(decision, warn)
  if (decision.proof === undefined) warn('unsigned', [], 'It has no proof of who wrote it.')
  return warnings
}

function reviewReasons(decision: Decision, warn: Warn): void {
  const { title, summary, justification, citations = [], chosen } = decision
  const alternatives = optionsOf(decision).filter(({ name }) => name !== chosen)
  if (citations.length === 0 && alternatives.length === 0) {
    warn('unjustified', [], 'It cites nothing and names no alternative.')
  }
  if (!justification?.reasoning?.trim()) {
    warn('no-reasoning', ['justification'], 'It does not say why.')
  }
  if (!title?.trim() && !summary?.trim()) warn('no-title', [], 'A list has nothing to show.')
}

function reviewOptions(decision: Decision, warn: Warn): void {
  const { chosen, options = [], status } = decision
  const names = options.map(({ name }) => name)
  for (const [index, name] of names.entries()) {
    if (names.indexOf(name) < index) {
      warn('option-twice', ['options', index], `There is another option ${JSON.stringify(name)}.`)
    }
  }
  if (names.length === 0) return
  if (chosen && !names.includes(chosen)) {
    warn('chosen-unknown', ['chosen'], `${JSON.stringify(chosen)} is not among the options.`)
  }
  if (!chosen && status === 'accepted') {
    warn('chosen-missing', [], 'It is accepted, but does not say which option was chosen.')
  }
}

function reviewTimes({ valid_from: from, valid_to: to }: Decision, warn: Warn): void {
  if (from === undefined || to === undefined) return
  // Both to the millisecond: what is finer is cut off by every clock that is asked here.
  if (Date.parse(to) <= Date.parse(from)) {
    warn('validity-reversed', ['valid_to'], `It holds until ${to}, but only from ${from}.`)
  }
}

function reviewLinks(decision: Decision, warn: Warn): void {
  const own = keyOf(parse(decision.ucxl_address))
  const isOwn = (address: string): boolean => keyOf(parse(address)) === own
  for (const [index, address] of (decision.supersedes ?? []).entries()) {
    // An older version of itself is what a new version always takes the place of.
    if (isOwn(address)) warn('supersedes-itself', ['supersedes', index], 'It takes its own place.')
  }
  const seen = new Set<string>()
  for (const [index, citation] of (decision.citations ?? []).entries()) {
    const { type, ucxl_address: address, version, excerpt } = citation
    const path = ['citations', index]
    const { kind } = parse(address).temporal
    if (isOwn(address) && version === undefined && kind === 'latest') {
      warn('cites-itself', path, 'It rests on itself.')
    }
    const place = version ?? parse(address).toString().split('/')[3]
    const same = JSON.stringify([type, keyOf(parse(address)), place, excerpt])
    if (seen.has(same)) warn('citation-twice', path, 'It is the same as one before it.')
    seen.add(same)
    if (version === undefined || citation.content_id === undefined) {
      warn('citation-unpinned', path, 'It says no version: what it means can change.')
    }
  }
}
