/** In which ways a target can be broken on purpose, to see a run fail. */
export const BREAKS = ['accepts-everything', 'refuses-everything'] as const
export type Break = (typeof BREAKS)[number]

/** What is then wrong with a devnet. */
export function faultsOf(how: Break | undefined) {
  return {
    ...(how === 'accepts-everything' && { acceptsEverything: true }),
    ...(how === 'refuses-everything' && { refusesEverything: true }),
  }
}
