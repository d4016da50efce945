import { createPrivateKey, createPublicKey, hkdfSync } from 'node:crypto'
import { bech32 } from '@scure/base'
import { IdentityError } from './errors.ts'
import { exportSeed, type Identity } from './identity.ts'

const LABEL = 'bzzz age-x25519 v1'
// RFC 8410: the fixed head of a PKCS #8 X25519 private key.
const PKCS8_HEAD = Buffer.from('302e020100300506032b656e04220420', 'hex')

// Both are computed once for each identity that is asked: wrapping for members asks again and again.
const recipients = new WeakMap<Identity, string>()

/**
 * The age recipient (`age1…`) of an identity, so that one key file is enough: others encrypt to it,
 * and {@link openSealed} reads it. Its X25519 private key is HKDF-SHA256(ikm = Ed25519 seed,
 * salt = none, info = `bzzz age-x25519 v1`, length = 32).
 *
 * @throws `ERR_IDENTITY_VIEW_ONLY`: it cannot be told from a public key, so members publish theirs.
 */
export function recipientOf(identity: Identity): string {
  let recipient = recipients.get(identity)
  if (recipient === undefined) {
    const secret = x25519Of(identity)
    const key = Buffer.concat([PKCS8_HEAD, secret])
    const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' })
    secret.fill(0)
    key.fill(0)
    const { x } = createPublicKey(privateKey).export({ format: 'jwk' })
    recipient = bech32.encodeFromBytes('age', Buffer.from(x ?? '', 'base64url'))
    recipients.set(identity, recipient)
  }
  return recipient
}

/** True for an X25519 recipient of age, `age1…`. */
export function isRecipient(text: string): boolean {
  if (text.length !== 62 || !text.startsWith('age1')) return false
  const decoded = bech32.decodeUnsafe(text)
  return decoded !== undefined && bech32.fromWordsUnsafe(decoded.words)?.length === 32
}

/** Encrypts bytes to recipients with age. @throws `ERR_IDENTITY_ADDRESS` for a recipient that is none. */
export async function sealTo(to: readonly string[], bytes: Uint8Array): Promise<Uint8Array> {
  // Loaded by who encrypts: most programs that check signatures never do.
  const { Encrypter } = await import('age-encryption')
  const encrypter = new Encrypter()
  for (const recipient of new Set(to)) {
    if (!isRecipient(recipient)) {
      throw new IdentityError(
        'ERR_IDENTITY_ADDRESS',
        `Expected an age recipient such as age1…, got ${JSON.stringify(recipient.slice(0, 80))}`,
      )
    }
    encrypter.addRecipient(recipient)
  }
  return encrypter.encrypt(bytes)
}

/** Decrypts what was encrypted to the identity; undefined where it was not, or is damaged. */
export async function openSealed(
  identity: Identity,
  sealed: Uint8Array,
): Promise<Uint8Array | undefined> {
  const secret = x25519Of(identity)
  const { Decrypter } = await import('age-encryption')
  const decrypter = new Decrypter()
  decrypter.addIdentity(bech32.encodeFromBytes('AGE-SECRET-KEY-', secret).toUpperCase())
  secret.fill(0)
  try {
    return await decrypter.decrypt(sealed)
  } catch {
    // Not for this identity, or damaged: age does not tell the two apart in every case either.
    return undefined
  }
}

function x25519Of(identity: Identity): Buffer {
  const seed = exportSeed(identity)
  const secret = Buffer.from(hkdfSync('sha256', seed, new Uint8Array(0), LABEL, 32))
  seed.fill(0)
  return secret
}
