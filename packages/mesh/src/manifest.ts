import { hash } from 'node:crypto'
import { contentIdOf } from '@bzzz/context-store'
import type { RecordRules } from '@bzzz/dht'
import {
  canonicalBytes,
  peerIdOf,
  publicKeyOfDid,
  verifySignature,
  type Identity,
} from '@bzzz/identity'
import { toInstant } from '@bzzz/temporal-nav'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import { MeshError } from './errors.ts'

/** The largest manifest, in bytes. */
const MAX_MANIFEST_BYTES = 4096
/** Manifests that are known to be genuine, of which no signature is checked again: some 1 MB. */
const MAX_KNOWN = 1000

const manifestSchema = z.strictObject({
  collection: z
    .string()
    .max(127)
    .regex(/^[a-z0-9][a-z0-9._-]*@[a-z0-9][a-z0-9._-]*$/),
  writer: z.string().max(64),
  sequence: z.int().min(1),
  timelines: z.int().min(0),
  heads: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  erased: z.int().min(1).optional(),
  time: z.iso.datetime().max(24),
  signature: z.string().regex(/^[\w-]{86}$/),
})

/**
 * A writer's signed statement of the state of a collection, which is all that one agent wrote in one
 * project. It stands in the DHT; what it speaks of does not.
 */
export interface Manifest {
  /** `agent@project`. */
  readonly collection: string
  /** `did:key` of who signed it. */
  readonly writer: string
  /** Counts the manifests of the collection: the higher one is the newer one. */
  readonly sequence: number
  /** How many timelines there are. */
  readonly timelines: number
  /** Digest of the set of their heads: {@link headsDigest}. */
  readonly heads: string
  /** How many redactions of it there are, of which the heads say nothing; left out where there are none. */
  readonly erased?: number | undefined
  /** When it was signed: RFC 3339 in UTC. */
  readonly time: string
  /** Ed25519 over the RFC 8785 bytes of all the rest, in base64url without padding. */
  readonly signature: string
}

export { collectionOf } from '@bzzz/context-store'

/** The newest version of one timeline, by the id of its record. */
export interface Head {
  readonly key: string
  readonly version: number
  readonly id: string
}

/** The peer id of who signed a manifest. */
export function originOf({ writer }: Manifest): string {
  return peerIdOf(publicKeyOfDid(writer))
}

/** The DHT key of a collection, under which its manifest stands and its providers are found. */
export function dhtKeyOf(collection: string): string {
  return `/ucxl/${hash('sha256', collection)}`
}

/**
 * The digest of a set of heads: SHA-256 over a line `["key",version,"id"]` for each, in the order of
 * their keys, each line ended by a newline. A record's id covers its whole timeline, so equal digests
 * mean equal histories.
 */
export function headsDigest(heads: readonly Head[]): string {
  const lines = heads
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ key, version, id }) => `${JSON.stringify([key, version, id])}\n`)
  return `sha256:${hash('sha256', lines.join(''))}`
}

/** Signs the state of a collection. `now` is in milliseconds since 1970. */
export function signManifest(
  state: {
    collection: string
    sequence: number
    heads: readonly Head[]
    now: number
    erased?: number
  },
  writer: Identity,
): Manifest {
  const body = {
    collection: state.collection,
    writer: writer.did,
    sequence: state.sequence,
    timelines: state.heads.length,
    heads: headsDigest(state.heads),
    ...(state.erased && { erased: state.erased }),
    time: toInstant(state.now),
  }
  const signature = Buffer.from(writer.sign(canonicalBytes(body))).toString('base64url')
  return { ...body, signature }
}

/** A manifest as it stands in the DHT. */
export function encodeManifest(manifest: Manifest): Uint8Array {
  return canonicalBytes(manifest)
}

/**
 * Takes in a manifest from outside.
 *
 * @throws `ERR_MESH_MANIFEST` where it is malformed, is not its writer's, or stands under a key that
 *   is not its collection's.
 */
export function decodeManifest(key: string, value: Uint8Array): Manifest {
  const manifest = parse(value)
  const { signature, ...body } = manifest
  let genuine = false
  try {
    genuine = verifySignature(
      manifest.writer,
      canonicalBytes(body),
      Buffer.from(signature, 'base64url'),
    )
  } catch (cause) {
    throw new MeshError('ERR_MESH_MANIFEST', 'The writer of the manifest is no did:key', { cause })
  }
  if (!genuine) {
    throw new MeshError('ERR_MESH_MANIFEST', `The manifest was not signed by ${manifest.writer}`)
  }
  if (dhtKeyOf(manifest.collection) !== key) {
    throw new MeshError(
      'ERR_MESH_MANIFEST',
      `The manifest of ${manifest.collection} stands under another key`,
    )
  }
  return manifest
}

/**
 * The rules of the namespace `/ucxl/`: signed manifests, the highest sequence is the best.
 *
 * @param assertMayAnnounce throws where its writer may not announce the collection; anybody may if
 *   left out.
 */
export function manifestRules(
  assertMayAnnounce: (manifest: Manifest) => void = () => {},
): RecordRules {
  // A put and a get meet the same manifest again and again, at each step and from each peer.
  const genuine = new LRUCache<string, Manifest>({ max: MAX_KNOWN })
  return {
    maxBytes: MAX_MANIFEST_BYTES,
    validate(key, value) {
      const place = `${key} ${contentIdOf(value)}`
      let manifest = genuine.get(place)
      if (!manifest) {
        manifest = decodeManifest(key, value)
        genuine.set(place, manifest)
      }
      // Who may announce what changes.
      assertMayAnnounce(manifest)
    },
    select: selectManifest,
  }
}

function selectManifest(_key: string, values: readonly Uint8Array[]): number {
  let best = 0
  for (let place = 1; place < values.length; place++) {
    if (isBetter(values[place], values[best])) best = place
  }
  return best
}

/** Higher sequence, then later time, then smaller content id: the same choice on every node. */
function isBetter(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  if (!a || !b || Buffer.compare(a, b) === 0) return false
  const [one, other] = [parse(a), parse(b)]
  if (one.sequence !== other.sequence) return one.sequence > other.sequence
  const later = Date.parse(one.time) - Date.parse(other.time)
  return later === 0 ? contentIdOf(a) < contentIdOf(b) : later > 0
}

function parse(value: Uint8Array): Manifest {
  try {
    return manifestSchema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(value)))
  } catch (cause) {
    throw new MeshError('ERR_MESH_MANIFEST', 'Expected a signed manifest, got something else', {
      cause,
    })
  }
}
