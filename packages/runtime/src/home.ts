import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ContextStore } from '@bzzz/context-store'
import { openSqliteStore } from '@bzzz/context-store/sqlite'
import { loadOrCreateIdentity, type Identity } from '@bzzz/identity'
import { createStoreReader } from '@bzzz/slurp-client'
import { catchUp, createSlurp, type Slurp } from '@bzzz/slurp'
import { openSqliteStorage } from '@bzzz/slurp/sqlite'
import { readCluster, writersOf } from './cluster/files.ts'

export interface HomeInit {
  /** Milliseconds since 1970; the system's clock if left out. */
  readonly now?: () => number
}

/** One participant's folder: the key, the contexts, and the graph of the decisions among them. */
export interface Home {
  readonly folder: string
  readonly identity: Identity
  readonly store: ContextStore
  /**
   * The decisions in the store, to ask; what came to the store since it was last asked for is taken in
   * first. It stays the home's.
   */
  graph(options?: GraphOptions): Promise<Slurp>
  /** Ends it all; closing twice is fine. */
  close(): Promise<void>
}

interface GraphOptions {
  readonly signal?: AbortSignal
  /** Called with how many changes of how many were looked at. */
  readonly onProgress?: (done: number, all: number) => void
}

/**
 * Opens the home in a folder, which is made where it is missing: `identity.json`, `contexts.db` and,
 * once it is asked for, `graph.db`.
 *
 * @throws `ERR_IDENTITY_KEY_FILE`, `ERR_STORE_FILE`, `ERR_SLURP_FILE` where a file is not what it
 *   should be; the file system's errors
 */
export async function openHome(folder: string, { now = Date.now }: HomeInit = {}): Promise<Home> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const identity = await loadOrCreateIdentity(join(folder, 'identity.json'))
  const store = openSqliteStore({
    file: join(folder, 'contexts.db'),
    writer: identity,
    now,
    ...writersOf(readCluster(folder, now)),
  })
  let open: { readonly slurp: Slurp; close(): Promise<void> } | undefined

  function openGraph(): NonNullable<typeof open> {
    const storage = openSqliteStorage({ file: join(folder, 'graph.db') })
    const reader = createStoreReader(store)
    const slurp = createSlurp({ storage, reader, now })
    return {
      slurp,
      async close() {
        await slurp.close()
        await storage.close()
      },
    }
  }

  return {
    folder,
    identity,
    store,
    async graph(options = {}) {
      open ??= openGraph()
      await catchUp({ slurp: open.slurp, store, file: join(folder, 'graph.json'), ...options })
      return open.slurp
    },
    async close() {
      const graph = open
      open = undefined
      await graph?.close()
      await store.close()
    },
  }
}
