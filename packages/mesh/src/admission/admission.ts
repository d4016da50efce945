import { z } from 'zod'
import { MeshError } from '../errors.ts'
import { didOfPeer } from '../peer-did.ts'
import type { Channel } from '../network-node.ts'
import { wholeOf } from '../parts.ts'
import type { Schedule } from '@bzzz/context-store'

/** What the node of an admin lets those who were invited do, each in a conversation of its own. */
export interface Admission {
  /** A nonce that whoever wants to join has to sign. */
  challenge(): Promise<string>
  /**
   * Takes a request to join, of the key that asks.
   *
   * @returns the statements that make it a member: the charter, and its certificate.
   * @throws an error with a code, which is told to the other side.
   */
  join(request: unknown): Promise<readonly unknown[]>
}

/** What those who are no members yet speak with the node of an admin, and nobody else. */
export const ADMISSION_PROTOCOL = '/ucxl/join/1'

/** Bytes of a message of it, at most. */
export const MAX_ADMISSION_BYTES = 256 * 1024

const requestSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('challenge') }),
  z.strictObject({ type: z.literal('join'), request: z.looseObject({ did: z.string().max(128) }) }),
])

export const answerSchema = z.union([
  z.strictObject({ nonce: z.string().max(128) }),
  z.strictObject({ statements: z.array(z.unknown()).max(64) }),
  z.strictObject({ code: z.string().max(128), message: z.string().max(4096) }),
])

export type AdmissionRequest = z.output<typeof requestSchema>
export type AdmissionAnswer = z.output<typeof answerSchema>

// Whoever comes is a stranger: a few at once, each for a while.
const MOST_AT_ONCE = 16
const CONVERSATION_MS = 30_000
const MOST_REQUESTS = 4

export interface AdmissionServing {
  /** A desk for one conversation: its nonces are its own. */
  readonly open: () => Admission
  readonly schedule: Schedule
  readonly onRefused: (peer: string, error: unknown) => void
}

/** Answers those who want to join. */
export class AdmissionServer {
  readonly #serving: AdmissionServing
  #now = 0

  constructor(serving: AdmissionServing) {
    this.#serving = serving
  }

  /** Serves one of them, until it has what it came for, or its time is over. */
  async serve(channel: Channel): Promise<void> {
    const { open, schedule, onRefused } = this.#serving
    const end = new AbortController()
    const cancel = schedule(() => end.abort(), CONVERSATION_MS)
    const { signal } = end
    this.#now++
    try {
      if (this.#now > MOST_AT_ONCE) throw new MeshError('ERR_MESH_BUSY', 'Too many come at once')
      const desk = open()
      for (let count = 0; count < MOST_REQUESTS; count++) {
        const request = readMessage(
          wholeOf(await channel.read({ signal })),
          requestSchema,
          channel.peer,
        )
        await channel.write(encode(await answerOf(request, { desk, peer: channel.peer })), {
          signal,
        })
        if (request.type === 'join') break
      }
    } catch (error) {
      const { peer } = channel
      const code = error instanceof Error && 'code' in error ? String(error.code) : undefined
      // Where the other side is gone there is nobody to tell, and nothing.
      if (code !== undefined) {
        onRefused(peer, error)
        const message = error instanceof Error ? error.message : ''
        await channel.write(encode({ code, message: message.slice(0, 4096) })).catch(() => {})
      }
    } finally {
      this.#now--
      cancel()
      // The last answer has to leave before the stream is cut: the other side closes it.
      schedule(() => channel.close(), 1000)
    }
  }
}

async function answerOf(
  request: AdmissionRequest,
  { desk, peer }: { readonly desk: Admission; readonly peer: string },
): Promise<AdmissionAnswer> {
  if (request.type === 'challenge') return { nonce: await desk.challenge() }
  // What is asked for is for who asks: the connection has proved the key.
  if (request.request.did !== didOfPeer(peer))
    throw new MeshError('ERR_MESH_MEMBERSHIP', 'The request is of another key than the connection')
  return { statements: [...(await desk.join(request.request))] }
}

/** @throws `ERR_MESH_PROTOCOL` */
export function readMessage<Value>(
  bytes: Uint8Array,
  schema: z.ZodType<Value>,
  peer: string,
): Value {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    value = undefined
  }
  const { data, success } = schema.safeParse(value)
  if (success) return data
  throw new MeshError(
    'ERR_MESH_PROTOCOL',
    `${peer} sent what is no message of ${ADMISSION_PROTOCOL}`,
  )
}

export function encode(message: AdmissionRequest | AdmissionAnswer): Uint8Array {
  return Buffer.from(JSON.stringify(message))
}
