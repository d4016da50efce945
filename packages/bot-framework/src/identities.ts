import { createHash } from 'node:crypto'
import { identitiesFromSeed, type Identity } from '@bzzz/identity'

/**
 * `count` identities of bots from one seed: the same ones everywhere and always, and number 7 is the same
 * in a batch of 10 as in one of 10,000. For tests only: who knows the seed has all the keys.
 *
 * @param options `from`: the number of the first one, for a batch that is made in parts; 0 if left out.
 * @throws `ERR_IDENTITY_KEY` where a number is not below 2^32.
 */
export function botIdentities(
  seed: string | number,
  count: number,
  options: { readonly from?: number } = {},
): Identity[] {
  const bytes = createHash('sha256').update(`bzzz bots v1 ${seed}`).digest()
  return identitiesFromSeed(bytes, count, options)
}
