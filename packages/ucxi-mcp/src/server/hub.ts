import type { McpServer, ServerNotifier } from '@modelcontextprotocol/server'
import { format, parseKey, toUri } from '@bzzz/ucxl-address'
import type { VersionView } from '@bzzz/ucxi'
import type { Memory } from '../memory/memory.ts'

/** Resources that one connection may subscribe to. */
const MAX_SUBSCRIPTIONS = 1024

/** Tells clients of changes. */
export interface Hub {
  /** Tells a server for as long as it is connected: which of it a client hears is its protocol's matter. */
  join(server: McpServer, era: 'legacy' | 'modern'): void
  /** Tells what serves many. @returns what ends it. */
  tell(notifier: Pick<ServerNotifier, 'resourceUpdated' | 'resourcesChanged'>): () => void
  /** Ends it. */
  close(): Promise<void>
}

interface Listener {
  updated(uri: string): void
  listed(): void
}

/** Follows the changes of a memory from now on. */
export function createHub(memory: Memory, onError: (error: unknown) => void): Hub {
  const end = new AbortController()
  const listeners = new Set<Listener>()

  const follow = async (): Promise<void> => {
    try {
      for await (const change of memory.changes({ signal: end.signal })) tell(change)
    } catch (error) {
      // Nobody waits for it: clients that hear nothing can still ask.
      if (!end.signal.aborted) onError(error)
    }
  }
  const tell = (change: VersionView): void => {
    const isListed = change.version === 1 || change.content === null
    const uris = urisOf(change.key)
    for (const listener of listeners) {
      for (const uri of uris) listener.updated(uri)
      if (isListed) listener.listed()
    }
  }
  const send = (sending: Promise<void>): void => {
    sending.catch(onError)
  }
  const following = follow()

  return {
    join(server, era) {
      const { server: inner } = server
      const subscribed = new Set<string>()
      if (era === 'legacy') {
        inner.setRequestHandler('resources/subscribe', ({ params: { uri } }) => {
          if (subscribed.size < MAX_SUBSCRIPTIONS) subscribed.add(uri)
          else throw new Error(`Expected at most ${MAX_SUBSCRIPTIONS} subscriptions`)
          return {}
        })
        inner.setRequestHandler('resources/unsubscribe', ({ params: { uri } }) => {
          subscribed.delete(uri)
          return {}
        })
      }
      const listener: Listener = {
        updated: (uri) => {
          if (era === 'modern' || subscribed.has(uri)) send(inner.sendResourceUpdated({ uri }))
        },
        // Who has not subscribed to anything is not told that there is more to list.
        listed: () => {
          if (era === 'modern' || subscribed.size > 0) send(inner.sendResourceListChanged())
        },
      }
      listeners.add(listener)
      const { onclose } = inner
      // It is no event target: this is how the SDK tells.
      Object.assign(inner, {
        onclose: () => {
          listeners.delete(listener)
          onclose?.()
        },
      })
    },
    tell(notifier) {
      const listener: Listener = {
        updated: (uri) => notifier.resourceUpdated(uri),
        listed: () => notifier.resourcesChanged(),
      }
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async close() {
      end.abort()
      await following
    },
  }
}

/** Under which names a client may have asked for the newest version. */
function urisOf(key: string): string[] {
  const address = parseKey(key)
  const names = [toUri(address), format(address)]
  const short = names.map((name) => name.replace(/\/\*(?:%5E|\^)\//, '/'))
  return [...names, ...short]
}
