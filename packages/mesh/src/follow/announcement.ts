import { hash } from 'node:crypto'
import { canonicalBytes, verifySignature, type Identity } from '@bzzz/identity'
import { toInstant } from '@bzzz/temporal-nav'
import { z } from 'zod'
import { MeshError } from '../errors.ts'
import { decodeManifest, dhtKeyOf, type Manifest } from '../manifest.ts'

/** Manifests in one announcement, at most: as many as fit into a message of 16 KB. */
export const MAX_MANIFESTS = 28
/** How far an announcement may be from now, to both sides, in milliseconds. */
export const MAX_AGE_MS = 300_000

const TOPIC_PREFIX = '/ucxl/announce/1/'

const schema = z.strictObject({
  type: z.literal('announce'),
  writer: z.string().max(64),
  time: z.iso.datetime().max(24),
  manifests: z.array(z.record(z.string(), z.unknown())).min(1).max(MAX_MANIFESTS),
  signature: z.string().regex(/^[\w-]{86}$/),
})

/** What a node tells all that follow a project: the new states of collections that it writes. */
export interface Announcement {
  /** `did:key` of who wrote the manifests and signed the announcement. */
  readonly writer: string
  /** When it was signed: RFC 3339 in UTC. */
  readonly time: string
  readonly manifests: readonly Manifest[]
}

/** The topic of a project. Its name is not told to those who do not know it. */
export function topicOf(project: string): string {
  return `${TOPIC_PREFIX}${hash('sha256', project)}`
}

/** True for the topic of some project. */
export function isProjectTopic(topic: string): boolean {
  return topic.startsWith(TOPIC_PREFIX) && /^[0-9a-f]{64}$/.test(topic.slice(TOPIC_PREFIX.length))
}

/** The project of a collection, `agent@project`. */
export function projectOf(collection: string): string {
  return collection.slice(collection.indexOf('@') + 1)
}

/** Signs an announcement, as it is sent. `now` is in milliseconds since 1970. */
export function encodeAnnouncement(
  manifests: readonly Manifest[],
  { writer, now }: { readonly writer: Identity; readonly now: number },
): Uint8Array {
  const body = { type: 'announce', writer: writer.did, time: toInstant(now), manifests }
  const signature = Buffer.from(writer.sign(canonicalBytes(body))).toString('base64url')
  return canonicalBytes({ ...body, signature })
}

/**
 * Takes in an announcement from outside.
 *
 * @throws `ERR_MESH_PROTOCOL` where it is malformed, or not of the topic that it came by;
 *   `ERR_MESH_MANIFEST` where it, or a manifest in it, is not its writer's.
 */
export function decodeAnnouncement(topic: string, bytes: Uint8Array): Announcement {
  const { signature, ...body } = parse(bytes)
  // With more than one way to write it, one could be sent again and again as something new.
  if (!Buffer.from(canonicalBytes({ ...body, signature })).equals(bytes))
    throw new MeshError('ERR_MESH_PROTOCOL', 'Expected an announcement as RFC 8785 writes it')
  let genuine = false
  try {
    const signed = Buffer.from(signature, 'base64url')
    genuine = verifySignature(body.writer, canonicalBytes(body), signed)
  } catch (cause) {
    throw new MeshError('ERR_MESH_MANIFEST', 'The writer of the announcement is no did:key', {
      cause,
    })
  }
  if (!genuine)
    throw new MeshError('ERR_MESH_MANIFEST', `The announcement was not signed by ${body.writer}`)
  const manifests = body.manifests.map((one) => manifestOf(one, { topic, writer: body.writer }))
  return { writer: body.writer, time: body.time, manifests }
}

function manifestOf(
  value: Readonly<Record<string, unknown>>,
  { topic, writer }: { readonly topic: string; readonly writer: string },
): Manifest {
  const manifest = decodeManifest(dhtKeyOf(String(value['collection'])), canonicalBytes(value))
  if (manifest.writer !== writer)
    throw new MeshError('ERR_MESH_MANIFEST', `${writer} announced a manifest of ${manifest.writer}`)
  if (topicOf(projectOf(manifest.collection)) !== topic)
    throw new MeshError('ERR_MESH_PROTOCOL', `${manifest.collection} is of another topic`)
  return manifest
}

function parse(bytes: Uint8Array): z.infer<typeof schema> {
  try {
    return schema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
  } catch (cause) {
    throw new MeshError('ERR_MESH_PROTOCOL', 'Expected an announcement, got something else', {
      cause,
    })
  }
}
