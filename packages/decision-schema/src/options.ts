import type { Decision, DecisionOption } from './decision.ts'

/**
 * What could have been chosen: the options, and behind them what has no place there, as options
 * without pros and cons: what was chosen, and the alternatives considered of the plain form.
 */
export function optionsOf({ options = [], chosen, justification }: Decision): DecisionOption[] {
  const named = new Set(options.map(({ name }) => name))
  const plain = [chosen, ...(justification?.alternatives_considered ?? [])]
  const more = new Set(
    plain.filter((name) => name !== undefined && name !== '' && !named.has(name)),
  )
  return [...options, ...[...more].map((name) => ({ name: name as string }))]
}
