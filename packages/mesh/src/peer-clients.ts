import type { MeshError } from './errors.ts'
import type { Instances } from './instances.ts'
import type { NetworkNode } from './network-node.ts'
import type { Membership } from './membership.ts'
import type { PresenceBook } from './presence.ts'
import { SyncClient } from './sync-client.ts'
import { statementsPage } from './sync-pages.ts'

/** The open streams to other nodes: one for each, opened when it is first needed. */
export class PeerClients {
  readonly #node: NetworkNode
  readonly #clients = new Map<string, Promise<SyncClient>>()

  readonly #membership: Membership
  readonly #onHello: (peer: string) => void

  readonly #presence: PresenceBook | undefined
  readonly #instances: Instances | undefined
  readonly #onBroken: (peer: string, error: MeshError) => void

  /**
   * @param onHello told when another node has answered our hello.
   * @param onBroken told when one does not keep to the protocol.
   */
  constructor(
    node: NetworkNode,
    membership: Membership,
    onHello: (peer: string) => void,
    presence?: PresenceBook,
    onBroken: (peer: string, error: MeshError) => void = () => {},
    instances?: Instances,
  ) {
    this.#instances = instances
    this.#onBroken = onBroken
    this.#presence = presence
    this.#node = node
    this.#membership = membership
    this.#onHello = onHello
    node.onDisconnect((peer) => this.drop(peer))
  }

  /** The client of a peer with which hellos were exchanged. */
  async to(
    peer: string,
    options: { readonly signal: AbortSignal; readonly addresses?: readonly string[] },
  ): Promise<SyncClient> {
    const known = this.#clients.get(peer)
    if (known) {
      const client = await known.catch(() => undefined)
      if (client?.isOpen) {
        this.#membership.assertMember(peer)
        return client
      }
      if (this.#clients.get(peer) === known) this.#clients.delete(peer)
      return this.to(peer, options)
    }
    // Kept before it is open: who asks meanwhile waits for the same stream.
    const opening = this.#open(peer, options)
    this.#clients.set(peer, opening)
    try {
      return await opening
    } catch (error) {
      if (this.#clients.get(peer) === opening) this.#clients.delete(peer)
      throw error
    }
  }

  drop(peer: string): void {
    const client = this.#clients.get(peer)
    this.#clients.delete(peer)
    void client?.then((open) => open.close()).catch(() => {})
  }

  close(): void {
    for (const peer of this.#clients.keys()) this.drop(peer)
  }

  async #open(
    peer: string,
    options: { readonly signal: AbortSignal; readonly addresses?: readonly string[] },
  ): Promise<SyncClient> {
    const channel = await this.#node.open(peer, options)
    const client = new SyncClient(channel, (error) => this.#onBroken(peer, error))
    try {
      const about = this.#presence?.about
      const instance = this.#instances?.own
      const said = await client.hello(this.#membership.hello(), { ...options, about, instance })
      const shown = said.member
      this.#membership.welcome(peer, shown)
      this.#presence?.met(peer, said.about)
      if (said.instance) this.#instances?.met(peer, said.instance, channel)
      if (shown && shown.digest !== this.#membership.digest()) await this.#exchange(client, options)
    } catch (error) {
      client.close()
      throw error
    }
    this.#onHello(peer)
    return client
  }

  /** Both sides tell each other what they know of the cluster, a page at a time. */
  async #exchange(client: SyncClient, options: { readonly signal: AbortSignal }): Promise<void> {
    let told = 0
    let heard = 0
    for (let more = true; more;) {
      const page = statementsPage(this.#membership, told)
      const answer = await client.statements(page.statements, heard, options)
      told += page.statements.length
      heard += answer.statements.length
      this.#membership.merge(client.peer, answer.statements)
      more = page.more || answer.more
    }
  }

  /** Tells every peer with an open stream what this node knows of the cluster. */
  async tell(options: { readonly signal: AbortSignal; readonly except?: string }): Promise<number> {
    const told = await Promise.allSettled(
      [...this.#clients].map(async ([peer, opening]) => {
        if (peer === options.except) throw new Error('It told us')
        await this.#exchange(await opening, options)
      }),
    )
    return told.filter(({ status }) => status === 'fulfilled').length
  }
}
