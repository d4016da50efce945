import { DhtError, type Receipt } from '@bzzz/dht'
import type { QueryEvent } from '@libp2p/kad-dht'

interface Tally {
  readonly stored: Set<string>
  readonly refused: Set<string>
  readonly unreachable: Set<string>
}

/** Counts what became of the messages of one kind, peer by peer. */
export async function tally(events: AsyncIterable<QueryEvent>, message: string): Promise<Tally> {
  const sent = new Set<string>()
  const counted: Tally = { stored: new Set(), refused: new Set(), unreachable: new Set() }
  for await (const event of events) {
    if (event.name === 'SEND_QUERY' && event.messageName === message) sent.add(event.to.toString())
    else if (event.name === 'PEER_RESPONSE' && event.messageName === message) {
      counted.stored.add(event.from.toString())
    } else if (event.name === 'QUERY_ERROR') {
      const peer = event.from.toString()
      // A peer that refuses resets the stream on which it was asked; one that is gone never took it.
      const gaveUp = event.error.name === 'AbortError' || event.error.name === 'TimeoutError'
      counted[sent.has(peer) && !gaveUp ? 'refused' : 'unreachable'].add(peer)
    }
  }
  return counted
}

/** @throws `ERR_DHT_UNREACHABLE`, `ERR_DHT_REFUSED` where nobody took it. */
export function receiptOf({ stored, refused, unreachable: gone }: Tally, key: string): Receipt {
  for (const peer of stored) refused.delete(peer)
  for (const peer of [...stored, ...refused]) gone.delete(peer)
  if (stored.size > 0) {
    return { stored: stored.size, refused: refused.size, unreachable: gone.size }
  }
  if (refused.size === 0) throw unreachable(key)
  throw new DhtError('ERR_DHT_REFUSED', `${refused.size} peers answered and none took ${key}`)
}

export function unreachable(key: string): DhtError {
  return new DhtError(
    'ERR_DHT_UNREACHABLE',
    `Nobody answered for ${key}: no peer of the network is connected`,
  )
}
