import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ContextStore } from '@bzzz/context-store'
import { openSqliteStore } from '@bzzz/context-store/sqlite'
import { loadOrCreateIdentity, type Identity } from '@bzzz/identity'
import { createMesh, type Mesh, type MeshEvent } from '@bzzz/mesh'
import { createUcxi, startUcxiServer, UcxiError, type UcxiServer } from '@bzzz/ucxi'

/** A whole node: identity, store, mesh and HTTP, in one folder. */
export interface LocalNode {
  readonly name: string
  readonly identity: Identity
  readonly store: ContextStore
  readonly mesh: Mesh
  /** Where its HTTP interface answers. */
  readonly url: string
  /** Ends it all, in the reverse order of its start. */
  stop(): Promise<void>
}

export interface LocalNodeInit {
  readonly name: string
  /** Where identity and store are kept; made where it is missing. */
  readonly folder: string
  /** HTTP port; 0 takes any free one. */
  readonly port: number
  /** Take any free port where that one is in use. */
  readonly anyPort: boolean
  readonly now: () => number
  readonly onEvent?: (event: MeshEvent) => void
  readonly onError?: (error: unknown) => void
}

/** Starts a node; where a part fails, those before it are ended again. */
export async function startLocalNode(init: LocalNodeInit): Promise<LocalNode> {
  const undo: (() => Promise<void>)[] = []
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).toReversed()) await step()
  }
  try {
    await mkdir(init.folder, { recursive: true, mode: 0o700 })
    const identity = await loadOrCreateIdentity(join(init.folder, 'identity.json'))
    const file = join(init.folder, 'contexts.db')
    const store = openSqliteStore({ file, writer: identity, now: init.now })
    undo.push(async () => store.close())
    const mesh = await createMesh({
      identity,
      store,
      now: init.now,
      ...(init.onEvent ? { onEvent: init.onEvent } : {}),
    })
    undo.push(async () => mesh.stop())
    const server = await serve(init, createUcxi({ store, mesh }))
    undo.push(async () => server.close())
    return { name: init.name, identity, store, mesh, url: server.url, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function serve(
  { port, anyPort, onError }: LocalNodeInit,
  ucxi: ReturnType<typeof createUcxi>,
): Promise<UcxiServer> {
  const rest = { ucxi, ...(onError ? { onError } : {}) }
  try {
    return await startUcxiServer({ ...rest, port })
  } catch (error) {
    const taken = error instanceof UcxiError && error.code === 'ERR_UCXI_PORT'
    if (!taken || !anyPort) throw error
    return startUcxiServer({ ...rest, port: 0 })
  }
}
