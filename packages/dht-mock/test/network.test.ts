import { describe, expect, test, vi } from 'vitest'
import { createMockNetwork, type CallReport, type MockNetworkInit } from '../src/index.ts'

const KEY = '/any/key'
const HOUR = 3_600_000
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = ({ value }: { readonly value: Uint8Array }): string => new TextDecoder().decode(value)
const code = async (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'done',
    (error: unknown) => (error as { code?: unknown }).code,
  )

/** Some life on a network: puts, gets, and nodes that come and go. */
async function live(init: MockNetworkInit): Promise<{ hash: string; outcomes: string[] }> {
  const network = createMockNetwork({ latency: { median: 40, sigma: 0.6 }, loss: 0.02, ...init })
  const nodes = network.createNodes(60)
  const outcomes: string[] = []
  network.onCall(({ call, hops, error, tookMs }) =>
    outcomes.push(`${call} ${hops} ${error} ${tookMs}`),
  )
  network.churn({ sessionMs: 60_000, absenceMs: 20_000, nodes: nodes.slice(20) })
  for (let round = 0; round < 10; round++) {
    const keys = Array.from({ length: 8 }, (_, number) => `/any/${round}-${number}`)
    await Promise.allSettled(keys.map(async (key, at) => nodes[at]!.putValue(key, bytes(key))))
    await network.run(network.now() + 10_000)
    await Promise.allSettled(keys.map(async (key, at) => nodes[at + 8]!.getValue(key)))
  }
  return { hash: network.traceHash(), outcomes }
}

test('what else is drawn from its chance is repeated by the seed', () => {
  const draw = (seed: number): number[] => {
    const network = createMockNetwork({ seed })
    return [network.random(), network.random()]
  }
  expect(draw(1)).toEqual(draw(1))
  expect(draw(1)).not.toEqual(draw(2))
  for (const number of draw(1)) expect(number >= 0 && number < 1).toBe(true)
})

test('time waits for code that was called as long as it is told to', async () => {
  let busy: Promise<void> | undefined
  const network = createMockNetwork({ settle: async () => busy })
  const seen: number[] = []
  const work = async (): Promise<void> => {
    for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate)
    seen.push(network.now())
  }
  network.schedule(10, () => {
    busy = work()
  })
  network.schedule(11, () => seen.push(network.now()))
  await network.run(20)
  expect(seen).toEqual([10, 11])
})

describe('a run', () => {
  test('is the same for the same seed, to the last message, and another for another', async () => {
    const [one, same, other] = [
      await live({ seed: 1 }),
      await live({ seed: 1 }),
      await live({ seed: 2 }),
    ]
    expect(one).toEqual(same)
    expect(one.hash).toMatch(/^[0-9a-f]{16}$/)
    expect(one.hash).not.toBe(other.hash)
    expect(one.outcomes).toHaveLength(160)
  })

  test('differs in its hash where other keys were used, or a node crashed', async () => {
    const hash = async (key: string, crash: boolean): Promise<string> => {
      const network = createMockNetwork({ latency: 1 })
      const [a, b] = network.createNodes(2)
      await a!.putValue(key, bytes('x'))
      if (crash) b!.crash()
      return network.traceHash()
    }
    const hashes = [
      await hash('/any/a', false),
      await hash('/any/b', false),
      await hash('/any/a', true),
    ]
    expect(new Set(hashes).size).toBe(3)
  })
})

