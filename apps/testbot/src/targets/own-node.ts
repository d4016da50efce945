import { join } from 'node:path'
import { botIdentities, type Clock } from '@bzzz/bot-framework'
import { createMemoryStore, type ContextStore } from '@bzzz/context-store'
import { openSqliteStore } from '@bzzz/context-store/sqlite'
import { createUcxi, startUcxiServer } from '@bzzz/ucxi'
import type { NodeSpec } from './spec.ts'
import { makeScratch } from './scratch.ts'

interface OwnNodeInit extends Pick<NodeSpec, 'store' | 'patienceMs'> {
  readonly clock: Clock
  readonly seed: string | number
  /** Whether a graph of decisions is started beside it. */
  readonly withGraph: boolean
}

/** A node that runs for a run. */
export interface OwnNode {
  readonly url: string
  /** Where the graph of decisions is served, if it was asked for. */
  readonly graph?: string
  /** Ends it, and leaves nothing behind. */
  close(): Promise<void>
}

type End = () => unknown

/** Ends what was started last first, and the rest also where that fails. */
async function endAll(ends: End[]): Promise<void> {
  const end = ends.pop()
  if (!end) return
  try {
    await end()
  } finally {
    await endAll(ends)
  }
}

/** Starts a real node on loopback, which is soon tired of who is slow. */
export async function startOwnNode(init: OwnNodeInit): Promise<OwnNode> {
  const { clock, seed, patienceMs, withGraph } = init
  const now = (): number => clock.now()
  const [writer] = botIdentities(`testbot ${seed} node`, 1)
  const ends: End[] = []
  try {
    const scratch = init.store === 'sqlite' ? makeScratch() : undefined
    if (scratch) ends.push(() => scratch.remove())
    const folder = scratch?.folder
    const store = folder
      ? openSqliteStore({ writer: writer!, now, file: join(folder, 'node.db') })
      : createMemoryStore({ writer: writer!, now })
    ends.push(async () => store.close())
    const server = await startUcxiServer({
      ucxi: createUcxi({ store, now }),
      now,
      limits: { headersMs: patienceMs / 4, stallMs: patienceMs / 4, requestMs: patienceMs / 2 },
    })
    ends.push(async () => server.close())
    const graph = withGraph && (await startGraph(store, { now, folder, ends }))
    return { url: server.url, ...(graph && { graph }), close: async () => endAll(ends) }
  } catch (error) {
    await endAll(ends)
    throw error
  }
}

/** Starts a graph that reads what is cited through a store. */
async function startGraph(
  store: ContextStore,
  init: {
    readonly now: () => number
    readonly folder: string | undefined
    readonly ends: End[]
  },
): Promise<string> {
  const { now, folder, ends } = init
  // Only who needs a graph waits for it to be loaded.
  const [{ createMemoryStorage, startSlurp }, { openSqliteStorage }, { createStoreReader }] =
    await Promise.all([
      import('@bzzz/slurp'),
      import('@bzzz/slurp/sqlite'),
      import('@bzzz/slurp-client'),
    ])
  const storage = folder
    ? openSqliteStorage({ file: join(folder, 'graph.db') })
    : createMemoryStorage()
  ends.push(async () => storage.close())
  const service = await startSlurp({ storage, now, reader: createStoreReader(store) })
  ends.push(async () => service.close())
  return service.url
}
