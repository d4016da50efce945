import type { DecisionStorage, StoredDecision } from './storage.ts'

// How many events are read at once.
const LOT = 100

interface FeedOptions {
  /** The sequence after which to begin. */
  readonly after: number
  /** Ends it. */
  readonly signal: AbortSignal
}

/** What is accepted, in order: from the storage, so that nobody who is slow keeps anything waiting. */
export interface Feed {
  /** Tells those who wait that something came. */
  notify(): void
  /** In lots. It ends when the signal fires. */
  follow(options: FeedOptions): AsyncGenerator<readonly StoredDecision[]>
}

export function createFeed(storage: DecisionStorage): Feed {
  const waiting = new Set<() => void>()
  let told = 0

  async function news(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        waiting.delete(wake)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      waiting.add(wake)
      signal.addEventListener('abort', wake)
    })
  }

  return {
    notify() {
      told++
      for (const wake of waiting) wake()
    },
    async *follow({ after, signal }) {
      let position = after
      while (!signal.aborted) {
        const before = told
        const lot = await storage.changes({ after: position, limit: LOT })
        position = lot.at(-1)?.sequence ?? position
        if (lot.length > 0) yield lot
        // What came during the look is looked for at once.
        else if (told === before && !signal.aborted) await news(signal)
      }
    },
  }
}