describe('time', () => {
  test('needs no timer where there is no latency', async () => {
    const timers = [vi.spyOn(globalThis, 'setTimeout'), vi.spyOn(globalThis, 'setImmediate')]
    const network = createMockNetwork()
    for (const count of [2, 40]) {
      const [writer, reader] = network.createNodes(count)
      await writer!.putValue(KEY, bytes(`${count}`))
      expect(text(await reader!.getValue(KEY))).toBe(`${count}`)
      await reader!.provide(KEY)
      for await (const { id } of writer!.findProviders(KEY)) expect(id).toMatch(/^node-/)
    }
    for (const timer of timers) {
      expect(timer).not.toHaveBeenCalled()
      timer.mockRestore()
    }
    expect(network.now()).toBe(0)
  })

  test('passes while a call is awaited, and for calls at once it is the same', async () => {
    const network = createMockNetwork({ latency: 10 })
    const [a, b] = network.createNodes(2)
    const puts = Array.from({ length: 64 }, async (_, number) =>
      a!.putValue(`/any/${number}`, bytes('x')),
    )
    await Promise.all(puts)
    expect(network.now()).toBe(40)
    const gets = Array.from({ length: 64 }, async (_, number) => b!.getValue(`/any/${number}`))
    await Promise.all(gets)
    expect(network.now()).toBe(60)
  })

  test('stands still under code that waits for something else', async () => {
    const network = createMockNetwork({ latency: 10 })
    const [a, b] = network.createNodes(2)
    b!.handle('/slow/1', async () => {
      // Longer than a promise takes, and than the deadline would be.
      for (let step = 0; step < 50; step++) await Promise.resolve()
      return bytes('answer')
    })
    expect(await a!.request(b!, '/slow/1', bytes('?'), { timeoutMs: 25 })).toEqual(bytes('answer'))
    expect(network.now()).toBe(20)
  })

  test('can be run, with what is scheduled in it', async () => {
    const network = createMockNetwork()
    const seen: string[] = []
    network.schedule(30, () => seen.push(`30 at ${network.now()}`))
    network.schedule(10, () => {
      seen.push(`10 at ${network.now()}`)
      network.schedule(5, () => seen.push(`15 at ${network.now()}`))
    })
    network.schedule(20, () => seen.push('never'))()
    network.schedule(1_000, () => seen.push('later'))
    await network.run(500)
    expect(seen).toEqual(['10 at 10', '15 at 15', '30 at 30'])
    expect(network.now()).toBe(500)
    network.schedule(10, () => {
      throw new Error('wrong')
    })
    await expect(network.run(600)).rejects.toThrow('wrong')
    await network.run(2_000)
    expect(seen.at(-1)).toBe('later')
  })

  test('goes on where a callback throws while a call is awaited', async () => {
    const network = createMockNetwork({ latency: 10 })
    const [a] = network.createNodes(2)
    network.schedule(5, () => {
      throw new Error('wrong')
    })
    // Nobody awaits the callback: its error is the process's.
    const thrown = Promise.withResolvers<unknown>()
    const listeners = process.listeners('unhandledRejection')
    process.removeAllListeners('unhandledRejection')
    process.once('unhandledRejection', thrown.resolve)
    try {
      expect((await a!.putValue(KEY, bytes('x'))).stored).toBe(1)
      expect(await thrown.promise).toMatchObject({ message: 'wrong' })
    } finally {
      for (const listener of listeners) process.on('unhandledRejection', listener)
    }
  })

  test('ends calls at their deadline, to the millisecond, and by their signal', async () => {
    const network = createMockNetwork({ latency: 500 })
    const [a, b] = network.createNodes(2)
    b!.stall()
    expect(await code(a!.getValue(KEY, { timeoutMs: 1_234 }))).toBe('ERR_DHT_TIMEOUT')
    expect(network.now()).toBe(1_234)
    const stop = new AbortController()
    const reason = new Error('enough')
    network.schedule(100, () => stop.abort(reason))
    await expect(a!.getValue(KEY, { signal: stop.signal })).rejects.toBe(reason)
    expect(network.now()).toBe(1_334)
  })
})

