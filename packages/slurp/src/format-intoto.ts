import { hash } from 'node:crypto'
import { decisionBytes } from '@bzzz/decision-schema'
import { canonicalText, verifySignature, type Identity } from '@bzzz/identity'
import { SlurpError } from './errors.ts'
import type { DecisionRecord } from './format-record.ts'

const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1'
const PREDICATE_TYPE = 'urn:bzzz:slurp:decision:1'
const PAYLOAD_TYPE = 'application/vnd.in-toto+json'

/** An in-toto Statement, version 1, about one version of a decision. */
export interface Statement {
  readonly _type: typeof STATEMENT_TYPE
  readonly subject: readonly [
    { readonly name: string; readonly digest: { readonly sha256: string } },
  ]
  readonly predicateType: typeof PREDICATE_TYPE
  readonly predicate: Readonly<Record<string, unknown>>
}

/** A DSSE envelope, version 1. */
export interface Envelope {
  readonly payloadType: string
  /** Base64. */
  readonly payload: string
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[]
}

/** The subject is what is kept at the address: the RFC 8785 bytes of the decision, proofs included. */
export function toStatement({ decision, address, version, contentId }: DecisionRecord): Statement {
  const sha256 = hash('sha256', decisionBytes(decision), 'hex')
  return {
    _type: STATEMENT_TYPE,
    subject: [{ name: address, digest: { sha256 } }],
    predicateType: PREDICATE_TYPE,
    predicate: { address, version, content_id: contentId, decision },
  }
}

/**
 * The statement in an envelope, signed with Ed25519; `keyid` is the signer's `did:key`. It says that
 * the signer holds this version: who decided is in the proofs of the decision itself.
 *
 * @throws `ERR_IDENTITY_VIEW_ONLY` where the identity has no private key
 */
export function toEnvelope(record: DecisionRecord, signer: Identity): Envelope {
  const payload = Buffer.from(canonicalText(toStatement(record)))
  const signature = signer.sign(preAuthEncoding(PAYLOAD_TYPE, payload))
  return {
    payloadType: PAYLOAD_TYPE,
    payload: payload.toString('base64'),
    signatures: [{ keyid: signer.did, sig: Buffer.from(signature).toString('base64') }],
  }
}

/**
 * What an envelope says, and the `did:key` of those whose signatures hold; there is at least one.
 *
 * @throws SlurpError `ERR_SLURP_SIGNATURE` where none holds, or it is no envelope of a statement
 */
export function openEnvelope(envelope: Envelope): {
  readonly statement: Statement
  readonly signers: readonly string[]
} {
  const { payloadType, payload, signatures } = envelope
  const bytes = Buffer.from(payload, 'base64')
  const signed = preAuthEncoding(payloadType, bytes)
  const signers = signatures
    .filter(({ keyid, sig }) => isGenuine(keyid, signed, sig))
    .map(({ keyid }) => keyid)
  if (payloadType !== PAYLOAD_TYPE || signers.length === 0) {
    throw new SlurpError(
      'ERR_SLURP_SIGNATURE',
      `Expected an envelope of ${PAYLOAD_TYPE} with a signature that holds, got one of ${payloadType.slice(0, 100)} with ${signers.length}`,
    )
  }
  return { statement: readStatement(bytes), signers }
}

function readStatement(bytes: Buffer): Statement {
  let value: unknown
  try {
    value = JSON.parse(bytes.toString())
  } catch (cause) {
    throw new SlurpError('ERR_SLURP_SIGNATURE', 'Expected a statement, got no JSON', { cause })
  }
  const { _type: type } = (value ?? {}) as Partial<Statement>
  if (type === STATEMENT_TYPE) return value as Statement
  throw new SlurpError(
    'ERR_SLURP_SIGNATURE',
    `Expected a statement of ${STATEMENT_TYPE}, got one of ${String(type).slice(0, 100)}`,
  )
}

/** PAE of the DSSE protocol, 1.0: what is signed. */
export function preAuthEncoding(type: string, payload: Uint8Array): Uint8Array {
  const head = `DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `
  return Buffer.concat([Buffer.from(head), payload])
}

function isGenuine(did: string, signed: Uint8Array, signature: string): boolean {
  try {
    return verifySignature(did, signed, Buffer.from(signature, 'base64'))
  } catch {
    // It is no did:key, so nobody can tell whose it is.
    return false
  }
}
