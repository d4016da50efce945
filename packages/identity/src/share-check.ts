import { isGenuine, ShareError, type ShareSet } from './share-set.ts'
import { bytesOf, isCommitted, nameOf, type Share } from './share.ts'

/**
 * The set that the shares are of, once all of them were found right: of one set, signed by the key
 * that they are to make, each one the share that was given out, none twice, and enough of them.
 */
export function requireShares(shares: readonly Share[], issuer: string | undefined): ShareSet {
  const [first] = shares
  if (!first) throw tooFew(0, undefined)
  const { set } = first
  // The signature is over the whole set: where it holds, an equal id and signature is the same set.
  const strangers = shares.filter(
    (share) => share.set.signature !== set.signature || share.set.id !== set.id,
  )
  if (strangers.length > 0) {
    throw mixed(strangers, `not of the same set as the share ${first.index} of ${first.member}`)
  }
  if (set.issuer !== issuer) throw mixed(shares, `of the key ${set.issuer}, and not of ${issuer}`)
  if (!isGenuine(set)) throw forged(shares, 'the set is not signed by the admin key')
  const again = shares.filter(
    ({ index }, place) => shares.findIndex((one) => one.index === index) !== place,
  )
  if (again.length > 0) throw mixed(again, 'there twice')
  const wrong = shares.filter((share) => !isCommitted(share.set, share.index, bytesOf(share)))
  if (wrong.length > 0) throw forged(wrong, 'another than was given out, or forgotten')
  if (shares.length < set.threshold) throw tooFew(shares.length, set)
  return set
}

function named(shares: readonly Share[]): string {
  return shares.map(({ set, index }) => `${index} of ${nameOf(set, index)}`).join(', ')
}

function mixed(shares: readonly Share[], what: string): ShareError {
  const message = `Shares that do not go together: ${named(shares)} ${shares.length > 1 ? 'are' : 'is'} ${what}`
  return new ShareError(
    'ERR_IDENTITY_SHARE_SET',
    message,
    shares.map(({ index }) => index),
  )
}

function forged(shares: readonly Share[], what: string): ShareError {
  const message = `Wrong shares, and nothing was combined: ${named(shares)}: ${what}`
  return new ShareError(
    'ERR_IDENTITY_SHARE',
    message,
    shares.map(({ index }) => index),
  )
}

function tooFew(count: number, set: ShareSet | undefined): ShareError {
  const message = `Expected at least ${set?.threshold ?? 2} shares, got ${count}`
  return new ShareError('ERR_IDENTITY_SHARE_COUNT', message, [])
}
