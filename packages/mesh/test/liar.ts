import { createMemoryStore, type ContextStore } from '@bzzz/context-store'
import { identityFromSeed, type Identity } from '@bzzz/identity'
import { startNode } from '../src/libp2p/node.ts'
import type { Channel, NetworkNode } from '../src/network-node.ts'
import { dhtKeyOf, encodeManifest, manifestRules, signManifest } from '../src/manifest.ts'
import { EVERYBODY } from '../src/membership.ts'
import {
  decodeRequest,
  encodeMessage,
  SYNC_PROTOCOL,
  type SyncRequest,
  type SyncResponse,
} from '../src/sync-messages.ts'
import { headsPage } from '../src/sync-pages.ts'
import { serveSync } from '../src/sync-server.ts'

/** What is answered instead of the truth; the truth where there is nothing. */
export type Lies = (
  request: SyncRequest,
  channel: Channel,
) => Answer | undefined | Promise<Answer | undefined>

type Answer = readonly [SyncResponse, Uint8Array?]

/** A node that holds the first version of a context, and serves it by its own lights. */
export interface Liar {
  readonly identity: Identity
  readonly store: ContextStore
  readonly node: NetworkNode
  readonly agent: string
  /** The key of its context. */
  readonly key: string
  connect(address: string): Promise<void>
  /** Announces what it holds, as any node does. */
  publish(): Promise<void>
}

const running = new Set<Liar>()

export async function startLiar(number: number, lies: Lies = () => undefined): Promise<Liar> {
  const identity = identityFromSeed(new Uint8Array(32).fill(number))
  const store = createMemoryStore({ writer: identity })
  const agent = `liar${number}`
  const key = `${agent}:coder@shop:notes/0`
  const content = new TextEncoder().encode('one')
  await store.put({ address: `ucxl://${key.replace('/', '/*^/')}`, content })
  const node = await startNode({
    identity,
    listen: ['/ip4/127.0.0.1/tcp/0'],
    rules: { ucxl: manifestRules(() => {}) },
    protocol: SYNC_PROTOCOL,
    maxMessageBytes: 1024 * 1024 * 1024,
    serve: async (channel) => serve(channel, store, lies),
  })
  const collection = `${agent}@shop`
  const liar: Liar = {
    identity,
    store,
    node,
    agent,
    key,
    connect: async (address) => {
      const signal = AbortSignal.timeout(20_000)
      await node.dial(address, { signal })
      await node.ready({ signal })
    },
    publish: async () => {
      const { heads } = await headsPage(store, collection, '')
      const manifest = signManifest({ collection, sequence: 1, heads, now: Date.now() }, identity)
      const options = { timeoutMs: 20_000 }
      await node.dht.putValue(dhtKeyOf(collection), encodeManifest(manifest), options)
      await node.dht.provide(dhtKeyOf(collection), options)
    },
  }
  running.add(liar)
  return liar
}

export async function stopLiars(): Promise<void> {
  for (const { node, store } of running) {
    await node.stop()
    await store.close()
  }
  running.clear()
}

async function serve(channel: Channel, store: ContextStore, lies: Lies): Promise<void> {
  const nothing = (): void => {}
  const told = { onHello: nothing, onStatements: nothing, onRefused: nothing }
  await serveSync(
    {
      ...channel,
      read: async () => {
        for (;;) {
          const message = await channel.read()
          const lie = await lies(decodeRequest(message).head, channel)
          if (!lie) return message
          await channel.write(encodeMessage(...lie))
        }
      },
    },
    { store, membership: EVERYBODY, ...told },
  )
}
