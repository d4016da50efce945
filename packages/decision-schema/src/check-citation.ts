import { keyOf, parse } from '@bzzz/ucxl-address'
import type { Citation } from './decision.ts'
import { excerptOf } from './errors.ts'
import { matchExcerpt, normalizeSpace } from './excerpt.ts'
import { decisionHash } from './hash.ts'
import type { LoadedVersion, Loader } from './loader.ts'
import type { NoVersion } from './reader.ts'
import { broken, unverified, VERIFIED, type LinkVerdict } from './verdict.ts'

/** What a look at one citation came to. */
export interface CitationCheck {
  readonly verdict: LinkVerdict
  /** The version that is cited; undefined where there is none, or none that can be told. */
  readonly version: LoadedVersion | undefined
}

/** The address that a citation means: its exact version where it is pinned. */
export function citedAddress({ ucxl_address: address, version }: Citation): string {
  if (version === undefined) return parse(address).toString()
  return versionAddress(keyOf(parse(address)), version)
}

/** The address of one version of a context, as `format` writes it. */
export function versionAddress(key: string, version: number): string {
  const slash = key.indexOf('/')
  const path = key.length === slash + 1 ? '' : key.slice(slash)
  return `ucxl://${key.slice(0, slash)}/*~${version === 1 ? '' : version}${path}`
}

/**
 * Looks at what a citation cites.
 *
 * @param assumePinned to judge a citation as if it were pinned to the version that it means now
 */
export async function checkCitation(
  citation: Citation,
  loader: Loader,
  assumePinned = false,
): Promise<CitationCheck> {
  const version = await loader.load(citedAddress(citation))
  if (!version.found) return { verdict: judgeMissing(citation, version), version: undefined }
  const verdict =
    judgeContent(citation, version) ??
    (await judgeExcerpt(citation, version, loader)) ??
    judgeDecision(version) ??
    (assumePinned ? undefined : judgePin(citation)) ??
    VERIFIED
  return { verdict, version }
}

function judgeMissing(citation: Citation, { reason, message }: NoVersion): LinkVerdict {
  const detail = message ?? `${citedAddress(citation)}: ${reason}`
  switch (reason) {
    case 'unavailable':
      return unverified('unavailable', detail)
    case 'out-of-range':
      return broken('version-missing', detail)
    case 'gone':
    case 'not-found':
      return broken(reason, detail)
  }
}

function judgeContent(citation: Citation, version: LoadedVersion): LinkVerdict | undefined {
  const { content_id: contentId, decision_hash: hash } = citation
  const { content, decision } = version
  if (contentId !== undefined && contentId !== version.contentId) {
    return broken('content-differs', `Expected ${contentId}, got ${version.contentId}.`)
  }
  if (content === 'forged') {
    return broken('content-forged', `The bytes that came are not those of ${version.contentId}.`)
  }
  if (content === 'unavailable') {
    return unverified('content-unavailable', `${version.contentId} cannot be had here.`)
  }
  if (hash === undefined || decision === undefined) return undefined
  const actual = decisionHash(decision)
  return hash === actual ? undefined : broken('content-differs', `Expected ${hash}, got ${actual}.`)
}

async function judgeExcerpt(
  { excerpt = '' }: Citation,
  version: LoadedVersion,
  loader: Loader,
): Promise<LinkVerdict | undefined> {
  if (normalizeSpace(excerpt) === '') return undefined
  const texts = await loader.textsIn(version)
  if (texts === undefined) {
    return unverified('not-text', `${version.contentId} is no text, so no passage is in it.`)
  }
  const match = matchExcerpt(texts, excerpt)
  if (match.found) return undefined
  const nearest = JSON.stringify(match.nearest)
  return broken('excerpt-not-found', `No ${excerptOf(excerpt)}; what comes nearest is ${nearest}.`)
}

function judgeDecision(version: LoadedVersion): LinkVerdict | undefined {
  const { decision, signature, unreadable, elsewhere } = version
  if (unreadable !== undefined) return unverified('not-readable', unreadable)
  if (elsewhere) return broken('address-differs', `It says it is ${decision?.ucxl_address ?? ''}.`)
  const reason = signature?.reason ?? 'its proofs were not checked'
  switch (signature?.status) {
    case 'invalid':
      return broken('signature-invalid', reason)
    case 'unsigned':
      return unverified('unsigned', reason)
    case 'unchecked':
      return unverified('signature-unchecked', reason)
    case 'valid':
    case undefined:
      return undefined
  }
}

function judgePin(citation: Citation): LinkVerdict | undefined {
  const { version, content_id: contentId, decision_hash: hash } = citation
  if (version !== undefined && (contentId !== undefined || hash !== undefined)) return undefined
  const missing = version === undefined ? 'version' : 'content_id'
  return unverified('unpinned', `It has no ${missing}: what it means can change.`)
}
