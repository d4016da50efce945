import { contentIdOf } from '../src/content-id.ts'
import { decisionContentId, parseDecision, type Decision } from '../src/index.ts'
import type { ChainReader, FoundVersion } from '../src/chains.ts'

export const CONTENT_ID = 'bafkreidwslb22nkaxoadyaqlhlxgntmiq4jdenhkbrxhcq6avxlt75br5u'

/** The address of a decision of the tests, of this version, or the newest. */
export function address(name: string, version?: number): string {
  const token = version === undefined ? '*^' : version === 1 ? '*~' : `*~${version}`
  return `ucxl://claude:architect@shop:checkout/${token}/decisions/${name}.json`
}

export function key(name: string): string {
  return `claude:architect@shop:checkout/decisions/${name}.json`
}

let made = 0

/** A decision by its name, which cites others. */
export function decision(name: string, fields: Record<string, unknown> = {}): Decision {
  const id = `01987654-3210-7abc-8def-${String(++made).padStart(12, '0')}`
  return parseDecision({
    decision_id: id,
    ucxl_address: address(name),
    timestamp: '2025-08-01T12:30:00Z',
    agent_id: 'claude',
    decision_type: 'policy',
    title: name,
    ...fields,
  })
}

/** A citation of the newest version. */
export function floating(name: string, fields: Record<string, unknown> = {}): object {
  return { type: 'justified_by', ucxl_address: address(name), ...fields }
}

/** A citation pinned to a version of a decision. */
export function pinned(cited: Decision, version = 1, fields: Record<string, unknown> = {}): object {
  const at = { version, content_id: decisionContentId(cited) }
  return { type: 'justified_by', ucxl_address: cited.ucxl_address, ...at, ...fields }
}

/** Every proof is good: for tests that are about something else. */
export const trusting = (): { proofs: { status: 'valid' }[]; signers: string[] } => ({
  proofs: [{ status: 'valid' }],
  signers: ['did:key:z6Mktest'],
})

/** A decision with a proof that {@link trusting} takes. */
export function signed(name: string, fields: Record<string, unknown> = {}): Decision {
  return decision(name, { proof: { type: 'DataIntegrityProof' }, ...fields })
}

/** A reader of a single text, at the key of `plan`. */
export function textReader(
  text: string | Uint8Array,
  found: Partial<FoundVersion> = {},
): ChainReader {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text
  const version = {
    found: true,
    key: key('plan'),
    version: 3,
    time: 0,
    contentId: contentIdOf(bytes),
  }
  return {
    resolve: async () => ({ ...version, ...found }) as FoundVersion,
    read: async () => text,
    citedBy: async () => [],
  }
}
