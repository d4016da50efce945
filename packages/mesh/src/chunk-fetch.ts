import { MAX_CONTENT_BYTES } from '@bzzz/context-store'
import { MeshError } from './errors.ts'
import { lengthOf, piecesOf, release, type Parts } from './parts.ts'
import { CHUNK_BYTES } from './sync-messages.ts'
import type { Timing } from './timing.ts'

/** A node that can be asked for chunks of one content. */
export interface ChunkSource {
  readonly peer: string
  /** The chunk at an offset, and how long the node says that the whole content is. */
  chunk(offset: number, signal: AbortSignal): Promise<{ bytes: Parts; size: number }>
}

export interface ChunkFetchInit {
  /** Bytes of the whole content, as its writer signed them. */
  readonly size: number
  readonly sources: readonly ChunkSource[]
  readonly signal: AbortSignal
  readonly schedule: Timing['schedule']
  /** Told of a source that failed, and was left for the others. */
  readonly onFailed: (peer: string, error: unknown) => void
}

/** Sources that are asked at once; the others stand by. */
const MAX_SOURCES = 4
/** Chunks that are asked for or wait for their turn, at most: 2 MiB. */
export const WINDOW = 8
/** Milliseconds after which a chunk is asked of another source too. */
export const SLOW_MS = 500
// Chunks that are asked for at once at least, of one source and of all: with fewer their lines wait.
const LANES = 2
const ALL_LANES = 4

// Made once: it ends every chunk, and its trace would cost more than asking for one.
const ENDED = new MeshError('ERR_MESH_CLOSED', 'Not needed any more')

interface Worker {
  readonly source: ChunkSource
  failed: boolean
  /** Was overtaken: asked again only where nobody else is left. */
  slow: boolean
}

interface Flight {
  readonly workers: Set<Worker>
  readonly stop: AbortController
  late: boolean
  cancel: () => void
}

/**
 * The chunks of one content, in order, from several nodes at once. A node that fails is left, and
 * another goes on where it stopped; one that is slow is overtaken. No more is held than {@link WINDOW}
 * chunks, however long the content and however slow its reader. That the bytes are the right ones is
 * for who reads them to check.
 */
export class ChunkFetch {
  readonly #init: ChunkFetchInit
  readonly #standby: ChunkSource[]
  readonly #workers = new Set<Worker>()
  readonly #flights = new Map<number, Flight>()
  readonly #arrived = new Map<number, Parts>()
  readonly #lost = new Set<number>()
  readonly #contributed = new Set<string>()
  #lanes = LANES
  #ended = false
  #next = 0
  #read = 0
  #failure: unknown
  #changed = Promise.withResolvers<void>()

  constructor(init: ChunkFetchInit) {
    if (init.size > MAX_CONTENT_BYTES) {
      throw new MeshError('ERR_MESH_UNTRUSTED', `a content of ${init.size} bytes is too large`)
    }
    this.#init = init
    this.#standby = [...init.sources]
  }

