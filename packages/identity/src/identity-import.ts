import { createHmac, createPrivateKey, createSecretKey, type KeyObject } from 'node:crypto'
import { IdentityError } from './errors.ts'
import { identityFromSeed, identityOf, SEED_BYTES, type Identity } from './identity.ts'

const DERIVATION_LABEL = 'bzzz identity v1 #'
const MAX_DERIVED = 2 ** 32

/**
 * The identity of a private key from elsewhere: a seed of 32 bytes, the same in hexadecimal, or an
 * unencrypted PKCS #8 PEM (RFC 8410), such as `openssl genpkey -algorithm ed25519` writes.
 *
 * @throws `ERR_IDENTITY_KEY`, without a word of what was given.
 */
export function importIdentity(material: Uint8Array | string): Identity {
  if (typeof material !== 'string') return identityFromSeed(material)
  const text = material.trim()
  if (/^[0-9a-f]{64}$/i.test(text)) return identityFromSeed(Buffer.from(text, 'hex'))
  if (text.startsWith('-----BEGIN PRIVATE KEY-----')) return identityOf(privateKeyOf(text))
  throw refused(
    text.startsWith('-----BEGIN ENCRYPTED') ? 'a PEM that is encrypted' : 'something else',
  )
}

/**
 * `count` identities from one seed, for tests and bots: the same ones everywhere and always. Number
 * `i`, counted from `from` (0 if left out), has the seed
 * HKDF-SHA256(ikm = seed, salt = none, info = `bzzz identity v1 #` followed by `i` in decimal
 * digits, length = 32), RFC 5869.
 *
 * @throws `ERR_IDENTITY_KEY` where the seed has not 32 bytes, or a number is not below 2^32.
 */
export function identitiesFromSeed(
  seed: Uint8Array,
  count: number,
  options: { readonly from?: number } = {},
): Identity[] {
  const { from = 0 } = options
  if (seed.length !== SEED_BYTES) throw refused(`${seed.length} bytes`)
  if (![count, from].every(isNumber) || from + count > MAX_DERIVED) {
    throw new IdentityError(
      'ERR_IDENTITY_KEY',
      `Expected whole numbers of identities below 2^32, such as 1000, got ${count} from ${from}`,
    )
  }
  // RFC 5869, section 2: extracted once; one block of output is all that is needed of each.
  const extracted = createHmac('sha256', Buffer.alloc(32)).update(seed).digest()
  // A key object, since importing the key costs five times what using it does.
  const key = createSecretKey(extracted)
  extracted.fill(0)
  return Array.from({ length: count }, (_, place) => {
    const derived = createHmac('sha256', key)
      .update(`${DERIVATION_LABEL}${from + place}\u0001`)
      .digest()
    const identity = identityFromSeed(derived)
    derived.fill(0)
    return identity
  })
}

function isNumber(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}

function privateKeyOf(pem: string): KeyObject {
  let key: KeyObject | undefined
  try {
    key = createPrivateKey({ key: pem, format: 'pem' })
  } catch {
    // What OpenSSL says of it is no help, and its words are not ours to vouch for.
  }
  if (key?.asymmetricKeyType === 'ed25519') return key
  throw refused(key ? `a key of type ${key.asymmetricKeyType}` : 'a PEM that cannot be read')
}

function refused(what: string): IdentityError {
  return new IdentityError(
    'ERR_IDENTITY_KEY',
    `Expected an Ed25519 private key: ${SEED_BYTES} bytes, 64 hexadecimal digits or a PKCS #8 PEM that begins with -----BEGIN PRIVATE KEY-----, got ${what}`,
  )
}
