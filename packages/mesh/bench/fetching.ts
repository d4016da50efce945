import { spawn } from 'node:child_process'
import { createHash, hash as hashOf } from 'node:crypto'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { identityFromSeed } from '@bzzz/identity'
import { compare, type Figure } from '../../../scripts/bench-harness.ts'
import { ChunkFetch } from '../src/chunk-fetch.ts'
import { startNode } from '../src/libp2p/node.ts'
import { manifestRules } from '../src/manifest.ts'
import { EVERYBODY } from '../src/membership.ts'
import { PeerClients } from '../src/peer-clients.ts'
import { MAX_MESSAGE_BYTES, SYNC_PROTOCOL } from '../src/sync-messages.ts'
import { systemSchedule } from '../src/timing.ts'
import { bareStream } from './bare-stream.ts'
import { plainHttp, rawTcp } from './raw.ts'

const KB = 1024
const MB = 1024 * 1024
const WARM = 10_000
const signal = (): AbortSignal => AbortSignal.timeout(30_000)

/** Contents from a node in another process beside raw TCP and plain HTTP, all on loopback. */
export async function fetching(): Promise<Figure[]> {
  const flags = ['--conditions=@bzzz/source', '--disable-warning=ExperimentalWarning']
  const server = spawn(process.execPath, [...flags, resolve(import.meta.dirname, 'serve.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const [line] = (await once(server.stdout, 'data')) as [Buffer]
  const { address, port, http, bare, small, large } = JSON.parse(String(line)) as {
    readonly address: string
    readonly port: number
    readonly http: number
    readonly bare: string
    readonly small: string
    readonly large: string
  }
  const reader = await startNode({
    identity: identityFromSeed(new Uint8Array(32).fill(2)),
    listen: ['/ip4/127.0.0.1/tcp/0'],
    rules: { ucxl: manifestRules() },
    protocol: SYNC_PROTOCOL,
    maxMessageBytes: MAX_MESSAGE_BYTES,
    serve: async () => {},
  })
  const peer = await reader.dial(address, { signal: signal() })
  const clients = new PeerClients(reader, EVERYBODY, () => {})
  const client = await clients.to(peer, { signal: signal() })
  const digests = new Map(
    [[small, KB] as const, [large, 10 * MB] as const].map(([id, size]) => [
      id,
      createHash('sha256').update(Buffer.alloc(size, 'x')).digest('hex'),
    ]),
  )
  const content = async (id: string, size: number): Promise<void> => {
    const source = { peer, chunk: async (offset: number) => client.chunk(id, offset) }
    const never = new AbortController().signal
    const rest = { signal: never, schedule: systemSchedule, onFailed: () => {} }
    const chunks = new ChunkFetch({ size, sources: [source], ...rest })
    // As a store does it: checked as it comes, one that is small in one call; and kept nowhere here.
    const hash = size > KB ? createHash('sha256') : undefined
    let only = ''
    for await (const chunk of chunks.chunks()) {
      if (hash) hash.update(chunk)
      else only = hashOf('sha256', chunk)
    }
    if ((hash?.digest('hex') ?? only) !== digests.get(id)) throw new Error('other bytes')
  }
  const tcp = await rawTcp(port)
  const web = plainHttp(http)
  const stream = await bareStream(bare)
  const thousand = (one: () => Promise<unknown>) => async () => {
    let left = 1000
    const worker = async (): Promise<void> => {
      while (left-- > 0) await one()
    }
    await Promise.all(Array.from({ length: 16 }, worker))
  }
  // Both sides of each: code that has just been compiled is twice as slow, and a node has long been warm.
  for (let turn = 0; turn < WARM; turn++) {
    await content(small, KB)
    await stream.request(KB)
    await tcp.request(KB)
  }
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
      what: 'fetch 1,000 x 1 KB on an open stream, 16 at once',
      operations: 1000,
      subject: thousand(async () => content(small, KB)),
      reference: { what: 'plain HTTP, 16 at once', run: thousand(async () => web.request(KB)) },
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
      reference: { what: 'plain HTTP', run: async () => web.request(10 * MB) },
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
  web.close()
  await stream.stop()
  clients.close()
  await reader.stop()
  server.stdin.end()
  await once(server, 'exit')
  return figures
}