  /** Peer ids of those whose chunks were taken. */
  get contributed(): readonly string[] {
    return [...this.#contributed]
  }

  /**
   * The content, in pieces, each of which is gone when the next one is asked for.
   *
   * @throws the last failure of a source, where none is left; the signal's reason.
   */
  async *chunks(): AsyncGenerator<Uint8Array> {
    const { signal, size } = this.#init
    const [first, ...others] = this.#standby
    if (first && others.length === 0 && size <= CHUNK_BYTES) {
      for (const piece of piecesOf(await this.#only(first))) yield piece
      return
    }
    const onAbort = (): void => this.#tell()
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      // More than there are chunks would only wait.
      const chunks = Math.max(1, Math.ceil(size / CHUNK_BYTES))
      const sources = Math.min(MAX_SOURCES, this.#standby.length, chunks)
      this.#lanes = Math.min(Math.max(LANES, Math.floor(ALL_LANES / sources)), chunks)
      for (let count = 0; count < sources; count++) this.#hire()
      while (this.#read < Math.max(size, 1)) {
        signal.throwIfAborted()
        const bytes = this.#arrived.get(this.#read)
        if (bytes) {
          this.#arrived.delete(this.#read)
          this.#read += CHUNK_BYTES
          this.#tell()
          for (const piece of piecesOf(bytes)) {
            yield piece
            release(piece)
          }
        } else if (this.#workers.size === 0) throw this.#lastFailure()
        else await this.#changed.promise
      }
    } finally {
      signal.removeEventListener('abort', onAbort)
      this.#ended = true
      for (const flight of this.#flights.values()) land(flight)
      this.#tell()
    }
  }

  /** The only chunk, of the only source: there is nobody who could overtake it, or take its place. */
  async #only(source: ChunkSource): Promise<Parts> {
    const { signal, onFailed } = this.#init
    try {
      const { bytes, size } = await source.chunk(0, signal)
      this.#assertFits(source.peer, { bytes, size, offset: 0 })
      this.#contributed.add(source.peer)
      return bytes
    } catch (error) {
      signal.throwIfAborted()
      onFailed(source.peer, error)
      this.#failure = error
      throw this.#lastFailure()
    }
  }

  #hire(): void {
    const source = this.#standby.shift()
    if (!source) return
    const worker: Worker = { source, failed: false, slow: false }
    this.#workers.add(worker)
    for (let lane = 0; lane < this.#lanes; lane++) void this.#work(worker)
  }

  async #work(worker: Worker): Promise<void> {
    while (!this.#ended && !worker.failed) {
      const offset = this.#take(worker)
      if (offset === undefined) await this.#changed.promise
      else await this.#fetch(worker, offset)
    }
  }

  async #fetch(worker: Worker, offset: number): Promise<void> {
    const flight = this.#board(worker, offset)
    const { source } = worker
    try {
      const { bytes, size } = await source.chunk(offset, flight.stop.signal)
      // Another was faster.
      if (this.#flights.get(offset) !== flight) return
      this.#assertFits(source.peer, { bytes, size, offset })
      this.#flights.delete(offset)
      this.#overtake(flight, worker)
      flight.workers.delete(worker)
      land(flight)
      this.#contributed.add(source.peer)
      this.#arrived.set(offset, bytes)
      this.#tell()
    } catch (error) {
      flight.workers.delete(worker)
      if (this.#flights.get(offset) !== flight) return
      if (flight.workers.size === 0) {
        this.#flights.delete(offset)
        land(flight)
        this.#lost.add(offset)
      }
      this.#fire(worker, error)
    }
  }

  #board(worker: Worker, offset: number): Flight {
    const known = this.#flights.get(offset)
    if (known) {
      known.workers.add(worker)
      return known
    }
    const flight: Flight = {
      workers: new Set([worker]),
      stop: new AbortController(),
      late: false,
      cancel: this.#init.schedule(() => {
        flight.late = true
        if (this.#workers.size < MAX_SOURCES) this.#hire()
        this.#tell()
      }, SLOW_MS),
    }
    this.#flights.set(offset, flight)
    return flight
  }

  /** Those who began before the one that was first to end are slow, and somebody else takes part. */
  #overtake(flight: Flight, winner: Worker): void {
    for (const other of flight.workers) {
      if (other === winner) return
      other.slow = true
      this.#hire()
    }
  }

  /** The next chunk for a worker: one that was lost, a new one, or one that another is late with. */
  #take(worker: Worker): number | undefined {
    const isBetterOff = [...this.#workers].some((other) => !other.slow)
    if (worker.slow && isBetterOff) return undefined
    const lost = Math.min(...this.#lost)
    if (this.#lost.delete(lost)) return lost
    const { size } = this.#init
    const isFirst = this.#next === 0
    if (isFirst || (this.#next < size && this.#next < this.#read + WINDOW * CHUNK_BYTES)) {
      const offset = this.#next
      this.#next += CHUNK_BYTES
      return offset
    }
    const late = [...this.#flights].filter(
      ([, flight]) => flight.late && flight.workers.size === 1 && !flight.workers.has(worker),
    )
    return late.length === 0 ? undefined : Math.min(...late.map(([offset]) => offset))
  }

  /** What can be told of a chunk before the whole is here. */
  #assertFits(
    peer: string,
    { bytes, size, offset }: { bytes: Parts; size: number; offset: number },
  ): void {
    const whole = this.#init.size
    if (size !== whole) {
      throw new MeshError(
        'ERR_MESH_UNTRUSTED',
        `${peer} has ${size} bytes for a content of which its writer signed ${whole}`,
      )
    }
    if (lengthOf(bytes) !== Math.min(CHUNK_BYTES, whole - offset)) {
      throw new MeshError('ERR_MESH_PROTOCOL', `${peer} sent a chunk of a wrong size`)
    }
  }

  #fire(worker: Worker, error: unknown): void {
    if (worker.failed || this.#ended) return
    worker.failed = true
    this.#workers.delete(worker)
    this.#failure = error
    this.#init.onFailed(worker.source.peer, error)
    this.#hire()
    this.#tell()
  }

  #lastFailure(): Error {
    if (this.#failure instanceof Error) return this.#failure
    const cause = this.#failure
    return new MeshError('ERR_MESH_UNREACHABLE', 'There is no node to ask', { cause })
  }

  #tell(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }
}

/** Ends a flight, for those who are still in it. */
function land(flight: Flight): void {
  flight.cancel()
  if (flight.workers.size > 0) flight.stop.abort(ENDED)
}
