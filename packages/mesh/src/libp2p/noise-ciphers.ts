import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto'
import { Uint8ArrayList } from 'uint8arraylist'

export type Bytes = Uint8Array | Uint8ArrayList

/** ChaCha20-Poly1305 (RFC 8439) as Noise asks for it. */
export interface NoiseCiphers {
  readonly encrypt: (plaintext: Bytes, nonce: Uint8Array, ad: Uint8Array, k: Uint8Array) => Bytes
  /** Throws where it is not as it was encrypted. `dst` may be written over. */
  readonly decrypt: (
    ciphertext: Bytes,
    nonce: Uint8Array,
    ad: Uint8Array,
    k: Uint8Array,
    dst?: Uint8Array,
  ) => Bytes
}

const CHACHA20_POLY1305 = 'chacha20-poly1305'
const TAG_BYTES = 16
// Below it, what Noise takes for short messages (WebAssembly) is the faster one, also with keys at hand.
const SHORT_BYTES = 1200

/**
 * Ciphers that import each key once: by themselves Noise's do so for each message, which takes as long as
 * to encrypt 15 KB with it. Short messages are left to `short`.
 */
export function keepingKeys(short: NoiseCiphers): NoiseCiphers {
  const keys = new WeakMap<Uint8Array, KeyObject>()
  const keyOf = (bytes: Uint8Array): KeyObject => {
    const known = keys.get(bytes)
    if (known) return known
    const key = createSecretKey(bytes)
    keys.set(bytes, key)
    return key
  }
  return {
    encrypt: (plaintext, nonce, ad, k) => {
      if (plaintext.byteLength < SHORT_BYTES) return short.encrypt(plaintext, nonce, ad, k)
      const cipher = createCipheriv(CHACHA20_POLY1305, keyOf(k), nonce, {
        authTagLength: TAG_BYTES,
      })
      cipher.setAAD(ad, { plaintextLength: plaintext.byteLength })
      const output = new Uint8ArrayList()
      for (const piece of piecesOf(plaintext)) output.append(cipher.update(piece))
      // A stream cipher holds nothing back.
      cipher.final()
      output.append(cipher.getAuthTag())
      return output
    },
    decrypt: (ciphertext, nonce, ad, k, dst) => {
      if (ciphertext.byteLength < SHORT_BYTES) return short.decrypt(ciphertext, nonce, ad, k, dst)
      const end = ciphertext.byteLength - TAG_BYTES
      const decipher = createDecipheriv(CHACHA20_POLY1305, keyOf(k), nonce, {
        authTagLength: TAG_BYTES,
      })
      decipher.setAAD(ad, { plaintextLength: end })
      decipher.setAuthTag(ciphertext.subarray(end))
      const text =
        ciphertext instanceof Uint8Array ? ciphertext.subarray(0, end) : ciphertext.sublist(0, end)
      const output = new Uint8ArrayList()
      for (const piece of piecesOf(text)) output.append(decipher.update(piece))
      decipher.final()
      return output
    },
  }
}

function piecesOf(bytes: Bytes): Iterable<Uint8Array> {
  return bytes instanceof Uint8Array ? [bytes] : bytes
}
