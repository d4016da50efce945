import { createMemoryStore, type ContextStore } from '@bzzz/context-store'
import { identityFromSeed } from '@bzzz/identity'
import type { Figure } from '../../../scripts/bench-harness.ts'
import { createMesh, type Mesh } from '../src/index.ts'

const NODES = 20
const ROUNDS = 40
// What has not arrived by then has not arrived.
const LATE_MS = 5000

interface Node {
  readonly mesh: Mesh
  readonly store: ContextStore
  /** Called when something that is followed is kept. */
  onFollowed: () => void
}

async function start(number: number): Promise<Node> {
  const identity = identityFromSeed(new Uint8Array(32).fill(number))
  const store = createMemoryStore({ writer: identity })
  const onEvent = ({ type }: { readonly type: string }): void => {
    if (type === 'followed') node.onFollowed()
  }
  const node: Node = {
    store,
    mesh: await createMesh({ identity, store, onEvent }),
    onFollowed: () => {},
  }
  return node
}

/** From a write to the moment at which each of 19 followers holds it, all on one address. */
export async function gossiping(): Promise<Figure[]> {
  const nodes: Node[] = []
  for (let number = 1; number <= NODES; number++) {
    const node = await start(number)
    for (const place of new Set([0, nodes.length >> 1, nodes.length - 1])) {
      const address = nodes[place]?.mesh.addresses[0]
      if (address) await node.mesh.join(address, { timeoutMs: 30_000 })
    }
    nodes.push(node)
  }
  const [writer, ...followers] = nodes as [Node, ...Node[]]
  for (const { mesh } of followers) await mesh.follow('ucxl://any:any@c:any/**').settled()
  const times: number[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const took = await tell(writer, followers, round)
    // The first finds the way, and the topic.
    if (round > 0) times.push(...took)
  }
  await Promise.all(nodes.map(async ({ mesh }) => mesh.stop()))
  times.sort((a, b) => a - b)
  const delivered = (times.length / (followers.length * ROUNDS)) * 100
  const at = (share: number): number => times[Math.floor((times.length - 1) * share)] ?? Number.NaN
  return [
    {
      what: `an announcement is heard and its version kept, ${NODES} nodes on one address`,
      value: delivered,
      unit: '% of followers',
      goal: '100 %',
      met: delivered === 100,
    },
    { what: 'from the write to a follower that holds it, median', value: at(0.5), unit: 'ms' },
    { what: 'the same, 99 of 100', value: at(0.99), unit: 'ms' },
  ]
}

/** Writes and announces a version. @returns after how many milliseconds each follower held it. */
async function tell(
  writer: Node,
  followers: readonly Node[],
  round: number,
): Promise<readonly number[]> {
  const times: number[] = []
  const all = Promise.withResolvers<void>()
  const late = setTimeout(all.resolve, LATE_MS)
  const begin = performance.now()
  for (const node of followers) {
    node.onFollowed = () => {
      times.push(performance.now() - begin)
      if (times.length === followers.length) all.resolve()
    }
  }
  await writer.store.put({ address: 'ucxl://a:b@c:d/*^/plan', content: Buffer.from(`${round}`) })
  await writer.mesh.publish('a@c', { timeoutMs: 30_000 })
  await all.promise
  clearTimeout(late)
  return times
}