describe('a network', () => {
  test('of ten thousand nodes finds what was put, in few hops', async () => {
    const network = createMockNetwork({ latency: 20, seed: 5 })
    const nodes = network.createNodes(10_000)
    const reports: CallReport[] = []
    network.onCall((report) => reports.push(report))
    for (let number = 0; number < 50; number++) {
      const key = `/any/${number}`
      expect((await nodes[number]!.putValue(key, bytes(key))).stored).toBe(8)
      expect(text(await nodes[9_999 - number * 100]!.getValue(key))).toBe(key)
    }
    for (const { hops, messages } of reports) {
      expect(hops).toBeLessThanOrEqual(6)
      expect(messages).toBeLessThan(60)
    }
    // Whom a node knows grows with the logarithm: about eight for each doubling.
    const known = nodes.map((node) => node.peers().length)
    expect(Math.max(...known)).toBeLessThan(8 * 16)
  })

  test('lives through an hour of churn, and what is put again stays', async () => {
    const network = createMockNetwork({ latency: { min: 10, max: 200 }, seed: 8 })
    const nodes = network.createNodes(1_000)
    const [keeper, ...others] = nodes
    network.churn({ sessionMs: HOUR, absenceMs: HOUR / 4, nodes: others })
    const failures: unknown[] = []
    const put = (): void => {
      keeper!
        .putValue(KEY, bytes('x'), { timeoutMs: 60_000 })
        .catch((error: unknown) => failures.push(error))
      network.schedule(HOUR / 6, put)
    }
    put()
    await network.run(HOUR)
    expect(failures).toEqual([])
    expect(network.stats().nodes.crashed).toBeGreaterThan(100)
    const readers = others.filter(({ state }) => state === 'up').slice(0, 20)
    for (const reader of readers) {
      expect(text(await reader.getValue(KEY, { timeoutMs: 60_000 }))).toBe('x')
    }
  })

  test('is searched by keys with stars in them', async () => {
    const network = createMockNetwork()
    const [a, b] = network.createNodes(3)
    await a!.putValue('/shop/tea', bytes('1'))
    await a!.putValue('/shop/tee.json', bytes('2'))
    await b!.provide('/shop/coffee')
    const keys = (pattern: string): string[] => network.search(pattern).map(({ key }) => key)
    expect(keys('*')).toEqual(['/shop/coffee', '/shop/tea', '/shop/tee.json'])
    expect(keys('/shop/te*')).toEqual(['/shop/tea', '/shop/tee.json'])
    expect(keys('/shop/te?')).toEqual([])
    expect(keys('*.json')).toEqual(['/shop/tee.json'])
    expect(keys('/shop/tea')).toEqual(['/shop/tea'])
    expect(network.search('/shop/tea')[0]).toEqual({
      key: '/shop/tea',
      values: [{ value: bytes('1'), holders: ['node-0', 'node-1', 'node-2'] }],
      providers: [],
    })
    expect(network.search('*coffee')[0]).toMatchObject({ values: [], providers: ['node-1'] })
    const begun = performance.now()
    expect(keys(`${'*'.repeat(1_000)}x`)).toEqual([])
    expect(performance.now() - begun).toBeLessThan(1_000)
  })

  test('counts what it did', async () => {
    const network = createMockNetwork()
    const [a, b] = network.createNodes(2)
    await a!.putValue(KEY, bytes('12345'))
    await b!.getValue(KEY)
    await code(b!.getValue('/any/none'))
    network.setConditions({ latency: 10 })
    await b!.getValue(KEY)
    const { calls, messages } = network.stats()
    expect(calls).toEqual({
      putValue: { count: 1, failed: 0, tookMs: { p50: 0, p95: 0, max: 0 } },
      getValue: { count: 3, failed: 1, tookMs: { p50: 0, p95: 20, max: 20 } },
    })
    expect(messages).toMatchObject({ sent: 8, delivered: 8, lost: 0, duplicated: 0 })
    expect(messages.bytes).toBeGreaterThan(8 * 32)
  })

  test('refuses what cannot be', async () => {
    const rejected = [
      { loss: 2 },
      { failureRate: -0.1 },
      { duplication: Number.NaN },
      { latency: -5 },
      { bucketSize: 0 },
      { validityMs: -1 },
    ] satisfies MockNetworkInit[]
    for (const init of rejected) {
      expect(() => createMockNetwork(init).setConditions({})).toThrow(
        expect.objectContaining({ code: 'ERR_MOCK_OPTION' }),
      )
    }
    const network = createMockNetwork()
    const node = network.createNode({ id: 'one' })
    expect(() => network.createNode({ id: 'one' })).toThrow(
      expect.objectContaining({ code: 'ERR_MOCK_DUPLICATE' }),
    )
    expect(await code(node.join('nobody'))).toBe('ERR_MOCK_UNKNOWN_NODE')
    expect(() => network.connection('one', 'nobody')).toThrow(/has no node nobody/)
    expect(() => network.schedule(-1, () => {})).toThrow(/0 or more/)
  })

  test.each([3, 12, 300])(
    'of %i nodes is the same with or without being looked at',
    async (count) => {
      // Puts on a calm network are kept in one place until somebody looks: what is found must not differ.
      const life = async (look: boolean): Promise<unknown> => {
        const network = createMockNetwork()
        const nodes = network.createNodes(count)
        if (look) network.onMessage(() => {})
        const receipts = [
          await nodes[0]!.putValue(KEY, bytes('1')),
          await nodes[1]!.putValue(KEY, bytes('2')),
          await nodes[1]!.putValue('/any/other', bytes('3')),
          await nodes[0]!.putValue(KEY, bytes('4')),
        ]
        const found = []
        for (const node of nodes.slice(0, 20)) found.push(text(await node.getValue(KEY)))
        return {
          receipts,
          found,
          none: await code(nodes[2]!.getValue('/any/none')),
          quorum: text(await nodes[2]!.getValue(KEY, { quorum: 2 })),
          held: network.search('*'),
        }
      }
      expect(await life(true)).toEqual(await life(false))
    },
  )

  test('gives a node that comes late what was put before', async () => {
    const network = createMockNetwork()
    const [writer] = network.createNodes(100)
    await writer!.putValue(KEY, bytes('x'))
    const late = network.createNode()
    expect(text(await late.getValue(KEY))).toBe('x')
    expect((await late.getValue(KEY)).answered).toBeGreaterThanOrEqual(8)
  })
})

