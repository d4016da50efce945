import { conformanceRules } from '@bzzz/dht/conformance'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { GuardDatastore } from '../src/libp2p/guard-datastore.ts'
import type { NetworkNode } from '../src/network-node.ts'
import { startTestNode, until } from './network.ts'

// What libp2p's own calls do without saying so, and what is done about it, has a test for each: older
// values put over newer ones (guard-datastore, dht-conformance), replicas lost in parallel calls and
// invalid values that are stored (the suite of the DHT), searches that end too soon (facets), dead peers
// (suspects), slow pings (presence), gossip that ends in silence (beacons). Here are the other two.

const rules = { conformance: conformanceRules }
const KEY = '/conformance/a'
const HOUR = 3_600_000
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

const running: NetworkNode[] = []
let number = 0

afterEach(async () => {
  vi.useRealTimers()
  await Promise.all(running.splice(0).map(async (one) => one.stop()))
})

async function node(
  contacts: readonly NetworkNode[],
  values = new GuardDatastore(rules),
): Promise<NetworkNode> {
  const started = await startTestNode(++number, rules, { values })
  running.push(started)
  for (const { addresses } of contacts)
    await started.dial(addresses[0] ?? '', { signal: AbortSignal.timeout(5000) })
  const known = (): boolean => started.knownPeers() >= contacts.length
  await until('it knows whom it dialled', known)
  return started
}

/** A disk that can be told to take nothing more. */
class FullDatastore extends GuardDatastore {
  isFull = false

  override async put(...[key, value, options]: Parameters<GuardDatastore['put']>) {
    if (this.isFull && key.toString().startsWith('/dht/record')) throw new Error('No space left')
    return super.put(key, value, options)
  }
}

describe('libp2p', () => {
  test('throws where one peer does not take a correction, though the value was found', async () => {
    const values = new FullDatastore(rules)
    const behind = await node([], values)
    const writer = await node([behind])
    await writer.dht.putValue(KEY, bytes('1:old'))
    values.isFull = true
    await expect(writer.dht.putValue(KEY, bytes('2:new'))).rejects.toMatchObject({
      code: 'ERR_DHT_REFUSED',
    })
    const reader = await node([behind, writer])
    const found = await reader.dht.getValue(KEY)
    expect(new TextDecoder().decode(found.value)).toBe('2:new')
    expect(found.answered).toBe(2)
  })

  test('hides all providers of a key where it forgot the addresses of one', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const [storer, here] = [await node([]), await node([])]
    const gone = await node([storer])
    await gone.dht.provide(KEY)
    await here.dial(storer.addresses[0] ?? '', { signal: AbortSignal.timeout(5000) })
    await until('they know one another', () => here.knownPeers() > 0)
    await here.dht.provide(KEY)
    await gone.stop()
    await until('it is gone', () => !storer.peers().includes(gone.peerId))
    // Peers are forgotten after six hours by default, and what they provide after forty-eight.
    vi.setSystemTime(Date.now() + 10 * HOUR)
    const asker = await node([storer])
    const found: string[] = []
    for await (const { id } of asker.dht.findProviders(KEY)) found.push(id)
    expect(found).toContain(here.peerId)
  })
})
