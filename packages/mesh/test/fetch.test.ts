import { createMemoryStore, type ContextStore } from '@bzzz/context-store'
import { identityFromSeed } from '@bzzz/identity'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createMesh, type Mesh, type MeshEvent } from '../src/index.ts'
import { dhtKeyOf } from '../src/manifest.ts'

const ADDRESS = 'ucxl://writer:architect@shop:checkout/large.bin'
const KEY = 'writer:architect@shop:checkout/large.bin'
const large = Uint8Array.from({ length: 6_000_001 }, (_, place) => (place >> 4) % 251)

interface Node {
  readonly mesh: Mesh
  readonly store: ContextStore
  readonly events: MeshEvent[]
}

const running: Node[] = []
afterEach(async () => {
  for (const { mesh, store } of running.splice(0)) {
    await mesh.stop()
    await store.close()
  }
})

/** A node; `onPiece` may change the pieces of long contents that it hands out. */
async function node(
  number: number,
  onPiece: (piece: Uint8Array) => Uint8Array | Promise<Uint8Array> = (piece) => piece,
): Promise<Node> {
  const identity = identityFromSeed(new Uint8Array(32).fill(number))
  const store = createMemoryStore({ writer: identity })
  const serving = new Proxy(store, {
    get(target, name) {
      if (name === 'contentStream') {
        return async function* pieces(...args: Parameters<ContextStore['contentStream']>) {
          for await (const piece of store.contentStream(...args)) yield await onPiece(piece)
        }
      }
      const value = target[name as keyof ContextStore]
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  const events: MeshEvent[] = []
  const onEvent = (event: MeshEvent): void => void events.push(event)
  const mesh = await createMesh({ identity, store: serving, onEvent })
  const all = { mesh, store, events }
  running.push(all)
  return all
}

/** Makes a node hold what the writer wrote, and say so. */
async function copy(from: Node, to: Node): Promise<void> {
  for await (const { record } of from.store.history(KEY)) {
    await to.store.append([record])
    const id = record.content ?? ''
    await to.store.addContent(id, (await from.store.content(id))!)
  }
  await to.mesh.dht.provide(dhtKeyOf('writer@shop'))
}

/** A writer with a large content, a second holder, and a reader that knows both. */
async function three(writer: Node, holder: Node): Promise<Node> {
  const reader = await node(3)
  await writer.store.put({ address: ADDRESS, content: large })
  await reader.mesh.join(writer.mesh.addresses[0] ?? '')
  await holder.mesh.join(writer.mesh.addresses[0] ?? '')
  await holder.mesh.join(reader.mesh.addresses[0] ?? '')
  await writer.mesh.publish('writer@shop')
  await copy(writer, holder)
  return reader
}

const refused = ({ events }: Node): string[] =>
  events.flatMap((event) => (event.type === 'refused' ? [event.peer] : []))

describe('a content that several nodes hold', () => {
  let served = { writer: 0, holder: 0 }
  beforeEach(() => {
    served = { writer: 0, holder: 0 }
  })

  test('comes from all of them', async () => {
    const writer = await node(1, (piece) => (served.writer++, piece))
    const holder = await node(2, (piece) => (served.holder++, piece))
    const reader = await three(writer, holder)
    const { content } = await reader.mesh.get(ADDRESS)
    expect(Buffer.compare(content, large)).toBe(0)
    expect(served.writer).toBeGreaterThan(0)
    expect(served.holder).toBeGreaterThan(0)
  })

  test('arrives whole though one leaves in the middle', async () => {
    const writer = await node(1, async (piece) => {
      if (served.writer++ === 2) await writer.mesh.stop()
      return piece
    })
    const reader = await three(writer, await node(2))
    const { content } = await reader.mesh.get(ADDRESS)
    expect(Buffer.compare(content, large)).toBe(0)
    expect(refused(reader)).toEqual([])
  })

  test('is not believed before its hash fits, and who of several lied is found and named', async () => {
    const writer = await node(1)
    const liar = await node(2, (piece) => piece.map((byte) => byte ^ 1))
    const reader = await three(writer, liar)
    const { content, source } = await reader.mesh.get(ADDRESS)
    expect(Buffer.compare(content, large)).toBe(0)
    // Alone, the honest one may have been asked first: then nobody is accused without proof.
    expect([[], [liar.mesh.peerId]]).toContainEqual(refused(reader))
    expect(source).toBe(writer.mesh.peerId)
  })

  test('is not kept where all of them lie', async () => {
    const flip = (piece: Uint8Array): Uint8Array => piece.map((byte) => byte ^ 1)
    const [writer, liar] = [await node(1, flip), await node(2, flip)]
    const reader = await three(writer, liar)
    await expect(reader.mesh.get(ADDRESS)).rejects.toMatchObject({ code: 'ERR_MESH_UNTRUSTED' })
    expect(refused(reader).toSorted()).toEqual([writer.mesh.peerId, liar.mesh.peerId].toSorted())
    expect((await reader.store.stats()).contents).toBe(0)
  })
})
