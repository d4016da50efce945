import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openSqliteStore } from '@bzzz/context-store/sqlite'
import { identityFromSeed } from '@bzzz/identity'
import { startProcess, temporaryFolder, type NodeProcess } from './node-process.ts'
import { until } from './until.ts'

export interface Seeded {
  readonly writers: readonly number[]
  readonly contexts: number
}

/** What all nodes have. */
export const PATTERN = 'ucxl://any:any@shop:any/**'

export const keyOf = (writer: number, name: number): string =>
  `agent${writer}:coder@shop:notes/${name}`

/** The nodes with these numbers, each in a process of its own, with the same contexts in their stores. */
export async function startSeeded(
  numbers: readonly number[],
  { writers, contexts }: Seeded,
): Promise<NodeProcess[]> {
  const folder = await temporaryFolder()
  const file = join(folder, 'seed.db')
  const each = contexts / writers.length
  for (const number of writers) {
    const store = openSqliteStore({
      file,
      writer: identityFromSeed(new Uint8Array(32).fill(number)),
    })
    const writes = Array.from({ length: each }, (_, name) => ({
      address: `ucxl://${keyOf(number, name).replace('/', '/*^/')}`,
      content: new TextEncoder().encode(`${number} ${name}`),
    }))
    await store.putAll(writes)
    await store.close()
  }
  return Promise.all(
    numbers.map(async (number) => {
      const own = join(folder, `${number}.db`)
      await copyFile(file, own)
      return startProcess({ number, file: own })
    }),
  )
}

export async function eachOf<Result>(
  nodes: readonly NodeProcess[],
  work: (node: NodeProcess) => Promise<Result>,
): Promise<Result[]> {
  return Promise.all(nodes.map(async (node) => work(node)))
}

/** How many states there are. */
export async function differentStates(nodes: readonly NodeProcess[]): Promise<number> {
  return new Set(await eachOf(nodes, async ({ ask }) => ask.fingerprint(PATTERN))).size
}

/** Waits until all nodes have the same. */
export async function equal(nodes: readonly NodeProcess[]): Promise<void> {
  // Not often: asking takes the time that the nodes need.
  await until('all have the same', async () => (await differentStates(nodes)) === 1, 120, 100)
}

/** Cuts every connection between two halves, and lets none be made until the end is asked for. */
export async function part(
  halves: readonly [readonly NodeProcess[], readonly NodeProcess[]],
): Promise<() => Promise<void>> {
  const sides = [halves, [halves[1], halves[0]] as const]
  for (const [here, there] of sides)
    await eachOf(here, async ({ ask }) => ask.cut(there.map(({ port }) => port)))
  const isApart = async (): Promise<boolean> => {
    const strangers = new Set(halves[1].map(({ peerId }) => peerId))
    const peers = await eachOf(halves[0], async ({ ask }) => ask.peers())
    return peers.flat().every((peer) => !strangers.has(peer))
  }
  await until('the halves are apart', isApart, 60, 50)
  return async () =>
    void (await eachOf([...halves[0], ...halves[1]], async ({ ask }) => ask.cut([])))
}
