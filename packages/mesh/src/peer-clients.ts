import type { NetworkNode } from './libp2p/node.ts'
import { SyncClient } from './sync-client.ts'

/** The open streams to other nodes: one for each, opened when it is first needed. */
export class PeerClients {
  readonly #node: NetworkNode
  readonly #clients = new Map<string, Promise<SyncClient>>()

  readonly #onHello: (peer: string) => void

  /** @param onHello told when another node has answered our hello. */
  constructor(node: NetworkNode, onHello: (peer: string) => void) {
    this.#node = node
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
      if (client?.isOpen) return client
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
    const client = new SyncClient(await this.#node.open(peer, options))
    await client.hello(options)
    this.#onHello(peer)
    return client
  }
}
