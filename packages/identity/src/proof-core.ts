import { base58btc } from 'multiformats/bases/base58'
import { canonicalBytes, canonicalText } from './canonical.ts'
import { IdentityError } from './errors.ts'
import { publicKeyOfDid } from './public-key.ts'

/** A Data Integrity proof, as it stands in a document. */
export interface Proof {
  readonly type: 'DataIntegrityProof'
  readonly cryptosuite: string
  /** XML Schema date-time. */
  readonly created?: string
  readonly expires?: string
  /** `did:key:z6Mk…#z6Mk…` */
  readonly verificationMethod: string
  /** What the signer meant by it: `assertionMethod`, `authentication`, … */
  readonly proofPurpose: string
  readonly domain?: string
  readonly challenge?: string
  /** The signature in base58btc, with its `z`. */
  readonly proofValue: string
  readonly [name: string]: unknown
}

/** What a proof in a document is worth. */
export type ProofVerdict =
  | { readonly status: 'valid'; readonly did: string; readonly proof: Proof }
  /** `code` is ERR_IDENTITY_SIGNATURE, _PROOF, _EXPIRED, _NOT_YET_VALID or _REPLAYED. */
  | {
      readonly status: 'invalid'
      readonly code: IdentityError['code']
      readonly reason: string
      readonly proof: unknown
    }
  /** A kind of proof that this package cannot check: neither good nor bad. */
  | { readonly status: 'unsupported'; readonly reason: string; readonly proof: unknown }

/** What is found out about all proofs of a document. */
export interface ProofsResult {
  /** True where there is a proof, and every one is valid. */
  readonly verified: boolean
  /** One verdict for each, in the order of the document. */
  readonly proofs: readonly ProofVerdict[]
  /** The `did:key` of each valid proof. */
  readonly signers: readonly string[]
}

/** What a proof has to say for itself, besides a signature that holds. */
export interface ProofExpectations {
  readonly purpose?: string
  /** Where the proof was meant to be used; another domain is a replay. */
  readonly domain?: string
  /** What the verifier asked the signer to repeat; another challenge is a replay. */
  readonly challenge?: string
  /** Milliseconds since 1970: a proof that has expired, or is not created yet, is invalid. */
  readonly at?: number
}

/** How the two entries, for Node and for browsers, hash and verify. */
export interface ProofPrimitives {
  sha256(bytes: Uint8Array): Uint8Array
  verifySignature(did: string, bytes: Uint8Array, signature: Uint8Array): boolean
}

/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>

export const CRYPTOSUITE = 'eddsa-jcs-2022'
const MAX_PROOFS = 64
// 64 bytes are at most 88 characters of base58, and the `z`.
const MAX_PROOF_VALUE = 89
const DATE_TIME = /^-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?$/

/** The bytes that are signed: vc-di-eddsa, section 3.3.4, "Hashing (eddsa-jcs-2022)". */
export function proofBytes(
  document: JsonObject,
  config: JsonObject,
  { sha256 }: Pick<ProofPrimitives, 'sha256'>,
): Uint8Array {
  const bytes = new Uint8Array(64)
  bytes.set(sha256(canonicalBytes(config)))
  bytes.set(sha256(canonicalBytes(document)), 32)
  return bytes
}

/** A document's proofs as a list, and the rest of it. @throws `ERR_IDENTITY_PROOF` for too many. */
export function splitProofs(document: JsonObject): { proofs: unknown[]; rest: JsonObject } {
  const { proof, ...rest } = document
  const proofs: unknown[] = proof === undefined ? [] : Array.isArray(proof) ? proof : [proof]
  if (proofs.length <= MAX_PROOFS) return { proofs, rest }
  throw new IdentityError(
    'ERR_IDENTITY_PROOF',
    `Expected at most ${MAX_PROOFS} proofs on a document, got ${proofs.length}`,
  )
}

