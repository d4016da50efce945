import { identityFromSeed } from '@bzzz/identity'
import { afterEach, expect, test } from 'vitest'
import { startNode } from '../src/libp2p/node.ts'
import type { NetworkNode } from '../src/network-node.ts'
import { OPEN_GOSSIP } from '../src/libp2p/gossip.ts'
import { until } from './network.ts'

const nodes: NetworkNode[] = []
afterEach(async () => {
  for (const node of nodes.splice(0)) await node.stop()
})

async function start(number: number, mayHear: () => boolean): Promise<NetworkNode> {
  const node = await startNode({
    identity: identityFromSeed(new Uint8Array(32).fill(number)),
    listen: ['/ip4/127.0.0.1/tcp/0'],
    rules: {},
    protocol: '/test/1',
    maxMessageBytes: 1024,
    serve: async (channel) => channel.close(),
    gossip: { ...OPEN_GOSSIP, mayHear },
  })
  nodes.push(node)
  return node
}

test('what a peer listens to is heard once it is known for a member, on the connection that stands', async () => {
  let isMember = false
  const one = await start(1, () => isMember)
  const other = await start(2, () => true)
  for (const topic of ['t', 'u']) other.gossip.subscribe(topic, async () => 'accept')
  one.gossip.subscribe('t', async () => 'accept')
  await one.dial(other.addresses[0]!, { signal: AbortSignal.timeout(10_000) })
  // That way round nothing is in the way: when this is heard, the other one has been told as well.
  await until('the other one hears', async () => other.gossip.subscribers('t').length === 1)
  isMember = true
  one.gossip.introduce(other.peerId)
  other.gossip.introduce(one.peerId)
  await until('it is heard', async () => one.gossip.subscribers('u').length === 1)
  expect(one.gossip.subscribers('t')).toEqual([other.peerId])
})
