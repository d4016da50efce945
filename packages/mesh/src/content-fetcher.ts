import type { ContextStore } from '@bzzz/context-store'
import type { Provider } from '@bzzz/dht'
import { ChunkFetch, type ChunkSource } from './chunk-fetch.ts'
import { MeshError } from './errors.ts'
import type { MeshEvent } from './mesh.ts'
import type { Meter } from './sync-client.ts'
import type { PeerClients } from './peer-clients.ts'
import { Pool } from './pool.ts'
import type { Timing } from './timing.ts'

export interface ContentFetcherComponents {
  readonly store: ContextStore
  readonly clients: Pick<PeerClients, 'to'>
  readonly schedule: Timing['schedule']
  readonly emit: (event: MeshEvent) => void
}

/** What is to be fetched, and of whom. */
export interface Wanted {
  /** Content id. */
  readonly id: string
  /** Bytes, as the record's writer signed them. */
  readonly size: number
  /** Key of a timeline that the content stands on: for events. */
  readonly key: string
  readonly providers: readonly Provider[]
  readonly signal: AbortSignal
  /** Counts the bytes of its messages; they are not counted if left out. */
  readonly meter?: Meter
}

// Contents fetched at once, at most: each holds 2 MiB.
const MAX_FETCHES = 16

/** Fetches contents from several nodes into the store, which keeps them only where their hash fits. */
export class ContentFetcher {
  readonly #with: ContentFetcherComponents
  readonly #pool = new Pool(MAX_FETCHES)

  constructor(components: ContentFetcherComponents) {
    this.#with = components
  }

  /**
   * @returns the peer that gave it, or the first of those that did.
   * @throws `ERR_MESH_UNTRUSTED`, `ERR_MESH_UNREACHABLE`, `ERR_MESH_NOT_FOUND`; errors of the store.
   */
  async fetch(wanted: Wanted): Promise<string> {
    return this.#pool.run(wanted.signal, async () => this.#fetchAny(wanted))
  }

  async #fetchAny(wanted: Wanted): Promise<string> {
    let lots: Provider[][] = [[...wanted.providers]]
    let failure: MeshError | undefined
    for (let lot = lots.shift(); lot && lot.length > 0; lot = lots.shift()) {
      const { source, error, liars } = await this.#attempt(wanted, lot)
      if (source !== undefined) return source
      failure = failure?.code === 'ERR_MESH_UNTRUSTED' ? failure : error
      // The hash covers the whole: where several gave a part, each is asked alone to find who lied.
      const rest = lot.filter(({ id }) => !liars.includes(id))
      if (liars.length > 1) lots = lot.map((provider) => [provider])
      else if (liars.length === 1 && rest.length > 0) lots.unshift(rest)
    }
    throw (
      failure ?? new MeshError('ERR_MESH_UNREACHABLE', `There is no node to ask for ${wanted.id}`)
    )
  }

  async #attempt(
    { id, size, key, signal, meter }: Wanted,
    providers: readonly Provider[],
  ): Promise<{ source?: string; error?: MeshError; liars: readonly string[] }> {
    const { store, schedule } = this.#with
    let untrusted: MeshError | undefined
    const fetching = new ChunkFetch({
      size,
      sources: providers.map((provider) => this.#sourceOf(provider, id, meter)),
      signal,
      schedule,
      onFailed: (peer, error) => {
        if (isDistrust(error)) untrusted = this.#refuse(peer, key, error)
      },
    })
    try {
      await store.addContent(id, fetching.chunks(), { signal })
      return { source: fetching.contributed[0] ?? '', liars: [] }
    } catch (error) {
      signal.throwIfAborted()
      if (codeOf(error) === 'ERR_STORE_CONTENT_MISMATCH') {
        const liars = fetching.contributed
        const [one = ''] = liars
        if (liars.length > 1) return { liars }
        return { error: this.#refuse(one, key, error), liars }
      }
      if (codeOf(error).startsWith('ERR_STORE_')) throw error
      return { error: untrusted ?? asMeshError(error, id), liars: [] }
    }
  }

  #sourceOf(
    { id: peer, addresses }: Provider,
    content: string,
    meter: Meter | undefined,
  ): ChunkSource {
    return {
      peer,
      chunk: async (offset, signal) => {
        const client = await this.#with.clients.to(peer, { signal, addresses })
        return client.chunk(content, offset, { signal, ...(meter && { meter }) })
      },
    }
  }

  #refuse(peer: string, key: string, error: unknown): MeshError {
    this.#with.emit({ type: 'refused', peer, key, error })
    const why = error instanceof Error ? error.message : ''
    return new MeshError(
      'ERR_MESH_UNTRUSTED',
      `${peer} sent what does not verify, and nothing of it was kept: ${why}`,
      { cause: error },
    )
  }
}

function asMeshError(error: unknown, id: string): MeshError {
  if (error instanceof MeshError) return error
  return new MeshError('ERR_MESH_UNREACHABLE', `No node that holds ${id} could be asked`, {
    cause: error,
  })
}

function isDistrust(error: unknown): boolean {
  return ['ERR_MESH_UNTRUSTED', 'ERR_MESH_PROTOCOL'].includes(codeOf(error))
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
