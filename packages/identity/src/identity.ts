import { createPrivateKey, createPublicKey, randomBytes, sign, type KeyObject } from 'node:crypto'
import { inspect } from 'node:util'
import { axAddressOf, dxAddressOf } from './chain-address.ts'
import { IdentityError } from './errors.ts'
import { didOf, peerIdOf, requirePublicKey } from './public-key.ts'

/** Bytes of an Ed25519 seed, the private key of RFC 8032. */
export const SEED_BYTES = 32

/**
 * A participant's key and the names that follow from it. Frozen; safe to print, to put into JSON and
 * to pass around: the private key can be used through it and read only by {@link exportSeed}.
 */
export interface Identity {
  /** The Ed25519 public key, 32 bytes. Not to be changed. */
  readonly publicKey: Uint8Array
  /** The same key as a `did:key`. */
  readonly did: string
  /** The same key as a libp2p peer id. */
  readonly peerId: string
  /** The same key as an address on the Alpha chain, `ax1…`. */
  readonly ax: string
  /** The same key as an address on the Delta chain, `dx1…`. */
  readonly dx: string
  /** False for a view-only identity, which knows no private key. */
  readonly canSign: boolean
  /** The Ed25519 signature of the bytes, 64 bytes. @throws `ERR_IDENTITY_VIEW_ONLY`. */
  sign(bytes: Uint8Array): Uint8Array
  /** As {@link sign}, beside the main thread: for who has several to make at once. */
  signAsync(bytes: Uint8Array): Promise<Uint8Array>
  /** Public parts only. */
  toJSON(): PublicIdentity
}

/** What JSON shows of an identity. */
export type PublicIdentity = Pick<Identity, 'did' | 'peerId' | 'ax' | 'dx' | 'canSign'>

// RFC 8410: the fixed head of a PKCS #8 Ed25519 private key; the seed follows.
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex')

class KeyIdentity implements Identity {
  readonly publicKey: Uint8Array
  // The names are of a copy that nobody else holds, and made when they are asked for: in a batch of
  // thousands most never are.
  readonly #key: Uint8Array
  readonly #privateKey: KeyObject | undefined
  #did: string | undefined
  #peerId: string | undefined
  #ax: string | undefined
  #dx: string | undefined

  constructor(publicKey: Uint8Array, privateKey?: KeyObject) {
    this.publicKey = publicKey
    this.#key = publicKey.slice()
    this.#privateKey = privateKey
    Object.freeze(this)
  }

  get did(): string {
    return (this.#did ??= didOf(this.#key))
  }

  get peerId(): string {
    return (this.#peerId ??= peerIdOf(this.#key))
  }

  get ax(): string {
    return (this.#ax ??= axAddressOf(this.#key))
  }

  get dx(): string {
    return (this.#dx ??= dxAddressOf(this.#key))
  }

  get canSign(): boolean {
    return this.#privateKey !== undefined
  }

  sign(bytes: Uint8Array): Uint8Array {
    return sign(null, bytes, this.#required())
  }

  async signAsync(bytes: Uint8Array): Promise<Uint8Array> {
    const key = this.#required()
    return new Promise((resolve, reject) => {
      sign(null, bytes, key, (error, signature) => (error ? reject(error) : resolve(signature)))
    })
  }

  static seedOf(identity: KeyIdentity): Uint8Array {
    // As bytes and not as a JWK, whose text would lie about in memory and cannot be overwritten.
    const whole = identity.#required().export({ format: 'der', type: 'pkcs8' })
    const seed = Uint8Array.from(whole.subarray(PKCS8_HEAD.length))
    whole.fill(0)
    return seed
  }

  toJSON(): PublicIdentity {
    const { did, peerId, ax, dx, canSign } = this
    return { did, peerId, ax, dx, canSign }
  }

  [inspect.custom](): string {
    return `Identity(${this.did}${this.canSign ? '' : ', view-only'})`
  }

  #required(): KeyObject {
    if (this.#privateKey) return this.#privateKey
    throw new IdentityError(
      'ERR_IDENTITY_VIEW_ONLY',
      `${this.did} is view-only: its private key is not here, so it can neither sign nor be exported`,
    )
  }
}

/**
 * A new identity.
 *
 * @param random gives that many random bytes; the system's cryptographic source if left out.
 */
export function generateIdentity(random: (bytes: number) => Uint8Array = randomBytes): Identity {
  return identityFromSeed(random(SEED_BYTES))
}

/** The identity of a seed: the same seed gives the same identity everywhere. The seed is copied. */
export function identityFromSeed(seed: Uint8Array): Identity {
  if (seed.length !== SEED_BYTES) {
    throw new IdentityError(
      'ERR_IDENTITY_KEY',
      `Expected a seed of ${SEED_BYTES} bytes, got ${seed.length}`,
    )
  }
  const key = Buffer.concat([PKCS8_HEAD, seed])
  const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' })
  key.fill(0)
  return identityOf(privateKey)
}

/** The identity of a private key that Node holds already. */
export function identityOf(privateKey: KeyObject): Identity {
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' })
  return new KeyIdentity(Uint8Array.from(Buffer.from(x ?? '', 'base64url')), privateKey)
}

/** An identity without its private key: it has all the names, and signing is a typed error. */
export function viewOnlyIdentity(publicKey: Uint8Array): Identity {
  return new KeyIdentity(Uint8Array.from(requirePublicKey(publicKey)))
}

/**
 * The private key of an identity, 32 bytes. The caller owns them, and keeps them secret.
 *
 * @throws `ERR_IDENTITY_VIEW_ONLY`; `ERR_IDENTITY_KEY` for an identity that this package did not make.
 */
export function exportSeed(identity: Identity): Uint8Array {
  if (identity instanceof KeyIdentity) return KeyIdentity.seedOf(identity)
  throw new IdentityError(
    'ERR_IDENTITY_KEY',
    'The private key of a foreign identity cannot be read',
  )
}
