import type { Provider } from '@bzzz/dht'
import { assertCallable, runCall, type CallInit, type RunningCall } from './call.ts'
import { placeOf } from './ids.ts'
import { Lookup } from './lookup.ts'
import { unreachable } from './values.ts'

/** Providers of a key, each once, as nodes name them. */
export async function* findProviders(init: CallInit): AsyncGenerator<Provider> {
  assertCallable(init.host, init.options)
  const { found, search, stop, more } = begin(init)
  try {
    for (;;) {
      // Before the search is looked at: a wake-up must not get lost between the two.
      const wake = more()
      const next = found.shift()
      if (next !== undefined) yield { id: next, addresses: [] }
      else if (await Promise.race([search.then(() => true), wake])) {
        if (found.length === 0) return
      }
    }
  } finally {
    stop()
  }
}

/** Begins the search: `found` fills while it runs. */
function begin(init: CallInit) {
  const { world, host, key } = init
  const found: string[] = []
  const seen = new Set<string>()
  let wake = Promise.withResolvers<false>()
  let running: RunningCall<void> | undefined
  const add = (ids: readonly string[]): void => {
    for (const id of ids) {
      if (seen.has(id)) continue
      seen.add(id)
      found.push(id)
    }
    if (found.length > 0) wake.resolve(false)
  }
  const search = runCall<void>(init, (call) => {
    running = call
    if (host.table.size === 0) {
      call.reject(unreachable(key))
      return
    }
    add(host.storage.providers(key, host.now))
    const lookup = new Lookup({
      wire: world.wire,
      host,
      message: { kind: 'get-providers', key, target: placeOf(key) },
      bucketSize: world.bucketSize,
      alpha: world.alpha,
      onReply: (_from, { providers = [] }) => {
        add(providers)
        return false
      },
      done: ({ hops, messages, answered }) => {
        call.tally.hops = hops
        call.tally.messages = messages
        call.tally.answered = answered
        if (answered > 0) call.resolve(undefined)
        else call.reject(unreachable(key))
      },
    })
    call.onEnd = () => lookup.stop()
    lookup.start()
  })
  // Who leaves early never hears how the search ends.
  search.catch(() => {})
  return {
    found,
    search,
    stop: () => running?.resolve(undefined),
    more: (): Promise<false> => {
      if (found.length === 0) wake = Promise.withResolvers<false>()
      return wake.promise
    },
  }
}
