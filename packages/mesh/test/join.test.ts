import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMemoryStore } from '@bzzz/context-store'
import { identityFromSeed } from '@bzzz/identity'
import { afterEach, describe, expect, test } from 'vitest'
import {
  createMesh,
  fileKnownPeers,
  type Mesh,
  type MeshEvent,
  type MeshInit,
} from '../src/index.ts'
import { until } from './network.ts'

interface Node {
  readonly mesh: Mesh
  readonly events: MeshEvent[]
}

const running: Mesh[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map(async (mesh) => mesh.stop()))
})

async function node(number: number, init: Partial<MeshInit> = {}): Promise<Node> {
  const identity = identityFromSeed(new Uint8Array(32).fill(number))
  const events: MeshEvent[] = []
  const mesh = await createMesh({
    identity,
    store: createMemoryStore({ writer: identity }),
    onEvent: (event) => void events.push(event),
    ...init,
  })
  running.push(mesh)
  return { mesh, events }
}

const count = ({ events }: Node, type: MeshEvent['type']): number =>
  events.filter((event) => event.type === type).length
const soon = (): AbortSignal => AbortSignal.timeout(20_000)

describe('joining by itself', () => {
  test('twenty nodes at once through one', { timeout: 60_000 }, async () => {
    const first = await node(100)
    const bootstrap = [first.mesh.addresses[0] ?? '']
    const others = await Promise.all(
      Array.from({ length: 20 }, async (_, number) => node(number + 1, { bootstrap })),
    )
    await Promise.all(others.map(async ({ mesh }) => mesh.ready({ signal: soon() })))
    await until('all are joined', () => count(first, 'joined') === 20, 20)
    // On a busy machine one may have to come again; nobody hammers.
    expect(Math.max(...others.map((other) => count(other, 'joining')))).toBeLessThanOrEqual(3)
    expect(others[7]?.mesh.joins()).toMatchObject([{ from: 'bootstrap', state: 'joined' }])
  })

  test('a node that comes up later is joined, and again after it was down', async () => {
    const first = await node(1)
    const address = first.mesh.addresses[0] ?? ''
    const listen = [address.slice(0, address.indexOf('/p2p/'))]
    await first.mesh.stop()
    // A tenth of the waits, so that the test need not take minutes.
    const other = await node(2, { bootstrap: [address], random: () => 0.02 })
    await until('it waits', () => count(other, 'retry') > 0)
    const again = await node(1, { listen })
    await until('both are joined', () => count(other, 'joined') === 1)
    await again.mesh.stop()
    await until('it was lost', () => count(other, 'left') === 1)
    await node(1, { listen })
    await until('both are joined again', () => count(other, 'joined') === 2)
  })

  test('after a restart, through those that were known', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mesh-'))
    const knownPeers = fileKnownPeers(join(folder, 'peers.json'))
    const first = await node(1)
    const before = await node(2, { knownPeers })
    await before.mesh.join(first.mesh.addresses[0] ?? '')
    await before.mesh.stop()
    expect((await knownPeers.load()).map(({ peer }) => peer)).toEqual([first.mesh.peerId])
    const after = await node(2, { knownPeers })
    await after.mesh.ready({ signal: soon() })
    expect(after.mesh.joins()).toMatchObject([{ from: 'known', peer: first.mesh.peerId }])
    await rm(folder, { recursive: true })
  })

  test('over WebSockets', async () => {
    const listen = ['/ip4/127.0.0.1/tcp/0', '/ip4/127.0.0.1/tcp/0/ws']
    const first = await node(1, { listen })
    const address = first.mesh.addresses.find((one) => one.includes('/ws')) ?? ''
    const other = await node(2, { bootstrap: [address] })
    await other.mesh.ready({ signal: soon() })
    expect(other.mesh.peers()).toEqual([first.mesh.peerId])
  })
})

describe('ready', () => {
  test('waits for the first peer, and ends by its signal', async () => {
    const { mesh } = await node(1)
    const reason = new Error('not wanted any more')
    const stop = new AbortController()
    const waiting = mesh.ready({ signal: stop.signal })
    stop.abort(reason)
    await expect(waiting).rejects.toBe(reason)
    await expect(mesh.ready({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })

  test('is at once where the node was told to be alone', async () => {
    const { mesh } = await node(1, { alone: true })
    await mesh.ready()
  })

  test('ends when the node is stopped', async () => {
    const { mesh } = await node(1)
    const waiting = mesh.ready()
    const refused = expect(waiting).rejects.toMatchObject({ code: 'ERR_MESH_CLOSED' })
    await mesh.stop()
    await refused
    await expect(mesh.ready()).rejects.toMatchObject({ code: 'ERR_MESH_CLOSED' })
  })
})
