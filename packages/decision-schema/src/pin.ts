import type { Citation, Decision } from './decision.ts'
import { checkCitation, type CitationCheck } from './check-citation.ts'
import { DecisionError, excerptOf, pointer, type DecisionErrorCode } from './errors.ts'
import { decisionHash } from './hash.ts'
import { createLoader, type LoadOptions } from './loader.ts'
import { mapBounded, PARALLEL } from './map-bounded.ts'
import { parseDecision } from './parse.ts'
import type { CitationReader } from './reader.ts'
import type { BrokenReason, LinkVerdict } from './verdict.ts'

/** What `pinCitations` gives. */
export interface PinnedCitations {
  /** The decision with its citations pinned. */
  readonly decision: Decision
  /** What a look at each of them came to, in their order: verified, or why not. */
  readonly verdicts: readonly LinkVerdict[]
}

/**
 * Pins each citation to the exact version that it means now, and checks that its passage stands
 * there: adds `version`, `content_id`, and `decision_hash` where it is a decision. A citation whose
 * version cannot be asked for here stays as it is, unverified.
 *
 * @throws {DecisionError} with the `path` of the citation: `ERR_CITATION_NOT_FOUND`,
 *   `ERR_CITATION_CHANGED`, `ERR_EXCERPT_NOT_FOUND`; `ERR_DECISION_SIGNATURE` where a cited decision
 *   has a proof that is wrong, or this one is signed already and would be changed.
 */
export async function pinCitations(
  decision: Decision,
  reader: CitationReader,
  options: LoadOptions = {},
): Promise<PinnedCitations> {
  const { citations = [] } = decision
  const loader = createLoader(reader, options)
  const checks = await mapBounded(citations, PARALLEL, (citation) =>
    checkCitation(citation, loader, true),
  )
  for (const [index, { verdict }] of checks.entries()) refuseBroken(verdict, index)
  const verdicts = checks.map(({ verdict }) => verdict)
  const pinned = citations.map((citation, index) => pin(citation, checks[index]))
  if (pinned.every((citation, index) => citation === citations[index]))
    return { decision, verdicts }
  if (decision.proof !== undefined) {
    const problem = {
      path: '/proof',
      expected: 'citations pinned before signing',
      received: 'a proof',
    }
    throw new DecisionError('ERR_DECISION_SIGNATURE', [problem])
  }
  return { decision: parseDecision({ ...decision, citations: pinned }), verdicts }
}

function pin(citation: Citation, check: CitationCheck | undefined): Citation {
  const version = check?.version
  if (version === undefined) return citation
  const { contentId, decision } = version
  const added = {
    version: version.version,
    content_id: contentId,
    ...(decision && { decision_hash: decisionHash(decision) }),
  }
  const known: Record<string, unknown> = citation
  const isNew = Object.entries(added).some(([name, value]) => known[name] !== value)
  return isNew ? { ...citation, ...added } : citation
}

const CODES: Record<BrokenReason, DecisionErrorCode> = {
  'not-found': 'ERR_CITATION_NOT_FOUND',
  'version-missing': 'ERR_CITATION_NOT_FOUND',
  gone: 'ERR_CITATION_NOT_FOUND',
  'content-differs': 'ERR_CITATION_CHANGED',
  'content-forged': 'ERR_CITATION_CHANGED',
  'address-differs': 'ERR_CITATION_CHANGED',
  'excerpt-not-found': 'ERR_EXCERPT_NOT_FOUND',
  'signature-invalid': 'ERR_DECISION_SIGNATURE',
}

const EXPECTED: Record<BrokenReason, string> = {
  'not-found': 'the address of a context that exists',
  'version-missing': 'a version that exists',
  gone: 'a version that was not deleted',
  'content-differs': 'the content that the citation is pinned to',
  'content-forged': 'the bytes of the content id',
  'address-differs': 'a decision that is kept where it is cited',
  'excerpt-not-found': 'a passage that stands in the cited version',
  'signature-invalid': 'a decision whose proofs hold',
}

function refuseBroken(verdict: LinkVerdict, index: number): void {
  if (verdict.status !== 'broken') return
  const { reason, detail } = verdict
  const path = pointer(['citations', index, ...(reason === 'excerpt-not-found' ? ['excerpt'] : [])])
  const problem = { path, expected: EXPECTED[reason], received: `${reason} (${shown(detail)})` }
  throw new DecisionError(CODES[reason], [problem])
}

/** In printable ASCII, and no quotation marks around it. */
function shown(detail: string): string {
  return detail.replaceAll(/[^ -~]/g, (unit) => excerptOf(unit).slice(1, -1))
}
