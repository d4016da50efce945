/**
 * Why a link is broken: what is there is not what was cited.
 *
 * - `not-found`: there is no such context.
 * - `version-missing`: the context has no such version.
 * - `gone`: the version is a deletion.
 * - `content-differs`: the version has another content than the citation was pinned to.
 * - `content-forged`: the bytes that came are not those of the content id.
 * - `excerpt-not-found`: the cited passage does not stand in it.
 * - `address-differs`: it is a decision that says it is kept elsewhere.
 * - `signature-invalid`: it is a decision, and a proof of it is wrong.
 */
export type BrokenReason =
  | 'not-found'
  | 'version-missing'
  | 'gone'
  | 'content-differs'
  | 'content-forged'
  | 'excerpt-not-found'
  | 'address-differs'
  | 'signature-invalid'

/**
 * Why a link is neither verified nor broken.
 *
 * - `unpinned`: it says no version or no content, so nobody can tell whether it means this one.
 * - `unavailable`: the timeline cannot be asked from here.
 * - `content-unavailable`: the bytes cannot be had here.
 * - `not-text`: a passage was cited from what is no text.
 * - `not-readable`: it seems to be a decision, but is none that can be read.
 * - `unsigned`: it is a decision without a proof.
 * - `signature-unchecked`: it is a decision whose proofs nobody here could check.
 */
export type UnverifiedReason =
  | 'unpinned'
  | 'unavailable'
  | 'content-unavailable'
  | 'not-text'
  | 'not-readable'
  | 'unsigned'
  | 'signature-unchecked'

/** What a look at one link came to. */
export type LinkVerdict =
  | { readonly status: 'verified' }
  | { readonly status: 'unverified'; readonly reason: UnverifiedReason; readonly detail: string }
  | { readonly status: 'broken'; readonly reason: BrokenReason; readonly detail: string }

export const VERIFIED: LinkVerdict = Object.freeze({ status: 'verified' })

export function broken(reason: BrokenReason, detail: string): LinkVerdict {
  return Object.freeze({ status: 'broken', reason, detail })
}

export function unverified(reason: UnverifiedReason, detail: string): LinkVerdict {
  return Object.freeze({ status: 'unverified', reason, detail })
}
