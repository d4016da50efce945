import { z } from 'zod'
import { MeshError } from './errors.ts'
import { instanceSchema } from './instances.ts'
import { lengthOf, piecesOf, wholeOf, type Parts } from './parts.ts'
import { reconcileRequests, reconcileResponses } from './reconcile/messages.ts'

/** The protocol between two nodes; its version is part of its name. */
export const SYNC_PROTOCOL = '/ucxl/sync/1'
/** The longest message, in bytes: a chunk of content, or a page of records, with room to spare. */
export const MAX_MESSAGE_BYTES = 1024 * 1024
/** Bytes of content in one message, at most. */
export const CHUNK_BYTES = 256 * 1024
/** Bytes of records in one message: a page ends when it has reached this. */
export const RECORDS_BYTES = 256 * 1024
/** Records or heads in one message, at most. */
export const PAGE_ITEMS = 500

/** Providers of a facet in one message, at most. */
export const PROVIDERS_ITEMS = 64

/** Redactions in one message, at most. */
const REDACTIONS_ITEMS = 100

/** Statements of the cluster in one message, at most. */
export const STATEMENTS_ITEMS = 100

// A JSON head, its length before it in 4 bytes (big-endian), and the bytes of content after it.
const HEAD_LENGTH_BYTES = 4

const key = z.string().min(1).max(2048)
const version = z.int().min(0).max(999_999_999)
const id = z.int().min(0).max(Number.MAX_SAFE_INTEGER)
const contentId = z.string().max(64)
const heads = z.array(z.tuple([key, version, contentId])).max(PAGE_ITEMS)

// Each statement is checked by the view that takes it in.
const statements = z.array(z.unknown()).max(PAGE_ITEMS)
const clusterHello = z.object({
  cluster: z.string().max(64),
  digest: z.string().max(64),
  statements,
})

const word = z.string().max(64)
const about = z.object({
  kind: z.string().max(32).optional(),
  roles: z.array(word).max(16).optional(),
  capabilities: z.array(word).max(32).optional(),
  projects: z.array(word).max(64).optional(),
  version: word.optional(),
})
// Fields that a node does not know it passes over: a hello can grow.
const hello = z.object({
  id,
  type: z.literal('hello'),
  protocol: z.int(),
  member: clusterHello.optional(),
  about: about.optional(),
  instance: instanceSchema.optional(),
  asks: instanceSchema.shape.id.optional(),
  twice: z.string().max(1024).optional(),
  proof: z.string().max(1024).optional(),
})

const requestSchema = z.discriminatedUnion('type', [
  hello,
  z.object({ id, type: z.literal('statements'), after: id, statements }),
  z.object({
    id,
    type: z.literal('heads'),
    collection: z.string().max(127),
    after: z.string().max(2048),
  }),
  z.object({
    id,
    type: z.literal('list'),
    pattern: z.string().max(2048),
    after: z.string().max(2048),
  }),
  z.object({ id, type: z.literal('providers'), facet: z.string().max(256) }),
  z.object({ id, type: z.literal('hold'), heads }),
  z.object({ id, type: z.literal('timeline'), key, after: version }),
  z.object({ id, type: z.literal('content'), content: contentId, offset: id }),
  z.object({ id, type: z.literal('redactions'), pattern: z.string().max(2048), after: id }),
  ...reconcileRequests,
])

const responseSchema = z.discriminatedUnion('type', [
  hello,
  z.object({ id, type: z.literal('statements'), statements, more: z.boolean() }),
  z.object({
    id,
    type: z.literal('heads'),
    heads,
    more: z.boolean(),
  }),
  z.object({
    id,
    type: z.literal('providers'),
    providers: z
      .array(z.tuple([z.string().max(128), z.array(z.string().max(256)).max(8)]))
      .max(PROVIDERS_ITEMS),
  }),
  // Each record is checked by who asked.
  z.object({
    id,
    type: z.literal('list'),
    records: z.array(z.unknown()).max(PAGE_ITEMS),
    next: z.string().max(2048).optional(),
  }),
  z.object({ id, type: z.literal('hold') }),
  // Each record is checked by the store that takes it in.
  z.object({
    id,
    type: z.literal('timeline'),
    records: z.array(z.unknown()).max(PAGE_ITEMS),
    more: z.boolean(),
  }),
  z.object({ id, type: z.literal('content'), size: id }),
  // Each redaction is checked by who asked.
  z.object({
    id,
    type: z.literal('redactions'),
    redactions: z.array(z.unknown()).max(REDACTIONS_ITEMS),
    last: id,
  }),
  ...reconcileResponses,
  z.object({
    id,
    type: z.literal('error'),
    code: z.string().max(64),
    message: z.string().max(1024),
  }),
])

