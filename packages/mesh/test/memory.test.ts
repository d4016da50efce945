import { conformanceRules, type DhtNetwork } from '@bzzz/dht/conformance'
import { describe, expect, test } from 'vitest'
import { inMemory, startMesh, startNetwork } from './network.ts'

const rules = { conformance: conformanceRules }
const options = { timeoutMs: 30_000 }
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = ({ value }: { readonly value: Uint8Array }): string => new TextDecoder().decode(value)

/** Some nodes put, and as many others read what those put. */
async function exchange({ nodes }: DhtNetwork, count: number): Promise<void> {
  const step = Math.floor(nodes.length / count)
  for (let number = 0; number < count; number++) {
    const key = `/conformance/${number}`
    // Kademlia keeps a value with eight nodes. On a busy machine one of them may be too late to count.
    const { stored, refused, unreachable } = await nodes[number * step]!.putValue(
      key,
      bytes(`1:${number}`),
      options,
    )
    expect(stored + unreachable).toBeGreaterThanOrEqual(8)
    expect(stored).toBeGreaterThanOrEqual(6)
    expect(refused).toBe(0)
    const reader = nodes[(number * step + Math.ceil(nodes.length / 2)) % nodes.length]!
    expect(text(await reader.getValue(key, { quorum: 2, ...options }))).toBe(`1:${number}`)
  }
}

describe('real nodes in one process, in memory', () => {
  test('ten, each connected to each', async () => {
    const network = await startNetwork(10, rules, inMemory())
    await exchange(network, 10)
    await network.close()
  })

  test('fifty, each connected to a few', { timeout: 120_000 }, async () => {
    const network = await startMesh(50, rules, inMemory())
    await exchange(network, 5)
    await network.close()
  })
})
