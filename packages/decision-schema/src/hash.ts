import { canonicalBytes } from './canonical.ts'
import { contentIdOf } from './content-id.ts'
import type { Decision } from './decision.ts'
import { sha256 } from './sha256.ts'

/**
 * The hash of what a decision says: `sha256:` and 64 hexadecimal digits, over the RFC 8785 bytes of
 * all of it but its proofs. So it stays the same when someone approves.
 */
export function decisionHash(decision: Decision): string {
  const { proof: _proof, ...said } = decision
  return `sha256:${hex(sha256(canonicalBytes(said)))}`
}

/** The form in which a decision is kept: its RFC 8785 bytes, proofs included. The caller owns them. */
export function decisionBytes(decision: Decision): Uint8Array {
  return canonicalBytes(decision)
}

/** The content id of {@link decisionBytes}: of this decision with these very proofs. */
export function decisionContentId(decision: Decision): string {
  return contentIdOf(decisionBytes(decision))
}

const PAIRS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Joined, and not added up: a text that grew by additions keeps all of its parts alive. */
function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => PAIRS[byte]).join('')
}
