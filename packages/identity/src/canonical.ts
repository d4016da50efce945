import canonicalize from 'canonicalize'
import { IdentityError } from './errors.ts'

const encoder = new TextEncoder()

/**
 * The canonical text of a JSON value (RFC 8785, JCS): the same value gives the same text everywhere.
 *
 * @throws `ERR_IDENTITY_CANONICAL` for what JSON cannot carry faithfully: NaN, infinities, lone
 *   surrogates, cycles, `undefined` on its own.
 */
export function canonicalText(value: unknown): string {
  let text: string | undefined
  try {
    text = canonicalize(value)
  } catch (cause) {
    throw new IdentityError('ERR_IDENTITY_CANONICAL', `No canonical form: ${String(cause)}`, {
      cause,
    })
  }
  if (text === undefined) {
    throw new IdentityError(
      'ERR_IDENTITY_CANONICAL',
      `No canonical form: ${typeof value} is not JSON`,
    )
  }
  return text
}

/** {@link canonicalText} in UTF-8: what is hashed and signed. The caller owns the bytes. */
export function canonicalBytes(value: unknown): Uint8Array {
  return encoder.encode(canonicalText(value))
}
