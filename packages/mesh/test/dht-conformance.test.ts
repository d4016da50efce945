import { conformanceRules, dhtConformance } from '@bzzz/dht/conformance'
import { describe, expect, test } from 'vitest'
import { startNetwork, startTestNode, testSupports, until } from './network.ts'

describe('the DHT on libp2p', () => {
  for (const { name, run, skip } of dhtConformance(startNetwork, testSupports)) {
    test.skipIf(skip)(name, run)
  }
})

test('a node that came late, and never saw the better value, cannot put a worse one over it', async () => {
  const rules = { conformance: conformanceRules }
  const [first, second] = [await startTestNode(1, rules), await startTestNode(2, rules)]
  const signal = AbortSignal.timeout(5000)
  await second.dial(first.addresses[0] ?? '', { signal })
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
  await until('the first knows the second', () => first.knownPeers() === 1)
  await first.dht.putValue('/conformance/key', bytes('2:new'))
  const late = await startTestNode(3, rules)
  for (const { addresses } of [first, second]) await late.dial(addresses[0] ?? '', { signal })
  await until('the late one knows both', () => late.knownPeers() === 2)
  await expect(late.dht.putValue('/conformance/key', bytes('1:old'))).rejects.toMatchObject({
    code: 'ERR_DHT_REFUSED',
  })
  for (const { dht } of [first, second]) {
    const { value } = await dht.getValue('/conformance/key')
    expect(new TextDecoder().decode(value)).toBe('2:new')
  }
  await Promise.all([first, second, late].map(async (node) => node.stop()))
})
