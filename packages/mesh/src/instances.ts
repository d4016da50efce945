import type { Schedule } from '@bzzz/context-store'
import type { Identity } from '@bzzz/identity'
import { toInstant } from '@bzzz/temporal-nav'
import { z } from 'zod'
import { within } from './follow/deadline.ts'
import { envelopeFields, seal, unseal } from './messages/envelope.ts'
import type { Channel } from './network-node.ts'

/** One run of a node: a restart is another one of the same key. */
export interface Instance {
  /** 32 hexadecimal digits that nobody could know before it began. */
  readonly id: string
  /** When it began, by its own clock, in milliseconds since 1970. */
  readonly since: number
}

/** What is asked of a node over a connection, and told to it. */
export interface Inquiry {
  /** The instance for which it is to prove that it runs. */
  readonly asks?: string
  /** The proof of another node with its key. */
  readonly twice?: string
}

export interface InstancesInit {
  readonly identity: Identity
  readonly own: Instance
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly schedule: Schedule
  /** Exchanges hellos over the very connection of a channel. @returns the proof that was asked for. */
  readonly inquire: (
    channel: Channel,
    inquiry: Inquiry,
    signal: AbortSignal,
  ) => Promise<string | undefined>
  /** Told of another node with this node's key, which began before it and runs. */
  readonly onTwice: (other: Instance) => void
}

interface Met {
  readonly instance: Instance
  readonly channel: Channel
}

export const instanceSchema = z.object({
  id: z.string().regex(/^[0-9a-f]{32}$/),
  since: z.int().min(0).max(Number.MAX_SAFE_INTEGER),
})

const proofSchema = z.strictObject({
  type: z.literal('instance'),
  ...instanceSchema.shape,
  asked: instanceSchema.shape.id,
  ...envelopeFields,
})

// Who does not answer for so long counts as gone.
const ANSWER_MS = 5000

/**
 * Finds two nodes that run with one key, as where a folder was copied: they would sign one against the
 * other. Such a node cannot see its double, since for it that has its own address; but one that has met
 * both can. It asks the earlier one for a proof that it runs, signed for the id of the later one, and
 * hands it to the later one. A node that is gone signs nothing, so that a restart is not taken for a
 * double; and nobody else can sign, so that no node is stopped by others.
 */
export class Instances {
  readonly own: Instance
  readonly #init: InstancesInit
  readonly #met = new Map<string, Met>()
  readonly #stop = new AbortController()

  constructor(init: InstancesInit) {
    this.#init = init
    this.own = init.own
  }

  /** Says that this node runs, to one that was begun with the id that is given. */
  prove(asked: string): string {
    const { identity, now } = this.#init
    const body = { type: 'instance', ...this.own, asked, time: toInstant(now()) }
    return Buffer.from(seal(body, identity)).toString('utf8')
  }

  /** Takes note of a hello. */
  met(peer: string, instance: Instance, channel: Channel): void {
    const met = { instance, channel }
    const known = this.#met.get(peer)
    this.#met.set(peer, met)
    if (known && known.instance.id !== instance.id)
      void this.#compare(peer, inOrder(known, met)).catch(() => {})
  }

  /**
   * Takes in what shows that another node runs with this node's key.
   *
   * @throws `ERR_MESH_PROTOCOL`, `ERR_MESH_UNTRUSTED` where it does not show that.
   */
  heard(proof: string): void {
    const { writer, asked, id, since } = unseal(Buffer.from(proof), proofSchema, 'instance')
    // Of an earlier run, or of this very one, it is no news; and the later of two is the one to stop.
    if (writer !== this.#init.identity.did || asked !== this.own.id) return
    if (id !== this.own.id && isBefore({ id, since }, this.own)) this.#init.onTwice({ id, since })
  }

  left(peer: string): void {
    this.#met.delete(peer)
  }

  stop(): void {
    this.#stop.abort()
    this.#met.clear()
  }

  async #compare(peer: string, [earlier, later]: readonly [Met, Met]): Promise<void> {
    const { inquire, schedule } = this.#init
    const { signal } = this.#stop
    const ask = async ({ channel }: Met, inquiry: Inquiry): Promise<string | undefined> =>
      within({ schedule, ms: ANSWER_MS, signal }, async (own) => inquire(channel, inquiry, own))
    const asks = later.instance.id
    const twice = await ask(earlier, { asks }).catch(() => undefined)
    if (signal.aborted) return
    this.#met.set(peer, twice === undefined ? later : earlier)
    if (twice !== undefined) await ask(later, { twice })
  }
}

function inOrder(one: Met, other: Met): readonly [Met, Met] {
  return isBefore(one.instance, other.instance) ? [one, other] : [other, one]
}

function isBefore(one: Instance, other: Instance): boolean {
  return one.since === other.since ? one.id < other.id : one.since < other.since
}
