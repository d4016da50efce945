import type { ContextStore, StoredVersion } from '@bzzz/context-store'
import type { Fetcher, Lacking } from './fetcher.ts'

export interface LacksInit {
  readonly store: ContextStore
  readonly fetcher: Pick<Fetcher, 'fetchLacking' | 'lackOf'>
  /** True for a key that is followed. */
  readonly matches: (key: string) => boolean
}

const MAX_LACKING = 10_000

/**
 * Contents that are not here, though records that are followed name them: of what was only looked up, or
 * came from a node that had no more. Each node that is met is asked for them.
 */
export class Lacks {
  readonly #init: LacksInit
  /** By content id. */
  readonly #lacking = new Map<string, Lacking>()
  #unwatch: (() => void) | undefined

  constructor(init: LacksInit) {
    this.#init = init
  }

  /** Looks at what comes from now on. */
  watch(): void {
    this.#unwatch ??= this.#init.store.watch((changes) => {
      for (const change of changes) {
        // A store that is closed or cannot be read says so to those who use it.
        if (this.#init.matches(change.record.key)) this.look(change).catch(() => {})
      }
    })
  }

  /** Takes note of what lacks of a version. */
  async look(version: StoredVersion): Promise<void> {
    const lack = await this.#init.fetcher.lackOf(version)
    if (lack && this.#lacking.size < MAX_LACKING) this.#lacking.set(lack.id, lack)
  }

  /** Asks a node for what lacks. What it does not have is asked of the next one. */
  async fetch(peer: string, { signal }: { readonly signal: AbortSignal }): Promise<void> {
    const { fetcher, matches } = this.#init
    const wanted = [...this.#lacking.values()].filter(({ key }) => matches(key))
    // Nobody else asks for them meanwhile.
    this.#lacking.clear()
    let rest = wanted
    try {
      rest = await fetcher.fetchLacking(wanted, peer, { signal })
    } finally {
      for (const lack of rest) this.#lacking.set(lack.id, lack)
    }
  }

  stop(): void {
    this.#unwatch?.()
    this.#lacking.clear()
  }
}
