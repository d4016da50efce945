import { hash } from 'node:crypto'
import { canonicalBytes, type Identity } from '@bzzz/identity'
import { toInstant } from '@bzzz/temporal-nav'
import { z } from 'zod'
import { MeshError } from '../errors.ts'
import { decodeManifest, dhtKeyOf, type Manifest } from '../manifest.ts'
import { envelopeFields, seal, unseal } from '../messages/envelope.ts'

/** Manifests in one announcement, at most: as many as fit into a message of 16 KB. */
export const MAX_MANIFESTS = 28
/** How far an announcement may be from now, to both sides, in milliseconds. */
export const MAX_AGE_MS = 300_000

const TOPIC_PREFIX = '/ucxl/announce/1/'

const schema = z.strictObject({
  type: z.literal('announce'),
  manifests: z.array(z.record(z.string(), z.unknown())).min(1).max(MAX_MANIFESTS),
  ...envelopeFields,
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
  return seal({ type: 'announce', time: toInstant(now), manifests }, writer)
}

/**
 * Takes in an announcement from outside.
 *
 * @throws `ERR_MESH_PROTOCOL` where it is malformed, or not of the topic that it came by;
 *   `ERR_MESH_UNTRUSTED` where it was not signed by its writer; `ERR_MESH_MANIFEST` where a manifest in
 *   it is not its writer's.
 */
export function decodeAnnouncement(topic: string, bytes: Uint8Array): Announcement {
  const { writer, time, manifests } = unseal(bytes, schema, 'announcement')
  return { writer, time, manifests: manifests.map((one) => manifestOf(one, { topic, writer })) }
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
