import { createMemoryStore, type ContextStore } from '@bzzz/context-store'
import { identityFromSeed, type Identity } from '@bzzz/identity'
import { createMesh, type Mesh, type MeshEvent, type MeshInit } from '../src/index.ts'

/** A node of the mesh with its store, and all that it told. */
export interface Participant {
  readonly identity: Identity
  readonly mesh: Mesh
  readonly store: ContextStore
  readonly events: MeshEvent[]
}

/** How a participant differs from one that stands alone. */
export interface ParticipantOptions extends Partial<Omit<MeshInit, 'store'>> {
  readonly store?: ContextStore
  /** What the mesh is given in place of the store. */
  readonly serving?: (store: ContextStore) => ContextStore
}

const running: Participant[] = []

/** Starts a node on loopback, whose key follows from the number. */
export async function participant(
  number: number,
  { serving = (store) => store, ...init }: ParticipantOptions = {},
): Promise<Participant> {
  const identity = init.identity ?? identityFromSeed(new Uint8Array(32).fill(number))
  const store = init.store ?? createMemoryStore({ writer: identity })
  const events: MeshEvent[] = []
  const onEvent = (event: MeshEvent): void => void events.push(event)
  const mesh = await createMesh({ onEvent, ...init, identity, store: serving(store) })
  const all = { identity, mesh, store, events }
  running.push(all)
  return all
}

/** Nodes, each connected to some of those before it: three, or as many as there are. */
export async function participants(count: number): Promise<Participant[]> {
  const nodes: Participant[] = []
  for (let number = 1; number <= count; number++) {
    const node = await participant(number)
    const places = [nodes.length - 1, nodes.length >> 1, 0]
    const known = new Set(places.flatMap((place) => nodes[place] ?? []))
    for (const other of known) await join(node, other)
    nodes.push(node)
  }
  return nodes
}

export async function join(node: Participant, other: Participant): Promise<void> {
  await node.mesh.join(other.mesh.addresses[0] ?? '', { timeoutMs: 20_000 })
}

/** Writes a text as the next version. @returns its address. */
export async function write({ store }: Participant, key: string, text: string): Promise<string> {
  const address = `ucxl://${key.replace('/', '/*^/')}`
  await store.put({ address, content: new TextEncoder().encode(text) })
  return address
}

/** The newest text that a store itself holds; undefined where there is none, or not its bytes. */
export async function held({ store }: Participant, key: string): Promise<string | undefined> {
  const head = await store.head(key)
  const content = head?.record.content ? await store.content(head.record.content) : undefined
  return content && new TextDecoder().decode(content)
}

/** Stops all, and closes their stores. */
export async function stopAll(): Promise<void> {
  const all = running.splice(0)
  await Promise.all(all.map(async ({ mesh }) => mesh.stop()))
  for (const { store } of all) await store.close()
}

/** A store that hands out something else than it holds. */
export function tampered(store: ContextStore, change: Partial<ContextStore>): ContextStore {
  return new Proxy(store, {
    get(target, name) {
      const value = (name in change ? change : target)[name as keyof ContextStore]
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
