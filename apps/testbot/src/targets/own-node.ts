import { join } from 'node:path'
import { botIdentities, type Clock } from '@bzzz/bot-framework'
import { createMemoryStore, type ContextStore, type StoreInit } from '@bzzz/context-store'
import { openSqliteStore } from '@bzzz/context-store/sqlite'
import { createUcxi, startUcxiServer } from '@bzzz/ucxi'
import type { NodeSpec } from './spec.ts'
import { makeScratch } from './scratch.ts'

interface OwnNodeInit extends Pick<NodeSpec, 'store' | 'patienceMs'> {
  readonly clock: Clock
  readonly seed: string | number
}

/** A node that runs for a run. */
export interface OwnNode {
  readonly url: string
  /** Ends it, and leaves nothing behind. */
  close(): Promise<void>
}

/** Starts a real node on loopback, which is soon tired of who is slow. */
export async function startOwnNode(init: OwnNodeInit): Promise<OwnNode> {
  const { clock, seed, patienceMs } = init
  const now = (): number => clock.now()
  const [writer] = botIdentities(`testbot ${seed} node`, 1)
  const kept = openStore(init.store, { writer: writer!, now })
  try {
    const server = await startUcxiServer({
      ucxi: createUcxi({ store: kept.store, now }),
      now,
      limits: { headersMs: patienceMs / 4, stallMs: patienceMs / 4, requestMs: patienceMs / 2 },
    })
    const close = async (): Promise<void> => {
      await server.close()
      await kept.close()
    }
    return { url: server.url, close }
  } catch (error) {
    await kept.close()
    throw error
  }
}

interface Kept {
  readonly store: ContextStore
  close(): Promise<void>
}

function openStore(how: NodeSpec['store'], init: StoreInit): Kept {
  if (how === 'memory') {
    const store = createMemoryStore(init)
    return { store, close: async () => store.close() }
  }
  const scratch = makeScratch()
  try {
    const store = openSqliteStore({ ...init, file: join(scratch.folder, 'node.db') })
    const close = async (): Promise<void> => {
      await store.close()
      scratch.remove()
    }
    return { store, close }
  } catch (error) {
    scratch.remove()
    throw error
  }
}
