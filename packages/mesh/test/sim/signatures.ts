import type { verifySignature } from '@bzzz/identity'

type Verify = typeof verifySignature

// Enough for one life; the next one has signatures of its own.
const KEPT = 5000

/** What a test makes of signatures. */
export const signatures = {
  /** A planted bug: whatever is said to be signed is believed. */
  areBelieved: false,
}

/**
 * Verifies as the system does, each signature once: of all nodes of a simulation each would verify the
 * same ones, and spend most of its time so.
 */
export function verifyingOnce(verify: Verify): Verify {
  const known = new Map<string, boolean>()
  return (did, bytes, signature) => {
    if (signatures.areBelieved) return true
    const name = `${did} ${latin1(signature)} ${latin1(bytes)}`
    const found = known.get(name)
    if (found !== undefined) return found
    const genuine = verify(did, bytes, signature)
    if (known.size >= KEPT) known.clear()
    known.set(name, genuine)
    return genuine
  }
}

function latin1({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('latin1')
}
