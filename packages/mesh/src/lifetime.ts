import type { Schedule } from '@bzzz/context-store'
import { DhtError, withDeadline } from '@bzzz/dht'
import { MeshError } from './errors.ts'
import type { MeshCallOptions } from './mesh.ts'

/** From a node's start to its end: calls are made within it, each under a deadline. */
export class Lifetime {
  readonly #ended = new AbortController()
  readonly #schedule: Schedule

  constructor(schedule: Schedule) {
    this.#schedule = schedule
  }

  /** Aborts with `ERR_MESH_CLOSED` when the node leaves. */
  get signal(): AbortSignal {
    return this.#ended.signal
  }

  get isOpen(): boolean {
    return !this.#ended.signal.aborted
  }

  /** @throws `ERR_MESH_CLOSED`. */
  assertOpen(): void {
    if (!this.isOpen) throw closed()
  }

  /** @throws `ERR_MESH_CLOSED`, `ERR_MESH_TIMEOUT`, and what the work throws. */
  async call<Result>(
    options: MeshCallOptions | undefined,
    work: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    this.assertOpen()
    try {
      return await withDeadline({ ...options, schedule: this.#schedule }, work)
    } catch (error) {
      if (error instanceof DhtError && error.code === 'ERR_DHT_TIMEOUT') {
        throw new MeshError('ERR_MESH_TIMEOUT', error.message, { cause: error })
      }
      throw error
    }
  }

  end(): void {
    this.#ended.abort(closed())
  }
}

function closed(): MeshError {
  return new MeshError('ERR_MESH_CLOSED', 'The node has left the mesh')
}