describe('a calm network', () => {
  test('does not find what nodes could not find any more, or never could', async () => {
    const network = createMockNetwork()
    const nodes = network.createNodes(20)
    const [left, right] = [nodes.slice(0, 10), nodes.slice(10)]
    network.partition(left, right)
    // Each side gives the other up.
    for (const node of nodes) {
      for (const number of [1, 2, 3, 4])
        await code(node.getValue(`/any/${number}`, { timeoutMs: 60_000 }))
    }
    network.heal()
    await left[0]!.putValue(KEY, bytes('left'))
    expect(text(await left[5]!.getValue(KEY))).toBe('left')
    expect(await code(right[5]!.getValue(KEY))).toBe('ERR_DHT_NOT_FOUND')

    const apart = createMockNetwork()
    const [first] = apart.createNodes(20)
    const [one, other] = [apart.createNode({ join: false }), apart.createNode({ join: false })]
    await one.join(other)
    await one.putValue(KEY, bytes('island'))
    expect(text(await other.getValue(KEY))).toBe('island')
    expect(await code(first!.getValue(KEY))).toBe('ERR_DHT_NOT_FOUND')
  })
})

describe('discovery', () => {
  test('a node alone knows nobody, until it joins by one that it names', async () => {
    const network = createMockNetwork({ latency: 10 })
    const nodes = network.createNodes(10)
    const alone = network.createNode({ id: 'alone', join: false })
    expect(alone.peers()).toEqual([])
    expect(await code(alone.getValue(KEY))).toBe('ERR_DHT_UNREACHABLE')
    const met: string[] = []
    const end = alone.onPeer((id) => met.push(id))
    await alone.join(nodes[3]!)
    end()
    expect(met.toSorted()).toEqual(alone.peers().toSorted())
    expect(met.length).toBeGreaterThanOrEqual(8)
    await nodes[3]!.putValue(KEY, bytes('x'))
    expect(text(await alone.getValue(KEY))).toBe('x')
    expect(nodes[5]!.peers()).toContain('alone')
  })

  test('joining by a node that is gone says so', async () => {
    const network = createMockNetwork()
    const [one] = network.createNodes(1)
    one!.crash()
    const alone = network.createNode({ join: false })
    expect(await code(alone.join(one!))).toBe('ERR_DHT_UNREACHABLE')
  })
})

describe('protocols of one’s own', () => {
  test('ask and answer over the same network', async () => {
    const network = createMockNetwork({ latency: 5 })
    const [a, b] = network.createNodes(2)
    const end = b!.handle('/sum/1', (numbers, { from, node }) => {
      expect([from, node.id]).toEqual(['node-0', 'node-1'])
      return Uint8Array.of(numbers.reduce((sum, number) => sum + number))
    })
    const question = Uint8Array.of(1, 2, 3)
    const answer = a!.request(b!, '/sum/1', question)
    question.fill(9)
    expect(await answer).toEqual(Uint8Array.of(6))
    expect(network.now()).toBe(10)
    end()
    expect(await code(a!.request(b!, '/sum/1', question))).toBe('ERR_MOCK_PROTOCOL')
  })

  test('can ask on while they are asked', async () => {
    const network = createMockNetwork({ latency: 5 })
    const [a, b, c] = network.createNodes(3)
    c!.handle('/last/1', () => bytes('c'))
    b!.handle('/relay/1', async (_bytes, { node }) => node.request('node-2', '/last/1', bytes('?')))
    expect(await a!.request(b!, '/relay/1', bytes('?'))).toEqual(bytes('c'))
    expect(network.now()).toBe(20)
  })

  test('say what went wrong, and where', async () => {
    const network = createMockNetwork({ latency: 5 })
    const [a, b] = network.createNodes(2)
    b!.handle('/bad/1', () => {
      throw new Error('out of tea')
    })
    await expect(a!.request(b!, '/bad/1', bytes('?'))).rejects.toMatchObject({
      code: 'ERR_MOCK_HANDLER',
      message: 'The handler of /bad/1 at node-1 threw: out of tea',
    })
    network.setConditions({ failureRate: 1 })
    expect(await code(a!.request(b!, '/bad/1', bytes('?')))).toBe('ERR_DHT_UNREACHABLE')
    network.setConditions({ failureRate: 0 })
    await b!.close()
    expect(await code(a!.request(b!, '/bad/1', bytes('?')))).toBe('ERR_DHT_UNREACHABLE')
    expect(() => b!.send(a!, '/bad/1', bytes('?'))).toThrow(/has left the network/)
  })
})
