import type { Schedule } from '@bzzz/context-store'
import { MeshError } from '../errors.ts'
import type { MeshEvent } from '../mesh.ts'
import { within } from './deadline.ts'
import { WorkQueue } from './work-queue.ts'

export interface AttemptsInit {
  readonly schedule: Schedule
  readonly emit: (event: MeshEvent) => void
}

/** Something that is tried again where it fails. */
export interface Attempt {
  readonly name: string
  /** The peer that is asked. */
  readonly peer: string
  readonly work: (signal: AbortSignal) => Promise<void>
  /** As of {@link WorkQueue}. */
  readonly lane?: string
}

const QUEUE = { parallel: 8, perPeer: 4, waiting: 1000 }
const FETCH_MS = 60_000
// After the last try the next announcement, or the next meeting, brings what is missing.
const RETRIES_MS = [500, 2000, 8000, 30_000]

/** Asks peers for what is followed, a few at once, and again where that fails. */
export class Attempts {
  readonly #init: AttemptsInit
  readonly #queue: WorkQueue
  readonly #retries = new Map<string, () => void>()
  readonly #stopping = new AbortController()

  constructor(init: AttemptsInit) {
    this.#init = init
    const onDropped = (name: string): void =>
      init.emit({
        type: 'behind',
        what: name,
        error: new MeshError('ERR_MESH_LIMIT', 'Too much is announced at once'),
      })
    this.#queue = new WorkQueue({ ...QUEUE, schedule: init.schedule, onDropped })
  }

  /** Aborted when the node stops. */
  get signal(): AbortSignal {
    return this.#stopping.signal
  }

  /** Does something once, when it is its turn. It must not reject. */
  request(name: string, peer: string, run: () => Promise<void>): void {
    this.#queue.request(name, { peer, run })
  }

  /** Does something now, and where it fails again a few times, later and later. */
  try(attempt: Attempt): void {
    this.#try(attempt, 0)
  }

  async within<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    return within({ schedule: this.#init.schedule, ms: FETCH_MS, signal: this.signal }, work)
  }

  /** Resolves when nothing runs or waits for its turn. */
  async idle(): Promise<void> {
    await this.#queue.idle()
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new MeshError('ERR_MESH_CLOSED', 'The node has left the mesh'))
    for (const cancel of this.#retries.values()) cancel()
    this.#retries.clear()
    await this.#queue.stop()
  }

  #try(attempt: Attempt, tries: number): void {
    const { name, peer, work, lane } = attempt
    this.#retries.get(name)?.()
    this.#retries.delete(name)
    const run = async (): Promise<void> => {
      try {
        await this.within(work)
      } catch (error) {
        if (this.signal.aborted) return
        this.#init.emit({ type: 'behind', what: name, error })
        const wait = RETRIES_MS[tries]
        // Something newer under the same name replaces this, and its retries.
        if (wait === undefined || this.#retries.has(name) || this.#retries.size >= QUEUE.waiting)
          return
        const again = (): void => this.#try(attempt, tries + 1)
        this.#retries.set(name, this.#init.schedule(again, wait))
      }
    }
    this.#queue.request(name, { peer, run, lane })
  }
}
