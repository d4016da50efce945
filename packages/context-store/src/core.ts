import type { Identity } from '@bzzz/identity'
import type { Access, Operation } from './access.ts'
import type { Backend } from './backend.ts'
import { ChangeFeed, type Schedule } from './change-feed.ts'
import { CommitQueue } from './commit-queue.ts'
import { denied, StoreError } from './errors.ts'
import { MAX_CONTENT_BYTES } from './record.ts'
import { SearchIndexer } from './search-indexer.ts'
import { HeadsIndex } from './heads-index.ts'
import type { CallOptions, Fork } from './queries.ts'
import type { WriterRules } from './writers.ts'

/** What every store is made with. */
export interface StoreInit {
  /** Who signs what is written here; without it the store is read-only, but for records of others. */
  readonly writer?: Identity
  /** Milliseconds since 1970, of which fractions do not count; the system's clock if left out. */
  readonly now?: () => number
  /** The largest content, in bytes; 16 MiB if left out. */
  readonly maxContentBytes?: number
  /** Who may sign which timelines; if left out, a timeline belongs to the key that began it. */
  readonly writers?: WriterRules
  /** Told of each record that lost its place to another one, when that happens. */
  readonly onFork?: (fork: Fork) => void
  /** The timer; that of the system, which keeps no process alive, if left out. */
  readonly schedule?: Schedule
}

/** What all views of one store share. */
export class Core {
  readonly backend: Backend
  readonly writer: Identity | undefined
  readonly writers: WriterRules | undefined
  readonly now: () => number
  readonly maxContentBytes: number
  readonly onFork: (fork: Fork) => void
  readonly queue: CommitQueue
  readonly feed: ChangeFeed
  readonly indexer: SearchIndexer
  readonly heads = new HeadsIndex()
  #open = true

  constructor(backend: Backend, init: StoreInit) {
    this.backend = backend
    this.writer = init.writer
    this.writers = init.writers
    this.now = clockOf(init)
    this.maxContentBytes = init.maxContentBytes ?? MAX_CONTENT_BYTES
    this.onFork = init.onFork ?? (() => {})
    const schedule = init.schedule ?? timer
    this.feed = new ChangeFeed(backend, schedule)
    this.indexer = new SearchIndexer(backend, schedule)
    this.queue = new CommitQueue(backend, schedule, () => {
      this.indexer.note()
      this.feed.tell()
    })
  }

  /** The backend, where it may be used now. */
  ready(options?: CallOptions): Backend {
    options?.signal?.throwIfAborted()
    if (!this.#open) throw new StoreError('ERR_STORE_CLOSED', 'The store is closed')
    return this.backend
  }

  /** Commits what is waiting, and ends. */
  close(): void {
    if (!this.#open) return
    this.queue.flush()
    this.#open = false
    this.indexer.close()
    this.feed.close()
    this.backend.close()
  }
}

/** The clock of a store, in whole milliseconds: records have no finer time, and many a clock has. */
export function clockOf({ now = Date.now }: Pick<StoreInit, 'now'>): () => number {
  return () => Math.floor(now())
}

/** @throws `ERR_STORE_DENIED` */
export function assertMay(access: Access | undefined, operation: Operation, key: string): void {
  if (access && !access.may(operation, key)) throw denied(operation, key)
}

function timer(run: () => void, milliseconds: number): () => void {
  const timeout = setTimeout(run, milliseconds).unref()
  return () => clearTimeout(timeout)
}
