import type { DecisionStorage } from './storage.ts'
import type { Schedule } from './webhook-runner.ts'

/** How soon a service sees what another one took in. */
const POLL_MS = 500

interface WatchInit {
  readonly storage: DecisionStorage
  readonly schedule: Schedule
  /** Called when something may have come that was not taken in here. */
  readonly onNews: () => void
}

/** Looks now and again whether something came to a storage that is shared. @returns what ends it */
export function watchOthers({ storage, schedule, onNews }: WatchInit): () => void {
  const stopping = new AbortController()
  let cancel: (() => void) | undefined
  let position: number | undefined

  async function look(): Promise<void> {
    try {
      const newest = await storage.position?.({ signal: stopping.signal })
      if (stopping.signal.aborted) return
      if (position !== undefined && newest !== position) onNews()
      position = newest
    } catch {
      // Whoever asks something of the storage is told what is wrong with it. What failed meanwhile is
      // taken up again once it answers: that counts as news.
      position = Number.NaN
    }
    if (!stopping.signal.aborted) cancel = schedule(() => void look(), POLL_MS)
  }

  if (storage.position) void look()
  return () => {
    stopping.abort()
    cancel?.()
  }
}
