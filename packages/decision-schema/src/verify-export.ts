import { keyOf, parse } from '@bzzz/ucxl-address'
import { canonicalBytes } from './canonical.ts'
import { ContentDesk } from './content-desk.ts'
import { contentIdOf } from './content-id.ts'
import { findCycles } from './cycles.ts'
import type { Decision } from './decision.ts'
import { judgeLink, openLink, targetOf, type ExportedFacts } from './export-links.ts'
import { readExportLine, type ExportLine } from './export-line.ts'
import type {
  ExportedDecisionReport,
  ExportProblem,
  ExportReport,
  VerifyExportOptions,
} from './export-report.ts'
import { decisionHash } from './hash.ts'
import { safeParseDecision } from './parse.ts'
import { reportSignature } from './proof-verdict.ts'
import { broken, VERIFIED, type LinkVerdict } from './verdict.ts'

const MAX_LINE = 16 * 1024 * 1024
const MAX_KEPT = 32 * 1024 * 1024
const MAX_DECISIONS = 1_000_000
const TOLD_PROBLEMS = 1000

const decoder = new TextDecoder()

/**
 * Checks an export without a server: each decision against its schema, its content id and its
 * proofs, and each citation against what it is pinned to, as far as the export carries it. One pass,
 * in any order of lines. Of contents no more than `maxKept` is kept; of a decision what the report
 * and its links need, about 2 KB with one citation and twice that at the end.
 *
 * It does not prove that a version stood at its address when it says so: that is what the signed
 * records of the store are for.
 *
 * @param lines NDJSON, a line each, as `exportDecision` and `exportContent` write them
 * @throws the signal's reason, or what `lines` throws; what is wrong with a line is in the report
 */
export async function verifyExport(
  lines: AsyncIterable<string>,
  options: VerifyExportOptions,
): Promise<ExportReport> {
  const { verify, signal, maxLine = MAX_LINE, maxKept = MAX_KEPT } = options
  const { maxDecisions = MAX_DECISIONS } = options
  const desk = new ContentDesk(maxKept)
  const byAddress = new Map<string, ExportedFacts>()
  const newest = new Map<string, ExportedFacts>()
  const problems: ExportProblem[] = []
  const counts = { lines: 0, decisions: 0, contents: 0, others: 0, problems: 0 }

  function complain(message: string): void {
    counts.problems++
    if (problems.length < TOLD_PROBLEMS) problems.push({ line: counts.lines, message })
  }

  async function take(line: ExportLine): Promise<void> {
    if (line.type === 'problem') complain(line.message)
    else if (line.type === 'other') counts.others++
    else if (line.type === 'content') {
      counts.contents++
      desk.put(line.id, line.text)
    } else if (byAddress.has(line.address)) complain(`${line.address} stands here twice.`)
    else if (counts.decisions >= maxDecisions)
      complain(`Expected at most ${maxDecisions} decisions.`)
    else {
      counts.decisions++
      const signature = await reportSignature(line.decision, verify)
      const facts = open(line, counts.lines, signature, desk)
      byAddress.set(facts.address, facts)
      const known = newest.get(facts.key)
      if (known === undefined || known.version < facts.version) newest.set(facts.key, facts)
    }
  }

  for await (const text of lines) {
    signal?.throwIfAborted()
    counts.lines++
    if (text.trim() !== '') await take(readExportLine(text, maxLine))
  }

  const found = { byAddress, newest }
  const decisions = [...byAddress.values()].map((facts) => ({
    ...reportOf(facts),
    links: facts.links.map((link) => {
      const { index, to } = link
      return Object.freeze({ index, to, verdict: judgeLink(link, found) })
    }),
  }))
  const edges = [...byAddress.values()].flatMap(({ address: from, links }) =>
    links.flatMap((link) => {
      const target = targetOf(link, found)
      return target ? [{ from, to: target.address }] : []
    }),
  )
  const cycles = findCycles([...byAddress.keys()], edges)
  return conclude(decisions, { problems, cycles, counts })
}

function open(
  line: ExportLine & { type: 'decision' },
  number: number,
  signature: ExportedFacts['signature'],
  desk: ContentDesk,
): ExportedFacts {
  const { address, key, version, contentId, decision } = line
  const bytes = canonicalBytes(decision)
  const own = contentIdOf(bytes)
  const links = (decision.citations ?? []).map((citation, index) => openLink(citation, index, desk))
  const facts: ExportedFacts = {
    line: number,
    address,
    key,
    version,
    contentId,
    decisionId: decision.decision_id,
    hash: decisionHash(decision),
    signature,
    links,
    verdict: judgeSelf(key, contentId, own, decision),
  }
  if (own === contentId) desk.put(own, decoder.decode(bytes))
  else {
    // It may be kept in other bytes that say the same, if the export has them.
    desk.ask(contentId, 0, (text) => {
      const said = safeParseDecision(text ?? '')
      if (!said.success || contentIdOf(canonicalBytes(said.decision)) !== own) return
      facts.verdict = judgeSelf(key, own, own, decision)
    })
  }
  return facts
}

function judgeSelf(key: string, contentId: string, own: string, decision: Decision): LinkVerdict {
  if (keyOf(parse(decision.ucxl_address)) !== key) {
    return broken('address-differs', `It says it is ${decision.ucxl_address}.`)
  }
  if (contentId === own) return VERIFIED
  return broken('content-differs', `Expected ${contentId}, got ${own}.`)
}

function reportOf(facts: ExportedFacts): Omit<ExportedDecisionReport, 'links'> {
  const { line, address, decisionId, hash, verdict, signature } = facts
  return { line, address, decisionId, hash, verdict, signature }
}

function conclude(
  decisions: readonly ExportedDecisionReport[],
  rest: Pick<ExportReport, 'problems' | 'cycles'> & {
    counts: Omit<ExportReport['counts'], 'links'>
  },
): ExportReport {
  const links = { verified: 0, unverified: 0, broken: 0 }
  for (const link of decisions.flatMap((decision) => decision.links)) links[link.verdict.status]++
  const isBroken = decisions.some(
    ({ verdict, signature }) => verdict.status === 'broken' || signature.status === 'invalid',
  )
  const isOpen = decisions.some(({ signature }) => signature.status !== 'valid')
  const status =
    isBroken || links.broken > 0
      ? 'broken'
      : isOpen || links.unverified > 0 || rest.counts.problems > 0
        ? 'unverified'
        : 'verified'
  return Object.freeze({ status, decisions, ...rest, counts: { ...rest.counts, links } })
}
