import type { ContextStore } from '@bzzz/context-store'
import { exportSeed, type Identity } from '@bzzz/identity'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { peerIdFromMultihash } from '@libp2p/peer-id'
import { tcp } from '@libp2p/tcp'
import { lpStream } from '@libp2p/utils'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p, type Libp2p } from 'libp2p'
import { decode } from 'multiformats/hashes/digest'
import { MeshError } from '../errors.ts'
import { EVERYBODY, type ClusterHello } from '../membership.ts'
import { SyncClient } from '../sync-client.ts'
import { MAX_MESSAGE_BYTES, SYNC_PROTOCOL } from '../sync-messages.ts'
import { serveSync } from '../sync-server.ts'
import { channelOf } from './channel.ts'
import {
  addProviderMessage,
  getProvidersMessage,
  getValueMessage,
  KAD_PROTOCOL,
  providersIn,
  putValueMessage,
  valueIn,
} from './kad-message.ts'

interface Waiting {
  readonly signal: AbortSignal
}

/**
 * A node that keeps to no rule: what it is told to send it sends, to one node, and it says what that
 * one then shows. `at` is that node's address, with the peer id at its end. Calls reject where nobody
 * answers, with whatever libp2p says of it.
 */
export interface Stranger {
  readonly peerId: string
  /** Puts a value, as it is. @returns false where the node refuses it. */
  putValue(
    at: string,
    what: { readonly key: string; readonly value: Uint8Array } & Waiting,
  ): Promise<boolean>
  /** The value that a node itself holds; undefined where it holds none. */
  valueAt(at: string, what: { readonly key: string } & Waiting): Promise<Uint8Array | undefined>
  /**
   * Says that this node provides what keys name, one after the other over one stream.
   *
   * @returns how many the node had taken when it ended the stream, to within what was under way; all
   *   of them where it did not.
   */
  provide(at: string, what: { readonly keys: Iterable<string> } & Waiting): Promise<number>
  /** Ids of those that a node itself has for providers of what a key names. */
  providersAt(at: string, what: { readonly key: string } & Waiting): Promise<string[]>
  /** Says hello, and shows what it is given. @returns false where it is not let in: as no member, or too often. */
  hello(at: string, what: { readonly shown?: ClusterHello } & Waiting): Promise<boolean>
  stop(): Promise<void>
}

const REFUSED = new Set<string>(['ERR_MESH_MEMBERSHIP', 'ERR_MESH_BUSY'])
// A few at once: else the node would not be heard until all is said.
const TURN = 100

/** Starts one on loopback. */
export async function startStranger(init: {
  readonly identity: Identity
  /** What it hands out to whoever takes it for a node; nothing if left out. */
  readonly store?: ContextStore
}): Promise<Stranger> {
  const { identity, store } = init
  const node = await createLibp2p({
    privateKey: await generateKeyPairFromSeed('Ed25519', exportSeed(identity)),
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: { identify: identify({ protocolPrefix: 'ucxl' }) },
  })
  if (store) {
    const told = { onHello: noteNothing, onStatements: noteNothing, onRefused: noteNothing }
    await node.handle(SYNC_PROTOCOL, (stream, connection) => {
      const channel = channelOf(stream, connection, MAX_MESSAGE_BYTES)
      void serveSync(channel, { store, membership: EVERYBODY, ...told })
    })
  }
  const kad = async (at: string, signal: AbortSignal) => {
    const stream = await node.dialProtocol(multiaddr(at), KAD_PROTOCOL, { signal })
    return {
      ...lpStream(stream),
      close: () => stream.abort(new Error('All is said')),
    }
  }
  const ask = async (at: string, message: Uint8Array, { signal }: Waiting) => {
    const stream = await kad(at, signal)
    try {
      await stream.write(message, { signal })
      return (await stream.read({ signal })).slice()
    } finally {
      stream.close()
    }
  }
  return {
    peerId: node.peerId.toString(),
    putValue: async (at, { key, value, signal }) => {
      const answer = await ask(at, putValueMessage(key, value), { signal }).catch(refusal(signal))
      return answer !== undefined
    },
    valueAt: async (at, { key, signal }) => {
      const value = valueIn(await ask(at, getValueMessage(key), { signal }))
      return value && Uint8Array.from(value)
    },
    async provide(at, { keys, signal }) {
      const provider = selfOf(node)
      const stream = await kad(at, signal)
      let sent = 0
      let last = ''
      try {
        for (const key of keys) {
          await stream.write(addProviderMessage(key, provider), { signal })
          last = key
          if (++sent % TURN === 0) await new Promise(setImmediate)
        }
        // Nobody answers these; the answer to a question comes when all before it were looked at.
        await stream.write(getProvidersMessage(last), { signal })
        await stream.read({ signal })
      } catch (error) {
        refusal(signal)(error)
      } finally {
        stream.close()
      }
      return sent
    },
    providersAt: async (at, { key, signal }) => {
      const answer = await ask(at, getProvidersMessage(key), { signal })
      return providersIn(answer).map((id) => peerIdFromMultihash(decode(id)).toString())
    },
    async hello(at, { shown, signal }) {
      const connection = await node.dial(multiaddr(at), { signal })
      const stream = await connection.newStream(SYNC_PROTOCOL, { signal })
      const client = new SyncClient(channelOf(stream, connection, MAX_MESSAGE_BYTES))
      try {
        await client.hello(shown, { signal })
        return true
      } catch (error) {
        if (error instanceof MeshError && REFUSED.has(error.code)) return false
        throw error
      } finally {
        client.close()
      }
    },
    stop: async () => node.stop(),
  }
}

function noteNothing(): void {}

/** Where a stream is ended by the other side, that is its answer; not where the time is up. */
function refusal(signal: AbortSignal): (error: unknown) => undefined {
  return (error) => {
    if (signal.aborted) throw error
    return undefined
  }
}

function selfOf(node: Libp2p): { readonly id: Uint8Array; readonly address: Uint8Array } {
  const [address] = node.getMultiaddrs()
  if (!address) throw new Error('It listens nowhere')
  return { id: node.peerId.toMultihash().bytes, address: address.decapsulate('/p2p').bytes }
}
