import type { CallOptions, ContextStore, ContextVersion, StoredVersion } from '@bzzz/context-store'
import { StoreError } from '@bzzz/context-store'
import { collectionOf, type Mesh } from '@bzzz/mesh'
import { keyOf, parse, parseKey, type Address } from '@bzzz/ucxl-address'
import { UcxiError } from './errors.ts'
import type { ListOptions, Origin, Page, PutInput, TimelineOptions, Ucxi } from './ucxi.ts'

const DEFAULT_LIMIT = 100
const MAX_LIMIT = 1000

/** The operations over a store, and, where there is one, a mesh that knows what the store does not. */
export function createUcxi(components: { store: ContextStore; mesh?: Mesh }): Ucxi {
  return new LocalUcxi(components.store, components.mesh)
}

class LocalUcxi implements Ucxi {
  readonly #store: ContextStore
  readonly #mesh: Mesh | undefined

  constructor(store: ContextStore, mesh: Mesh | undefined) {
    this.#store = store
    this.#mesh = mesh
  }

  async get(address: string | Address, options?: CallOptions): Promise<ContextVersion & Origin> {
    if (this.#mesh) return this.#mesh.get(address, options)
    return { ...(await this.#store.get(address, options)), source: 'local', fresh: true }
  }

  async put(address: string, input: PutInput, options?: CallOptions): Promise<StoredVersion> {
    const key = keyOf(parse(address))
    // A context that another node holds goes on where it stands there, and is not begun anew.
    let head = await this.#store.head(key, options)
    if (!head) {
      await this.#learn(key, options)
      head = await this.#store.head(key, options)
    }
    const written = await this.#store.put(
      {
        address,
        content: input.content,
        ...(input.contentType === undefined ? {} : { contentType: input.contentType }),
        ...expectation(input, head),
      },
      options,
    )
    this.#mesh?.announce(collectionOf(key))
    return written
  }

  async timeline(address: string, options: TimelineOptions = {}): Promise<Page> {
    const key = keyOf(parse(address))
    const { from = 1, ...rest } = options
    const limit = limitOf(options)
    await this.#learn(key, options)
    const page = await take(this.#store.history(key, { from, ...rest }), limit)
    // An empty page is an end; a context that nobody ever wrote is an error.
    if (page.versions.length === 0) await assertKnown(this.#store, key)
    return page
  }

  async list(pattern: string, options: ListOptions = {}): Promise<Page> {
    return take(this.#store.list(pattern, options), limitOf(options))
  }

  /** Brings a timeline up to date from the mesh, where there is anything to learn. */
  async #learn(key: string, options?: CallOptions): Promise<void> {
    try {
      await this.#mesh?.resolve(parseKey(key), options)
    } catch (error) {
      options?.signal?.throwIfAborted()
      // What is not there, is gone, or cannot be asked for now, is no reason not to go on with what
      // is here. What does not verify is.
      const code = error instanceof Error && 'code' in error ? String(error.code) : ''
      if (!/^ERR_TEMPORAL_|^ERR_(MESH|DHT)_(NOT_FOUND|UNREACHABLE|TIMEOUT)$/.test(code)) throw error
    }
  }
}

async function assertKnown(store: ContextStore, key: string): Promise<void> {
  if (await store.head(key)) return
  await store.resolve(parseKey(key))
}

function expectation(input: PutInput, head: StoredVersion | undefined): { ifVersion?: number } {
  const version = head?.record.version ?? 0
  const content = head?.record.content ?? null
  if (input.ifNone) {
    if (content !== null) throw conflict('no living version', `version ${version} is there`)
    return { ifVersion: version }
  }
  if (input.ifMatch) {
    if (content === null || !input.ifMatch.includes(content)) {
      throw conflict(`the content ${input.ifMatch.join(' or ')}`, `it is ${content ?? 'not there'}`)
    }
    return { ifVersion: version }
  }
  return {}
}

function conflict(expected: string, actual: string): StoreError {
  return new StoreError(
    'ERR_STORE_CONFLICT',
    `Expected ${expected}, but ${actual}: read it again, then write`,
  )
}

function limitOf({ limit = DEFAULT_LIMIT }: { readonly limit?: number }): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return limit
  throw new UcxiError('ERR_UCXI_REQUEST', `Expected a limit from 1 to ${MAX_LIMIT}, got ${limit}`)
}

async function take(source: AsyncIterable<StoredVersion>, limit: number): Promise<Page> {
  const versions: StoredVersion[] = []
  for await (const version of source) {
    if (versions.length === limit) return { versions, more: true }
    versions.push(version)
  }
  return { versions, more: false }
}
