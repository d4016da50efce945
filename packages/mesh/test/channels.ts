import type { ContextStore } from '@bzzz/context-store'
import { compilePattern, parse } from '@bzzz/ucxl-address'
import { ContentFetcher } from '../src/content-fetcher.ts'
import type { Channel } from '../src/network-node.ts'
import { EVERYBODY } from '../src/membership.ts'
import type { MeshEvent } from '../src/mesh.ts'
import { wholeOf } from '../src/parts.ts'
import { Reconciler } from '../src/reconcile/reconciler.ts'
import type { ReconcileReport } from '../src/reconcile/report.ts'
import { SyncClient } from '../src/sync-client.ts'
import { MAX_MESSAGE_BYTES } from '../src/sync-messages.ts'
import { serveSync } from '../src/sync-server.ts'
import { systemSchedule } from '../src/timing.ts'

/** Two ends of one stream within this process; each has the peer id of the other. */
function channelPair(one: string, other: string): [Channel, Channel] {
  const ended = Promise.withResolvers<never>()
  ended.promise.catch(() => {})
  const close = (): void => ended.reject(new Error('closed'))
  const [there, back] = [new Queue(), new Queue()]
  const end = (peer: string, from: Queue, to: Queue): Channel => ({
    peer,
    read: async () => Promise.race([from.next(), ended.promise]),
    write: async (outgoing) => {
      const message = wholeOf(outgoing)
      if (message.length > MAX_MESSAGE_BYTES)
        throw new Error(`A message of ${message.length} bytes`)
      to.push(message)
    },
    close,
  })
  return [end(other, back, there), end(one, there, back)]
}

class Queue {
  readonly #messages: Uint8Array[] = []
  readonly #waiting: ((message: Uint8Array) => void)[] = []

  push(message: Uint8Array): void {
    const reader = this.#waiting.shift()
    if (reader) reader(message)
    else this.#messages.push(message)
  }

  async next(): Promise<Uint8Array> {
    const message = this.#messages.shift()
    return message ?? new Promise((resolve) => this.#waiting.push(resolve))
  }
}

export interface ChannelNode {
  readonly store: ContextStore
  readonly events: MeshEvent[]
  /** What it was told that it took: how many records, by collection. */
  readonly taken: Map<string, number>
  reconcile(
    peer: string,
    options?: { readonly pattern?: string; readonly signal?: AbortSignal },
  ): Promise<ReconcileReport>
  stop(): void
}

/** How a node of {@link channelNetwork} differs from an honest one that takes everything. */
export interface ChannelNodeOptions {
  readonly takes?: readonly string[]
  /** Answers instead of the node. */
  readonly serve?: (channel: Channel) => Promise<void>
}

/** Nodes that reach one another by their names: all of the protocol, and no network. */
export function channelNetwork() {
  const serves = new Map<string, (channel: Channel) => Promise<void>>()
  const open = async (name: string, peer: string): Promise<SyncClient> => {
    const [own, theirs] = channelPair(name, peer)
    void serves.get(peer)?.(theirs)
    const client = new SyncClient(own)
    await client.hello(undefined)
    return client
  }
  return {
    /** A client of a node, of nobody in particular. */
    client: async (peer: string): Promise<SyncClient> => open('client', peer),
    node(
      name: string,
      store: ContextStore,
      { takes = ['ucxl://any:any@any:any/**'], serve }: ChannelNodeOptions = {},
    ): ChannelNode {
      const events: MeshEvent[] = []
      const taken = new Map<string, number>()
      const clients = new Map<string, SyncClient>()
      const clientOf = async (peer: string): Promise<SyncClient> => {
        const known = clients.get(peer)
        if (known?.isOpen) return known
        const client = await open(name, peer)
        clients.set(peer, client)
        return client
      }
      const emit = (event: MeshEvent): void => void events.push(event)
      const patterns = takes.map((pattern) => compilePattern(parse(pattern)))
      const taking = {
        patterns: () => takes,
        test: (key: string) => patterns.some((pattern) => pattern.testKey(key)),
      }
      const contents = new ContentFetcher({
        store,
        clients: { to: clientOf },
        schedule: systemSchedule,
        emit,
      })
      const reconciler = new Reconciler({
        store,
        schedule: systemSchedule,
        membership: EVERYBODY,
        emit,
        taking,
        contents,
        clientOf,
        writers: () => async () => 'any',
        onTaken: (_, some) => {
          for (const [collection, count] of some)
            taken.set(collection, (taken.get(collection) ?? 0) + count)
        },
      })
      const never = new AbortController().signal
      serves.set(
        name,
        serve ??
          (async (channel) =>
            serveSync(channel, {
              store,
              membership: EVERYBODY,
              onHello: () => {},
              onStatements: () => {},
              onRefused: () => {},
              takes: async () => takes,
              onOffer: async (peer, heads) => reconciler.offered(peer, heads, never),
            })),
      )
      return {
        store,
        events,
        taken,
        reconcile: async (peer, { pattern = '', signal = never } = {}) =>
          reconciler.reconcile(peer, { pattern, signal }),
        stop: () => {
          for (const client of clients.values()) client.close()
        },
      }
    },
  }
}
