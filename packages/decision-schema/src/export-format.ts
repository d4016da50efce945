import { keyOf, parse } from '@bzzz/ucxl-address'
import { canonicalBytes } from './canonical.ts'
import { versionAddress } from './check-citation.ts'
import { contentIdOf } from './content-id.ts'
import type { Decision } from './decision.ts'

// An export is NDJSON: JSON texts, one to a line, in any order. Lines of other types are passed over.

/** A version of a decision. */
export interface ExportedDecision {
  readonly type: 'decision'
  /** Of this very version: `ucxl://…/*~3/…`. */
  readonly address: string
  readonly version: number
  /** Content id of the RFC 8785 bytes of `node`, or of a content in the same export that says it. */
  readonly content_id: string
  readonly node: Decision
}

/** Bytes that decisions cite, as text. */
export interface ExportedContent {
  readonly type: 'content'
  /** Content id of the UTF-8 bytes of `text`. */
  readonly id: string
  readonly text: string
}

const decoder = new TextDecoder()
const encoder = new TextEncoder()

/** The line of a decision, without a line feed. */
export function exportDecision(decision: Decision, version: number): string {
  const bytes = canonicalBytes(decision)
  const address = versionAddress(keyOf(parse(decision.ucxl_address)), version)
  const head = { type: 'decision', address, version, content_id: contentIdOf(bytes) }
  return `${JSON.stringify(head).slice(0, -1)},"node":${decoder.decode(bytes)}}`
}

/** The line of a content, without a line feed. */
export function exportContent(text: string): string {
  return JSON.stringify({ type: 'content', id: contentIdOf(encoder.encode(text)), text })
}
