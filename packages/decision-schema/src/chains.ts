/**
 * What decisions rest on: citations pinned and checked, chains followed up and down, exports verified
 * without a server. Runs in browsers.
 *
 * ```ts
 * import { verifyProofs } from '@bzzz/identity/browser'
 *
 * const { decision } = await pinCitations(draft, reader)
 * const chain = await why(decision.ucxl_address, reader, { verify: verifyProofs })
 * for (const { from, to, verdict } of chain.links) console.log(from, to, verdict.status)
 * ```
 *
 * @packageDocumentation
 */
export { pinCitations, type PinnedCitations } from './pin.ts'
export { findPath, whatWouldFall, why } from './why.ts'
export { createDecisionGraph, type DecisionGraph, type GraphEntry } from './graph.ts'
export { verifyExport } from './verify-export.ts'
export { exportContent, exportDecision } from './export-format.ts'
export { reportSignature } from './proof-verdict.ts'
export type { Chain, ChainCut, ChainLink, ChainNode, ChainOptions, ChainPath } from './chain.ts'
export type { BrokenReason, LinkVerdict, UnverifiedReason } from './verdict.ts'
export type { ExportedContent, ExportedDecision } from './export-format.ts'
export type {
  ExportedDecisionReport,
  ExportedLink,
  ExportProblem,
  ExportReport,
  VerifyExportOptions,
} from './export-report.ts'
export type { GraphWalk } from './graph-walk.ts'
export type { Bounds } from './bounds.ts'
export type { LoadOptions } from './loader.ts'
export type { ProofsReport, ProofVerifier, SignatureReport } from './proof-verdict.ts'

// For those who bring a reader of their own.
export type { ChainReader, CitationReader, FoundVersion, NoVersion } from './reader.ts'
export { matchExcerpt, textsOf, type ExcerptMatch } from './excerpt.ts'
