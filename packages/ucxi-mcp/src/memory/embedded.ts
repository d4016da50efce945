import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { WriterRules } from '@bzzz/context-store'
import { openSqliteStore } from '@bzzz/context-store/sqlite'
import { loadOrCreateIdentity } from '@bzzz/identity'
import type { ClusterView } from '@bzzz/identity/cluster'
import type { catchUp as CatchUp, Slurp } from '@bzzz/slurp'
import { createUcxi } from '@bzzz/ucxi/operations'
import { McpError } from '../errors.ts'
import { localMemory } from './local.ts'
import type { Memory } from './memory.ts'

export interface OpenMemoryInit {
  /** Folder of the key, the contexts and the graph; made where it is missing. */
  readonly folder: string
  /** Milliseconds since 1970; the system's clock if left out. */
  readonly now?: () => number
  /** What the cluster of that folder says of who signed what, and of who may. */
  readonly cluster?: OfCluster
}

/** A cluster, as far as a memory needs it. */
export interface OfCluster {
  readonly view: Pick<ClusterView, 'check'>
  readonly writers: WriterRules
}

interface Graph {
  readonly slurp: Slurp
  readonly catchUp: typeof CatchUp
  close(): Promise<void>
}

/** What says in a participant's folder that it is of a cluster. */
const CLUSTER_FILE = 'cluster.json'

/**
 * Opens the memory in a folder: `identity.json`, `contexts.db` and, once it is asked what would fall,
 * `graph.db`, the files of every participant. Other processes may have it open at the same time.
 *
 * @throws `ERR_MCP_CLUSTER` for the folder of a member of a cluster, where `cluster` was not given;
 *   `ERR_IDENTITY_KEY_FILE`, `ERR_STORE_FILE` where a file is not what it should be; the file
 *   system's errors
 */
export async function openMemory({
  folder,
  now = Date.now,
  cluster,
}: OpenMemoryInit): Promise<Memory> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  if (!cluster && existsSync(join(folder, CLUSTER_FILE))) {
    const message = `${folder} is of a cluster, whose rules its node knows: talk to that with --node`
    throw new McpError('ERR_MCP_CLUSTER', message)
  }
  const identity = await loadOrCreateIdentity(join(folder, 'identity.json'))
  const store = openSqliteStore({
    file: join(folder, 'contexts.db'),
    writer: identity,
    now,
    ...(cluster && { writers: cluster.writers }),
  })
  let graph: Promise<Graph> | undefined

  // Loaded once it is asked for: a service is not needed to begin.
  const openGraph = async (): Promise<Graph> => {
    const [{ catchUp, createSlurp }, { openSqliteStorage }, { createStoreReader }] =
      await Promise.all([
        import('@bzzz/slurp'),
        import('@bzzz/slurp/sqlite'),
        import('@bzzz/slurp-client'),
      ])
    const storage = openSqliteStorage({ file: join(folder, 'graph.db') })
    const slurp = createSlurp({ storage, reader: createStoreReader(store), now })
    const close = async (): Promise<void> => {
      await slurp.close()
      await storage.close()
    }
    return { slurp, catchUp, close }
  }

  return localMemory({
    ucxi: createUcxi({ store, now, ...(cluster && { cluster: cluster.view }) }),
    identity,
    impact: async (start, options) => {
      graph ??= openGraph()
      const { slurp, catchUp } = await graph
      const { signal } = options
      await catchUp({ slurp, store, file: join(folder, 'graph.json'), ...(signal && { signal }) })
      return slurp.consequences(start, { ...options, contexts: true })
    },
    close: async () => {
      const open = graph
      graph = undefined
      await (await open)?.close()
      await store.close()
    },
  })
}
