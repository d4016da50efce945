/** In which ways a devnet can be broken on purpose. */
export const BREAKS = ['accepts-everything', 'refuses-everything'] as const
export type Break = (typeof BREAKS)[number]

/** What is then wrong with it. */
export function faultsOf(how: Break | undefined) {
  return {
    ...(how === 'accepts-everything' && { acceptsEverything: true }),
    ...(how === 'refuses-everything' && { refusesEverything: true }),
  }
}