/** Milliseconds since 1970 of an XML Schema date-time (UTC where it has no zone); NaN for others. */
export function instantOf(text: unknown): number {
  if (typeof text !== 'string' || !DATE_TIME.test(text)) return Number.NaN
  return Date.parse(/(?:Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`)
}

/** Checks one proof of a document whose other members are `rest`. */
export function checkProof(
  rest: JsonObject,
  proof: unknown,
  expected: ProofExpectations,
  primitives: ProofPrimitives,
): ProofVerdict {
  if (!isObject(proof)) return invalid(proof, 'ERR_IDENTITY_PROOF', 'it is no object')
  const unsupported = whyUnsupported(proof)
  if (unsupported) return Object.freeze({ status: 'unsupported', reason: unsupported, proof })
  const { proofValue, ...config } = proof
  const did = didOfMethod(config['verificationMethod'])
  const signature = decodeProofValue(proofValue)
  if (did === undefined || signature === undefined || typeof config['proofPurpose'] !== 'string') {
    const reason = 'it has no did:key#key as its method, no purpose, or no base58btc signature'
    return invalid(proof, 'ERR_IDENTITY_PROOF', reason)
  }
  const document = inContext(rest, config)
  if (!document) return invalid(proof, 'ERR_IDENTITY_PROOF', 'it was made in another @context')
  const unmet = unmetBy(config, expected)
  if (unmet) return invalid(proof, ...unmet)
  const bytes = proofBytes(document, config, primitives)
  if (!primitives.verifySignature(did, bytes, signature)) {
    return invalid(proof, 'ERR_IDENTITY_SIGNATURE', 'the signature does not hold for the document')
  }
  return Object.freeze({ status: 'valid', did, proof: proof as Proof })
}

function whyUnsupported(proof: JsonObject): string | undefined {
  if (proof['type'] !== 'DataIntegrityProof') return `its type is ${shown(proof['type'])}`
  if (proof['cryptosuite'] !== CRYPTOSUITE) return `its suite is ${shown(proof['cryptosuite'])}`
  return proof['previousProof'] === undefined ? undefined : 'it rests on a previousProof'
}

function unmetBy(
  config: JsonObject,
  { purpose, domain, challenge, at }: ProofExpectations,
): [code: IdentityError['code'], reason: string] | undefined {
  const created = instantOf(config['created'])
  const expires = instantOf(config['expires'])
  if (Number.isNaN(created) && config['created'] !== undefined)
    return ['ERR_IDENTITY_PROOF', 'its created is no date-time']
  if (Number.isNaN(expires) && config['expires'] !== undefined)
    return ['ERR_IDENTITY_PROOF', 'its expires is no date-time']
  if (purpose !== undefined && config['proofPurpose'] !== purpose)
    return ['ERR_IDENTITY_PROOF', `its purpose is not ${purpose}`]
  if (domain !== undefined && config['domain'] !== domain)
    return ['ERR_IDENTITY_REPLAYED', 'it was made for another domain']
  if (challenge !== undefined && config['challenge'] !== challenge)
    return ['ERR_IDENTITY_REPLAYED', 'it answers another challenge']
  if (at !== undefined && at >= expires) return ['ERR_IDENTITY_EXPIRED', 'it has expired']
  if (at !== undefined && at < created)
    return ['ERR_IDENTITY_NOT_YET_VALID', 'it was created later than now']
  return undefined
}

/** vc-di-eddsa, section 3.3.2, step 4; undefined where the contexts do not fit. */
function inContext(rest: JsonObject, config: JsonObject): JsonObject | undefined {
  const context = config['@context']
  if (context === undefined) return rest
  const wanted = listOf(context)
  const present = listOf(rest['@context'])
  const fits = wanted.every(
    (item, place) =>
      place < present.length && canonicalText(item) === canonicalText(present[place]),
  )
  return fits ? { ...rest, '@context': context } : undefined
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value]
}

function didOfMethod(method: unknown): string | undefined {
  if (typeof method !== 'string' || method.length > 128) return undefined
  const [did = '', key] = method.split('#')
  if (method !== `${did}#${key}` || did !== `did:key:${key}`) return undefined
  try {
    publicKeyOfDid(did)
    return did
  } catch {
    return undefined
  }
}

function decodeProofValue(value: unknown): Uint8Array | undefined {
  if (typeof value !== 'string' || value.length > MAX_PROOF_VALUE) return undefined
  try {
    const bytes = base58btc.decode(value)
    return bytes.length === 64 ? bytes : undefined
  } catch {
    return undefined
  }
}

function invalid(proof: unknown, code: IdentityError['code'], reason: string): ProofVerdict {
  return Object.freeze({ status: 'invalid', code, reason, proof })
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 64)) : typeof value
}
