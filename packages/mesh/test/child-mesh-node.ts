import { flushCompileCache } from 'node:module'
import { Socket } from 'node:net'
import { openSqliteStore } from '@bzzz/context-store/sqlite'
import { identityFromSeed } from '@bzzz/identity'
import { createMesh, type Follow, type MeshEvent } from '../src/index.ts'
import { until } from './until.ts'

/** What a node in a process of its own is told: by its arguments, then by messages. */
export interface NodeSettings {
  /** Its key follows from it. */
  readonly number: number
  /** Where its store is. */
  readonly file: string
  readonly bootstrap?: readonly string[]
}

/** An event as it goes from one process to another. */
export interface ToldEvent {
  readonly type: MeshEvent['type']
  readonly peer?: string
  readonly error?: string
  readonly versions?: number
  readonly sent?: number
  readonly received?: number
  /** Milliseconds since 1970. */
  readonly at: number
}

const { number, file, bootstrap = [] } = JSON.parse(process.argv[2] ?? '') as NodeSettings
const identity = identityFromSeed(new Uint8Array(32).fill(number))
const store = openSqliteStore({ file, writer: identity })
const cut = cutter()

const mesh = await createMesh({
  identity,
  store,
  bootstrap,
  onEvent: (event) => process.send?.({ event: told(event) }),
})

const follows: Follow[] = []

const commands = {
  /** Joins these, each again where the machine was too busy for it. */
  join: async (addresses: readonly string[]) => {
    for (const address of addresses) {
      const joins = async (): Promise<boolean> =>
        mesh.join(address).then(
          () => true,
          () => false,
        )
      await until(`${address} is joined`, joins, 60)
    }
  },
  /** Writes texts by key, each as the next version. */
  write: async (texts: readonly (readonly [string, string])[]) => {
    await store.putAll(
      texts.map(([key, text]) => ({
        address: `ucxl://${key.replace('/', '/*^/')}`,
        content: new TextEncoder().encode(text),
      })),
    )
  },
  publish: async (collection: string) =>
    void (await mesh.publish(collection, { timeoutMs: 60_000 })),
  follow: async (pattern: string) => void follows.push(mesh.follow(pattern)),
  /** Waits until all that this node heard of is fetched, or could not be. */
  settled: async () => void (await Promise.all(follows.map(async (one) => one.settled()))),
  replicate: async (target: string, copies: number) =>
    mesh.replicate(target, { copies, orFail: true, timeoutMs: 30_000 }),
  get: async (address: string) => {
    const { content, source } = await mesh.get(address, { timeoutMs: 20_000 })
    return { text: new TextDecoder().decode(content), source }
  },
  refresh: async (key: string) => mesh.refresh(key, { timeoutMs: 20_000 }),
  reconcile: async (peer: string) => void (await mesh.reconcile(peer, { timeoutMs: 20_000 })),
  collection: async (name: string) => (await mesh.collection(name)).heads.length,
  /** How many nodes say that they hold something of a project. */
  providers: async (project: string) => {
    let count = 0
    for await (const _ of mesh.providersOf({ project }, { timeoutMs: 20_000 })) count++
    return count
  },
  peers: async () => mesh.peers(),
  /** Equal where two nodes have the same newest versions of what matches. */
  fingerprint: async (pattern: string) => {
    const { fingerprint } = (await store.summary({ pattern })).range('')
    return Buffer.from(fingerprint).toString('hex')
  },
  stats: async () => store.stats(),
  /** Milliseconds of a processor so far. */
  cpu: async () => (process.cpuUsage().user + process.cpuUsage().system) / 1000,
  /** Bytes in use, in the heap and outside, when what can be freed is. */
  memory: async () => {
    globalThis.gc?.()
    const { heapUsed, external } = process.memoryUsage()
    return heapUsed + external
  },
  /** Cuts what is connected to these ports, and lets nothing more be connected to them. */
  cut: async (ports: readonly number[]) => cut(ports),
  stop: async () => {
    await mesh.stop()
    await store.close()
    process.disconnect()
  },
}
export type Commands = typeof commands

interface Call {
  readonly id: number
  readonly name: keyof Commands
  readonly args: readonly never[]
}

process.on('message', ({ id, name, args }: Call) => {
  const command = commands[name] as (...all: readonly never[]) => Promise<unknown>
  command(...args).then(
    (result) => process.send?.({ id, result }),
    (error: unknown) => process.send?.({ id, error: textOf(error) }),
  )
})
process.on('disconnect', () => process.exit())
// Who is killed leaves nothing compiled for the next one, and that would be most of what a start takes.
flushCompileCache()
process.send?.({ ready: { peerId: mesh.peerId, address: mesh.addresses[0] } })

function told(event: MeshEvent): ToldEvent {
  const { type } = event
  return {
    type,
    at: Date.now(),
    ...('peer' in event && { peer: event.peer }),
    ...('error' in event && { error: textOf(event.error) }),
    ...('versions' in event && { versions: event.versions }),
    ...('sent' in event && { sent: event.sent, received: event.received }),
  }
}

function textOf(error: unknown): string {
  const { code = '', message, cause } = error as { code?: string; message: string; cause?: unknown }
  const because = cause === undefined ? '' : ` (${textOf(cause)})`
  return `${code}: ${message}${because}`
}

/** Stands between this process and the network. Each connection is of one that dialled it. */
function cutter(): (ports: readonly number[]) => void {
  const open = new Set<Socket>()
  let closed: readonly number[] = []
  const original = Object.getOwnPropertyDescriptor(Socket.prototype, 'connect')
  const connect = original?.value as (...all: unknown[]) => Socket
  Socket.prototype.connect = function (this: Socket, ...args: unknown[]) {
    const [options] = [args[0]].flat() as [{ port?: number }]
    if (closed.includes(options.port ?? 0)) {
      process.nextTick(() => this.destroy(new Error('The line is cut')))
      return this
    }
    open.add(this)
    this.once('close', () => open.delete(this))
    return connect.apply(this, args)
  }
  return (ports) => {
    closed = ports
    for (const socket of open) if (ports.includes(socket.remotePort ?? 0)) socket.resetAndDestroy()
  }
}
