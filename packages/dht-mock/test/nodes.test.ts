import type { RuleBook } from '@bzzz/dht'
import { describe, expect, test } from 'vitest'
import { createMockNetwork, type CallReport } from '../src/index.ts'

const KEY = '/any/key'
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = ({ value }: { readonly value: Uint8Array }): string => new TextDecoder().decode(value)

describe('what nodes hold', () => {
  test('each who put a value holds it, beside the eight that are closest to the key', async () => {
    const network = createMockNetwork()
    const nodes = network.createNodes(14)
    for (const node of nodes) await node.putValue(KEY, bytes('x'))
    const [found] = network.search(KEY)
    expect(found?.values.map(({ holders }) => holders.length)).toEqual([14])
  })

  test('a node with rules of its own takes no value that they forbid', async () => {
    const none = (reason: string): RuleBook => ({
      any: {
        maxBytes: 10,
        validate: () => {
          if (reason) throw new Error(reason)
        },
        select: () => 0,
      },
    })
    const network = createMockNetwork({ rules: none('') })
    const [writer] = network.createNodes(2)
    const strict = network.createNode({ rules: none('no tea today') })
    expect(await writer!.putValue(KEY, bytes('tea'))).toEqual({
      stored: 1,
      refused: 1,
      unreachable: 0,
    })
    await expect(strict.getValue(KEY)).rejects.toMatchObject({
      code: 'ERR_DHT_NOT_FOUND',
      invalid: [{ from: 'node-0' }, { from: 'node-1' }],
    })
  })

  test('who is found to hold a worse value is told of the better one', async () => {
    const network = createMockNetwork({ latency: 5 })
    const [a, b, c] = network.createNodes(3)
    await a!.putValue(KEY, bytes('old'))
    c!.crash()
    await a!.putValue(KEY, bytes('new'), { timeoutMs: 60_000 })
    c!.restart()
    await network.run(network.now() + 100)
    expect(text(await b!.getValue(KEY))).toBe('new')
    await network.run(network.now() + 100)
    const [found] = network.search(KEY)
    expect(found?.values).toEqual([
      { value: bytes('new'), holders: ['node-0', 'node-1', 'node-2'] },
    ])
  })

  test('only the last writes are lost in a crash', async () => {
    const network = createMockNetwork()
    const [a, b] = network.createNodes(2)
    await a!.putValue('/any/early', bytes('x'))
    await a!.provide('/any/early')
    await network.run(2_000)
    await a!.putValue('/any/late', bytes('x'))
    await a!.provide('/any/late')
    a!.crash()
    b!.crash()
    b!.restart({ writes: 'lost' })
    expect(network.search('*').map(({ key, providers }) => [key, providers])).toEqual([
      ['/any/early', ['node-0']],
    ])
  })
})

describe('churn', () => {
  test('goes on until it is ended', async () => {
    const network = createMockNetwork({ seed: 1 })
    const nodes = network.createNodes(20)
    const end = network.churn({ sessionMs: 1_000, absenceMs: 1_000 })
    await network.run(100_000)
    const { up, crashed } = network.stats().nodes
    expect(up).toBeGreaterThan(2)
    expect(crashed).toBeGreaterThan(2)
    end()
    const states = nodes.map(({ state }) => state)
    await network.run(200_000)
    expect(nodes.map(({ state }) => state)).toEqual(states)
  })
})

describe('calls', () => {
  test('tell how far they had to go', async () => {
    const network = createMockNetwork({ seed: 3 })
    const nodes = network.createNodes(2_000)
    const reports: CallReport[] = []
    const end = network.onCall((report) => reports.push(report))
    await nodes[0]!.putValue(KEY, bytes('x'))
    for (let number = 1; number <= 50; number++) await nodes[number * 30]!.getValue(KEY)
    end()
    await nodes[1]!.getValue(KEY)
    expect(reports).toHaveLength(51)
    expect(reports[0]).toMatchObject({ call: 'putValue', node: 'node-0', key: KEY, stored: 8 })
    expect(Math.max(...reports.map(({ hops }) => hops))).toBeGreaterThanOrEqual(3)
    // A put asks eight to store what a lookup found; a get is the lookup alone.
    expect(reports[0]!.messages - reports[0]!.answered).toBe(8)
    expect(reports[1]!.messages).toBe(reports[1]!.answered)
  })

  test('of who leaves a search early end there', async () => {
    const network = createMockNetwork({ latency: 10 })
    const [a, b] = network.createNodes(3)
    await a!.provide(KEY)
    await b!.provide(KEY)
    const reports: CallReport[] = []
    network.onCall((report) => reports.push(report))
    const before = network.now()
    for await (const { id } of b!.findProviders(KEY)) {
      expect(['node-0', 'node-1']).toContain(id)
      break
    }
    expect(reports.map(({ call }) => call)).toEqual(['findProviders'])
    expect(network.now()).toBe(before)
  })

  test('hand each handler bytes of its own', async () => {
    const network = createMockNetwork({ duplication: 1 })
    const [a, b] = network.createNodes(2)
    const seen: number[] = []
    b!.handle('/spoil/1', (given) => {
      seen.push(given[0]!)
      given.fill(0)
    })
    await a!.request(b!, '/spoil/1', Uint8Array.of(7))
    expect(seen).toEqual([7, 7])
  })
})
