import type { Identity } from '@bzzz/identity'
import { parseInvitation, requestJoin } from '@bzzz/identity/cluster'
import { MeshError } from '../errors.ts'
import type { Channel } from '../network-node.ts'
import { wholeOf } from '../parts.ts'
import {
  ADMISSION_PROTOCOL,
  answerSchema,
  encode,
  MAX_ADMISSION_BYTES,
  readMessage,
  type AdmissionAnswer,
} from './admission.ts'

export interface AdmissionQuery {
  /** Who wants to join. */
  readonly identity: Identity
  /** The text of the invitation. */
  readonly token: string
  /** Multiaddrs of the node of the admin; each is tried, one after the other. */
  readonly addresses: readonly string[]
  readonly signal: AbortSignal
}

/**
 * Joins a cluster: proves to the admin's node that the invited one has the key, and takes what makes it a member.
 *
 * @returns the cluster, and the statements: they are checked by who takes them in.
 * @throws `ERR_MESH_UNREACHABLE` where no address answers; the code that the admin's node gives
 *   (`ERR_IDENTITY_EXPIRED`, `ERR_IDENTITY_REPLAYED`, `ERR_IDENTITY_UNKNOWN`, `ERR_IDENTITY_NAME`);
 *   `ERR_IDENTITY_STATEMENT` for what is no invitation; `ERR_MESH_PROTOCOL`.
 */
export async function requestAdmission({
  identity,
  token,
  addresses,
  signal,
}: AdmissionQuery): Promise<{ readonly cluster: string; readonly statements: readonly unknown[] }> {
  const { cluster } = parseInvitation(token)
  const { startVisitor } = await import('../libp2p/visitor.ts')
  const visitor = await startVisitor({ identity, maxMessageBytes: MAX_ADMISSION_BYTES })
  try {
    const channel = await reach(addresses, async (address) =>
      visitor.open(address, ADMISSION_PROTOCOL, { signal }),
    )
    const nonce = await ask(channel, { type: 'challenge' }, signal)
    if (!('nonce' in nonce)) throw strange(channel)
    const request = requestJoin({ token, identity, nonce: nonce.nonce })
    const joined = await ask(channel, { type: 'join', request }, signal)
    if (!('statements' in joined)) throw strange(channel)
    return { cluster, statements: joined.statements }
  } finally {
    await visitor.stop()
  }
}

async function reach(
  addresses: readonly string[],
  open: (address: string) => Promise<Channel>,
): Promise<Channel> {
  let last: unknown
  for (const address of addresses) {
    try {
      return await open(address)
    } catch (error) {
      last = error
    }
  }
  const said = last instanceof Error ? `: ${last.message}` : ''
  const why = `The node of the admin does not answer at ${addresses.join(', ') || 'no address'}${said}`
  throw new MeshError('ERR_MESH_UNREACHABLE', why, { cause: last })
}

async function ask(
  channel: Channel,
  request: Parameters<typeof encode>[0],
  signal: AbortSignal,
): Promise<Exclude<AdmissionAnswer, { readonly code: string }>> {
  await channel.write(encode(request), { signal })
  const answer = readMessage(wholeOf(await channel.read({ signal })), answerSchema, channel.peer)
  if ('code' in answer) throw Object.assign(new Error(answer.message), { code: answer.code })
  return answer
}

function strange({ peer }: Channel): MeshError {
  return new MeshError('ERR_MESH_PROTOCOL', `${peer} answered something else than it was asked`)
}
