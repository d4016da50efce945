import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { resolve } from 'node:path'
import { contentIdOf, createMemoryStore } from '@bzzz/context-store'
import { identityFromSeed } from '@bzzz/identity'
import { compare, median, type Bench, type Figure } from '../../../scripts/bench-harness.ts'
import { ChunkFetch } from '../src/chunk-fetch.ts'
import { createMesh, type Mesh } from '../src/index.ts'
import { EVERYBODY } from '../src/membership.ts'
import { dhtKeyOf, encodeManifest, manifestRules, signManifest } from '../src/manifest.ts'
import { PeerClients } from '../src/peer-clients.ts'
import { startNode } from '../src/libp2p/node.ts'
import { MAX_MESSAGE_BYTES, SYNC_PROTOCOL } from '../src/sync-messages.ts'
import { systemSchedule } from '../src/timing.ts'
import { bareKad } from './bare-kad.ts'
import { bareStream } from './bare-stream.ts'
import { gossiping } from './gossip.ts'
import { reconciling } from './reconcile.ts'

const KB = 1024
const MB = 1024 * 1024
const identity = (number: number) => identityFromSeed(new Uint8Array(32).fill(number))
const signal = (): AbortSignal => AbortSignal.timeout(30_000)

const bench: Bench = {
  package: 'mesh',
  run: async () => [
    ...(await fetching()),
    ...(await resolving()),
    ...(await manifests()),
    ...(await gossiping()),
    ...(await reconciling()),
  ],
}
export default bench

