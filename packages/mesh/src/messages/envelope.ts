import { canonicalBytes, verifySignature, type Identity } from '@bzzz/identity'
import { z } from 'zod'
import { MeshError } from '../errors.ts'

/** What is signed of everything that is gossiped. */
export const envelopeFields = {
  /** `did:key` of who signed it. */
  writer: z.string().max(64),
  /** When: RFC 3339 in UTC. */
  time: z.iso.datetime().max(24),
  /** Ed25519 over the canonical bytes (RFC 8785) of all else, in base64url. */
  signature: z.string().regex(/^[\w-]{86}$/),
} as const

interface Envelope {
  readonly writer: string
  readonly signature: string
}

/** Signs a message, as it is sent. */
export function seal(body: Readonly<Record<string, unknown>>, writer: Identity): Uint8Array {
  const signed = { ...body, writer: writer.did }
  const signature = Buffer.from(writer.sign(canonicalBytes(signed))).toString('base64url')
  return canonicalBytes({ ...signed, signature })
}

/**
 * Reads a message from outside.
 *
 * @param what names it, for errors, such as `announcement`.
 * @throws `ERR_MESH_PROTOCOL` where it is malformed; `ERR_MESH_UNTRUSTED` where it was not signed by who
 *   stands in it.
 */
export function unseal<Content extends Envelope>(
  bytes: Uint8Array,
  schema: z.ZodType<Content>,
  what: string,
): Omit<Content, 'signature'> {
  const { signature, ...body } = parse(bytes, schema, what)
  // With more than one way to write it, one could be sent again and again as something new.
  if (!Buffer.from(canonicalBytes({ ...body, signature })).equals(bytes))
    throw new MeshError('ERR_MESH_PROTOCOL', `Expected an ${what} as RFC 8785 writes it`)
  let genuine = false
  try {
    const signed = Buffer.from(signature, 'base64url')
    genuine = verifySignature(body.writer, canonicalBytes(body), signed)
  } catch (cause) {
    throw new MeshError('ERR_MESH_UNTRUSTED', `The writer of the ${what} is no did:key`, { cause })
  }
  if (!genuine)
    throw new MeshError('ERR_MESH_UNTRUSTED', `The ${what} was not signed by ${body.writer}`)
  return body
}

function parse<Content>(bytes: Uint8Array, schema: z.ZodType<Content>, what: string): Content {
  try {
    return schema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
  } catch (cause) {
    throw new MeshError('ERR_MESH_PROTOCOL', `Expected an ${what}, got something else`, { cause })
  }
}