/**
 * What one node asks of another. `id` is chosen by the one who asks and comes back with the answer.
 *
 * - `hello`: the protocol's version, what shows that one belongs to the cluster, and what one says of
 *   oneself; both sides' hello makes a node joined, and nothing else is answered before it. It may ask
 *   for a proof that one runs, and hand over that of a node with the same key: see {@link instanceSchema};
 * - `statements`: tells some statements of the cluster, and asks for those after a place;
 * - `heads`: the heads of a collection, in the order of their keys, after a key;
 * - `list`: the newest records of contexts that match a pattern, in the order of their keys, after a key;
 * - `providers`: who said to this node that they hold something of a facet;
 * - `hold`: answered once the other node keeps these versions durably, which it fetches where it has
 *   to; an error where it does not follow them;
 * - `timeline`: the records of a timeline after a version number;
 * - `content`: the bytes of a content id from an offset on, one chunk;
 * - `redactions`: those of timelines that match a pattern, after a place, and the place of the last one;
 * - `summary`, `ranges`, `places`, `many`, `offer`: see {@link reconcileRequests}.
 */
export type SyncRequest = z.infer<typeof requestSchema>
export type SyncResponse = z.infer<typeof responseSchema>
export type ResponseTo<Type extends SyncRequest['type']> = Extract<SyncResponse, { type: Type }>

export interface Message<Head> {
  readonly head: Head
  /** The chunk of a content answer, or ranges; empty for all others. */
  readonly body: Parts
  /** Of the whole message. */
  readonly bytes: number
}

const decoder = new TextDecoder('utf-8', { fatal: true })
const EMPTY = new Uint8Array(0)

export function encodeMessage(
  head: SyncRequest | SyncResponse,
  body: Uint8Array = EMPTY,
): Uint8Array {
  const text = JSON.stringify(head)
  const length = Buffer.byteLength(text)
  // All of it is written, so that it need not be cleared first.
  const message = Buffer.allocUnsafe(HEAD_LENGTH_BYTES + length + body.length)
  message.writeUInt32BE(length)
  message.write(text, HEAD_LENGTH_BYTES)
  message.set(body, HEAD_LENGTH_BYTES + length)
  return message
}

/** A message in two parts: a body that is not copied for it. */
export function encodeParts(
  head: SyncResponse,
  body: Uint8Array,
): readonly [Uint8Array, Uint8Array] {
  return [encodeMessage(head), body]
}

/** @throws `ERR_MESH_PROTOCOL`. */
export function decodeRequest(message: Parts): Message<SyncRequest> {
  return decode(message, requestSchema)
}

/** @throws `ERR_MESH_PROTOCOL`. */
export function decodeResponse(message: Parts): Message<SyncResponse> {
  return decode(message, responseSchema)
}

function decode<Head>(message: Parts, schema: z.ZodType<Head>): Message<Head> {
  try {
    const { head: bytes, body } = split(message)
    const head = schema.parse(JSON.parse(decoder.decode(bytes)))
    return { head, body, bytes: lengthOf(message) }
  } catch (cause) {
    throw new MeshError('ERR_MESH_PROTOCOL', `Not a message of ${SYNC_PROTOCOL}`, { cause })
  }
}

/** The head, which is copied where it is in several pieces, and the body, which is not. */
function split(message: Parts): { head: Uint8Array; body: Parts } {
  const [first = EMPTY, ...rest] = piecesOf(message)
  const end = first.length < HEAD_LENGTH_BYTES ? Infinity : HEAD_LENGTH_BYTES + headLength(first)
  if (end <= first.length) {
    const head = first.subarray(HEAD_LENGTH_BYTES, end)
    return { head, body: [first.subarray(end), ...rest] }
  }
  if (rest.length === 0) throw new Error('its head is cut short')
  return split(wholeOf(message))
}

function headLength({ buffer, byteOffset }: Uint8Array): number {
  return new DataView(buffer, byteOffset).getUint32(0)
}
