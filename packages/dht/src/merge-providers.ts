import type { Dht, DhtCallOptions, Provider } from './dht.ts'

interface Step {
  readonly side: number
  readonly next?: IteratorResult<Provider>
  readonly error?: unknown
}

/**
 * Providers of two DHTs as either finds them, each once. The search ends when both have ended; it
 * fails, with the first side's error, where both failed, or that side did and nothing was found at all.
 *
 * @param begin called when the search begins; throws where it may not.
 */
export async function* mergeProviders(
  begin: () => void,
  sides: readonly Dht[],
  key: string,
  options: DhtCallOptions = {},
): AsyncGenerator<Provider> {
  begin()
  // Who leaves early must not wait for a side that is silent.
  const stop = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal
  const searches = sides.map((side) =>
    side.findProviders(key, { ...options, signal })[Symbol.asyncIterator](),
  )
  const step = async (side: number): Promise<Step> =>
    searches[side]!.next().then(
      (next) => ({ side, next }),
      (error: unknown) => ({ side, error }),
    )
  const pending = new Map(searches.map((_, side) => [side, step(side)]))
  const seen = new Set<string>()
  const failed: Step[] = []
  try {
    while (pending.size > 0) {
      const { side, next, error } = await Promise.race(pending.values())
      options.signal?.throwIfAborted()
      if (next === undefined || next.done) {
        pending.delete(side)
        if (next === undefined) failed.push({ side, error })
        continue
      }
      pending.set(side, step(side))
      if (seen.has(next.value.id)) continue
      seen.add(next.value.id)
      yield next.value
    }
  } finally {
    stop.abort()
  }
  // With nothing found, what the first side would have said is not known. With both failed, nor is
  // whether there are more.
  const [first] = failed.toSorted((a, b) => a.side - b.side)
  const isUnknown = seen.size === 0 && first?.side === 0
  if (first && (isUnknown || failed.length === sides.length)) throw first.error
}
