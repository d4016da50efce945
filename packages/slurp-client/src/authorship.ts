import type { VersionRecord } from '@bzzz/context-store'
import type { Decision } from '@bzzz/decision-schema'
import type { Identity } from '@bzzz/identity'
import { verifyProofs } from '@bzzz/identity/proofs'
import { parse } from '@bzzz/ucxl-address'
import { PublishError } from './errors.ts'

/**
 * Holds a decision to its writer, as the service will: better now than as a dead letter.
 *
 * @throws `ERR_PUBLISH_AGENT`, `ERR_PUBLISH_SIGNER`
 */
export function assertOwn(identity: Identity, decision: Decision): void {
  const { agent } = parse(decision.ucxl_address)
  // Names in addresses are in lower case.
  if (decision.agent_id.toLowerCase() !== agent) {
    throw new PublishError(
      'ERR_PUBLISH_AGENT',
      `Expected an agent_id that is the agent of the address, such as ${agent}, got ${JSON.stringify(decision.agent_id)}`,
    )
  }
  if (decision.proof === undefined) return
  const { verified, signers, proofs } = verifyProofs(decision)
  if (!verified) {
    const wrong = proofs.find(({ status }) => status !== 'valid')
    const why = wrong && 'reason' in wrong ? wrong.reason : 'there is none'
    throw new PublishError(
      'ERR_PUBLISH_SIGNER',
      `Expected no proofs, or ones that all hold, got one where ${why}`,
    )
  }
  if (!signers.includes(identity.did)) {
    throw new PublishError(
      'ERR_PUBLISH_SIGNER',
      `Expected a proof by ${identity.did}, who publishes it, got proofs by ${signers.join(', ')}`,
    )
  }
}

/** @throws `ERR_PUBLISH_SIGNER` where the store signs with another key than the client. */
export function assertStoredBy(identity: Identity, { writer }: VersionRecord): void {
  if (writer === identity.did) return
  throw new PublishError(
    'ERR_PUBLISH_SIGNER',
    `Expected a store that was opened with the writer ${identity.did}, got one that signs as ${writer}`,
  )
}
