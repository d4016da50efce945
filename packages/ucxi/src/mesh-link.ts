import { collectionOf, type Access, type CallOptions } from '@bzzz/context-store'
import type { Mesh } from '@bzzz/mesh'
import { parseKey } from '@bzzz/ucxl-address'

/** What one party may ask of the mesh and tell it; nothing, where there is none. */
export class MeshLink {
  readonly #mesh: Mesh | undefined
  readonly #access: Access | undefined

  constructor(mesh: Mesh | undefined, access: Access | undefined) {
    this.#mesh = mesh
    this.#access = access
  }

  get isThere(): boolean {
    return this.#mesh !== undefined
  }

  /** The mesh reads for the node itself: what the caller may not see is not asked of it. */
  forReading(key: string): Mesh | undefined {
    return this.#access?.may('read', key) === false ? undefined : this.#mesh
  }

  /** Brings a timeline up to date, where there is anything to learn. */
  async learn(key: string, { signal }: CallOptions = {}): Promise<void> {
    try {
      await this.forReading(key)?.resolve(parseKey(key), signal ? { signal } : {})
    } catch (error) {
      signal?.throwIfAborted()
      // What is not there, is gone, or cannot be asked for now, is no reason not to go on with what
      // is here. What does not verify is.
      if (!/^ERR_TEMPORAL_|^ERR_(MESH|DHT)_(NOT_FOUND|UNREACHABLE|TIMEOUT)$/.test(codeOf(error)))
        throw error
    }
  }

  /** Announces the collection of a context that was written, in the background. */
  tell(key: string): void {
    if (this.#access?.may('announce', key) !== false) this.#mesh?.announce(collectionOf(key))
  }
}

/** The code of an error, of whichever package; '' for none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