/** Contents from a node in another process beside raw TCP, both on loopback. */
async function fetching(): Promise<Figure[]> {
  const flags = ['--conditions=@bzzz/source', '--disable-warning=ExperimentalWarning']
  const server = spawn(process.execPath, [...flags, resolve(import.meta.dirname, 'serve.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const [line] = (await once(server.stdout, 'data')) as [Buffer]
  const { address, port, bare, small, large } = JSON.parse(String(line)) as {
    readonly address: string
    readonly port: number
    readonly bare: string
    readonly small: string
    readonly large: string
  }
  const reader = await startNode({
    identity: identity(2),
    listen: ['/ip4/127.0.0.1/tcp/0'],
    rules: { ucxl: manifestRules() },
    protocol: SYNC_PROTOCOL,
    maxMessageBytes: MAX_MESSAGE_BYTES,
    serve: async () => {},
  })
  const peer = await reader.dial(address, { signal: signal() })
  const clients = new PeerClients(reader, EVERYBODY, () => {})
  const client = await clients.to(peer, { signal: signal() })
  const content = async (id: string, size: number): Promise<void> => {
    const source = { peer, chunk: async (offset: number) => client.chunk(id, offset) }
    const never = new AbortController().signal
    const rest = { signal: never, schedule: systemSchedule, onFailed: () => {} }
    const chunks = new ChunkFetch({ size, sources: [source], ...rest })
    const bytes = new Uint8Array(size)
    let place = 0
    for await (const chunk of chunks.chunks()) {
      bytes.set(chunk, place)
      place += chunk.length
    }
    if (contentIdOf(bytes) !== id) throw new Error('other bytes')
  }
  const tcp = await rawTcp(port)
  const stream = await bareStream(bare)
  const many = (one: () => Promise<unknown>) => async () =>
    Promise.all(Array.from({ length: 16 }, one))
  const figures = [
    await compare({
      what: 'fetch 1 KB on an open stream, one after the other',
      subject: async () => content(small, KB),
      reference: { what: 'raw TCP', run: async () => tcp.request(KB) },
      atLeast: 0.2,
    }),
    await compare({
      what: 'the same',
      subject: async () => content(small, KB),
      reference: { what: 'bare libp2p stream', run: async () => stream.request(KB) },
      atLeast: 0.8,
    }),
    await compare({
      what: 'fetch 1 KB on an open stream, 16 at once',
      operations: 16,
      subject: many(async () => content(small, KB)),
      reference: {
        what: 'one after the other',
        run: async () => {
          for (let i = 0; i < 16; i++) await content(small, KB)
        },
      },
      atLeast: 1,
    }),
    await compare({
      what: 'fetch 10 MB, checked against its content id',
      subject: async () => content(large, 10 * MB),
      reference: { what: 'raw TCP', run: async () => tcp.request(10 * MB) },
      atLeast: 0.12,
    }),
    await compare({
      what: 'the same',
      subject: async () => content(large, 10 * MB),
      reference: { what: 'bare libp2p stream', run: async () => stream.request(10 * MB) },
      atLeast: 0.8,
    }),
  ]
  tcp.close()
  await stream.stop()
  clients.close()
  await reader.stop()
  server.stdin.end()
  await once(server, 'exit')
  return figures
}

async function resolving(): Promise<Figure[]> {
  const [writer, reader] = [await participant(1), await participant(2)]
  await reader.mesh.join(writer.mesh.addresses[0] ?? '')
  const address = (number: number): string => `ucxl://a:b@c:d/*^/${number}`
  await writer.store.putAll(
    Array.from({ length: 300 }, (_, number) => ({
      address: address(number),
      content: Buffer.alloc(KB, `${number} `),
    })),
  )
  await writer.mesh.publish('a@c')
  const cold: number[] = []
  for (let number = 0; number < 300; number++) {
    const start = performance.now()
    await reader.mesh.get(address(number))
    cold.push(performance.now() - start)
  }
  const ms = median(cold.slice(1))
  const figures: Figure[] = [
    {
      what: 'resolve an address never held, collection known (median of 299)',
      value: ms,
      unit: 'ms',
      goal: 'tens of ms',
      met: ms < 50,
    },
    {
      what: 'the same, the first of a collection',
      value: cold[0] ?? 0,
      unit: 'ms',
      goal: 'tens of ms',
      met: (cold[0] ?? 0) < 100,
    },
    await compare({
      what: 'resolve an address that was read before',
      subject: async () => reader.mesh.get(address(7)),
      reference: { what: 'the store alone', run: async () => reader.store.get(address(7)) },
      atLeast: 0.3,
    }),
  ]
  await Promise.all([writer.mesh.stop(), reader.mesh.stop()])
  return figures
}

async function participant(
  number: number,
): Promise<{ mesh: Mesh; store: ReturnType<typeof createMemoryStore> }> {
  const store = createMemoryStore({ writer: identity(number) })
  return { store, mesh: await createMesh({ identity: identity(number), store }) }
}

/** Our DHT beside bare kad-dht with the same settings, ten nodes each. */
async function manifests(): Promise<Figure[]> {
  const nodes = await Promise.all(
    Array.from({ length: 10 }, async (_, number) => participant(number + 1)),
  )
  for (const [place, { mesh }] of nodes.entries()) {
    for (const other of nodes.slice(0, place)) await mesh.join(other.mesh.addresses[0] ?? '')
  }
  const ours = nodes.map(({ mesh }) => mesh.dht)
  const bare = await bareKad(10)
  const key = dhtKeyOf('a@c')
  let sequence = 0
  const value = (): Uint8Array =>
    encodeManifest(
      signManifest({ collection: 'a@c', sequence: ++sequence, heads: [], now: 0 }, identity(1)),
    )
  const figures = [
    await compare({
      what: 'put a manifest, 10 nodes',
      subject: async () => ours[0]?.putValue(key, value()),
      reference: { what: 'bare kad-dht', run: async () => bare.put(key, value()) },
      atLeast: 1 / 1.2,
    }),
    await compare({
      what: 'get a manifest, 10 nodes',
      subject: async () => ours[9]?.getValue(key),
      reference: { what: 'bare kad-dht', run: async () => bare.get(key) },
      atLeast: 1 / 1.2,
    }),
    await compare({
      what: 'get a manifest with a quorum of 2, 10 nodes',
      subject: async () => ours[9]?.getValue(key, { quorum: 2 }),
      reference: { what: 'all answers', run: async () => ours[9]?.getValue(key) },
      atLeast: 1 / 0.6,
    }),
  ]
  await Promise.all([...nodes.map(async ({ mesh }) => mesh.stop()), bare.stop()])
  return figures
}

/** Asks for that many bytes, one request after the other. */
async function rawTcp(port: number) {
  const socket = connect(port, '127.0.0.1').setNoDelay(true)
  await once(socket, 'connect')
  return {
    async request(bytes: number): Promise<void> {
      const size = Buffer.alloc(4)
      size.writeUInt32BE(bytes)
      const done = Promise.withResolvers<void>()
      let missing = bytes
      const onData = (chunk: Buffer): void => {
        missing -= chunk.length
        if (missing === 0) done.resolve()
      }
      socket.on('data', onData)
      socket.write(size)
      await done.promise
      socket.off('data', onData)
    },
    close: () => socket.destroy(),
  }
}
