import { statSync } from 'node:fs'
import type { Schedule } from '@bzzz/context-store'
import { clusterFile, readStatements, writeCluster, type HomeCluster } from './files.ts'
import { lockCluster } from './lock.ts'

export interface KeeperInit {
  readonly home: string
  readonly cluster: HomeCluster
  readonly schedule: Schedule
  /** Told when a command in this home added something: others are to hear of it. */
  readonly onAdded: () => void
  readonly onError: (error: unknown) => void
}

// A revocation by a command is heard of soon; what was heard from others is soon kept.
const LOOK_MS = 2000

/** Keeps what a running node hears of its cluster, and takes in what commands in the home add. */
export class ClusterKeeper {
  readonly #init: KeeperInit
  #generation: number
  #changed: number
  #cancel: (() => void) | undefined

  constructor(init: KeeperInit) {
    this.#init = init
    this.#generation = init.cluster.view.generation
    this.#changed = changedAt(init.home)
  }

  start(): void {
    this.#cancel = this.#init.schedule(() => {
      this.look()
      this.start()
    }, LOOK_MS)
  }

  /** Ends it, and keeps what is new. */
  stop(): void {
    this.#cancel?.()
    this.look()
  }

  look(): void {
    const { home, cluster, onError } = this.#init
    const isNew = cluster.view.generation !== this.#generation
    if (!isNew && changedAt(home) === this.#changed) return
    try {
      const lock = lockCluster(home)
      try {
        this.#exchange()
      } finally {
        lock.release()
      }
    } catch (error) {
      onError(error)
    }
  }

  #exchange(): void {
    const { home, cluster, onAdded } = this.#init
    const { view } = cluster
    const { added } = view.merge(readStatements(home)?.statements ?? [])
    if (view.generation !== this.#generation)
      writeCluster(home, { cluster: view.cluster, statements: view.statements() })
    this.#generation = view.generation
    this.#changed = changedAt(home)
    if (added > 0) onAdded()
  }
}

function changedAt(home: string): number {
  return statSync(clusterFile(home), { throwIfNoEntry: false })?.mtimeMs ?? 0
}
