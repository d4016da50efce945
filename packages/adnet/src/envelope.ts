import {
  canonicalBytes,
  parseChainAddress,
  verifySignature,
  didOf,
  viewOnlyIdentity,
  type Identity,
} from '@bzzz/identity'
import { z } from 'zod'
import { address } from './values.ts'

/** Which network, and so which of a key's two addresses. */
export type Network = 'alpha' | 'delta'

/** Who signs an operation: it stands in the body as `auth`. */
export const envelope = z.strictObject({
  from: address,
  /** The Ed25519 key whose hash the address is, in hexadecimal. */
  publicKey: z.string().regex(/^[0-9a-f]{64}$/),
  /** Above all that this account used before. */
  nonce: z.int().positive(),
  signature: z.string().regex(/^[0-9a-f]{128}$/),
})
export type Envelope = z.infer<typeof envelope>

/** What is signed: the operation with all that is in its path and body, as it is on the wire. */
export interface Signed {
  readonly network: Network
  readonly operation: string
  readonly nonce: number
  readonly input: Readonly<Record<string, unknown>>
}

/** The address of a key on a network. */
function addressOf(identity: Pick<Identity, 'ax' | 'dx'>, network: Network): string {
  return network === 'alpha' ? identity.ax : identity.dx
}

/** Signs an operation. @throws `ERR_IDENTITY_VIEW_ONLY`. */
export function sign(identity: Identity, signed: Signed): Envelope {
  const from = addressOf(identity, signed.network)
  return {
    from,
    publicKey: Buffer.from(identity.publicKey).toString('hex'),
    nonce: signed.nonce,
    signature: Buffer.from(identity.sign(bytesOf(from, signed))).toString('hex'),
  }
}

/** Why an envelope is not to be believed; undefined where it is. Whether the nonce is new is another question. */
export function flawOf(given: Envelope, signed: Signed): string | undefined {
  const publicKey = Buffer.from(given.publicKey, 'hex')
  try {
    parseChainAddress(given.from)
    if (addressOf(viewOnlyIdentity(publicKey), signed.network) !== given.from) {
      return 'the address is not that of the key'
    }
    const signature = Buffer.from(given.signature, 'hex')
    const isGood = verifySignature(didOf(publicKey), bytesOf(given.from, signed), signature)
    return isGood ? undefined : 'the signature is not of this operation by this key'
  } catch (error) {
    return (error as Error).message
  }
}

function bytesOf(from: string, { network, operation, nonce, input }: Signed): Uint8Array {
  return canonicalBytes({ from, input, network, nonce, operation })
}
