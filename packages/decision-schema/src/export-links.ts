import { keyOf, parse } from '@bzzz/ucxl-address'
import { citedAddress, versionAddress } from './check-citation.ts'
import type { ContentDesk } from './content-desk.ts'
import type { Citation } from './decision.ts'
import { excerptOf } from './errors.ts'
import { matchExcerpt, normalizeSpace, textsOf } from './excerpt.ts'
import type { SignatureReport } from './proof-verdict.ts'
import { broken, unverified, VERIFIED, type LinkVerdict } from './verdict.ts'

/** What is kept of an exported decision. */
export interface ExportedFacts {
  readonly line: number
  readonly address: string
  readonly key: string
  readonly version: number
  readonly contentId: string
  readonly decisionId: string
  readonly hash: string
  readonly signature: SignatureReport
  readonly links: readonly OpenLink[]
  verdict: LinkVerdict
}

/** What is kept of a citation until all lines were read. */
export interface OpenLink {
  readonly index: number
  readonly to: string
  readonly key: string
  readonly version: number | undefined
  readonly contentId: string | undefined
  readonly hash: string | undefined
  verdict: LinkVerdict
}

/** Opens a link, which is judged as soon as the content comes that it is pinned to. */
export function openLink(citation: Citation, index: number, desk: ContentDesk): OpenLink {
  const { ucxl_address: to, version, content_id: contentId, decision_hash: hash } = citation
  const key = keyOf(parse(to))
  const link: OpenLink = {
    index,
    to,
    key,
    version,
    contentId,
    hash,
    verdict: judgeAbsent(citation),
  }
  if (version === undefined || contentId === undefined) return link
  const excerpt = normalizeSpace(citation.excerpt ?? '')
  desk.ask(contentId, excerpt.length, (text) => {
    link.verdict = judgeText(contentId, excerpt, text)
  })
  return link
}

function judgeAbsent(citation: Citation): LinkVerdict {
  const { version, content_id: contentId, decision_hash: hash } = citation
  if (version === undefined || (contentId ?? hash) === undefined) {
    const missing = version === undefined ? 'version' : 'content_id'
    return unverified('unpinned', `It has no ${missing}: what it means can change.`)
  }
  return unverified('content-unavailable', `The export does not carry ${citedAddress(citation)}.`)
}

function judgeText(contentId: string, excerpt: string, text: string | undefined): LinkVerdict {
  if (excerpt === '') return VERIFIED
  if (text === undefined) {
    return unverified(
      'content-unavailable',
      `There was no room to keep ${contentId}, or the passage.`,
    )
  }
  const match = matchExcerpt(textsOf(text), excerpt)
  if (match.found) return VERIFIED
  const nearest = JSON.stringify(match.nearest)
  return broken('excerpt-not-found', `No ${excerptOf(excerpt)}; what comes nearest is ${nearest}.`)
}

/** All decisions of an export, by the address of their version and by their newest. */
export interface ExportedDecisions {
  readonly byAddress: ReadonlyMap<string, ExportedFacts>
  readonly newest: ReadonlyMap<string, ExportedFacts>
}

/** The exported decision that a link leads to; a floating one leads to the newest. */
export function targetOf(link: OpenLink, decisions: ExportedDecisions): ExportedFacts | undefined {
  if (link.version === undefined) return decisions.newest.get(link.key)
  return decisions.byAddress.get(versionAddress(link.key, link.version))
}

/** The verdict once it is known which decisions the export has, and what became of them. */
export function judgeLink(link: OpenLink, decisions: ExportedDecisions): LinkVerdict {
  const target = targetOf(link, decisions)
  if (link.verdict.status === 'broken' || target === undefined || link.version === undefined) {
    return link.verdict
  }
  if (link.contentId !== undefined && link.contentId !== target.contentId) {
    return broken('content-differs', `Expected ${link.contentId}, got ${target.contentId}.`)
  }
  if (link.hash !== undefined && link.hash !== target.hash) {
    return broken('content-differs', `Expected ${link.hash}, got ${target.hash}.`)
  }
  if (target.verdict.status === 'broken') return target.verdict
  const reason = target.signature.reason ?? 'its proofs were not checked'
  switch (target.signature.status) {
    case 'invalid':
      return broken('signature-invalid', reason)
    case 'unsigned':
      return unverified('unsigned', reason)
    case 'unchecked':
      return unverified('signature-unchecked', reason)
    case 'valid':
      break
  }
  // Pinned by hash alone: the decision is here, and it is the one.
  const pinnedByHash = link.contentId === undefined && link.hash !== undefined
  return pinnedByHash ? VERIFIED : link.verdict
}
