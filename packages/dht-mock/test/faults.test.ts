import { describe, expect, test } from 'vitest'
import { createMockNetwork, type MockNode, type SeenMessage } from '../src/index.ts'

const KEY = '/any/key'
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = ({ value }: { readonly value: Uint8Array }): string => new TextDecoder().decode(value)
const code = async (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'done',
    (error: unknown) => (error as { code?: unknown }).code,
  )
const first = ([node]: readonly MockNode[]): MockNode => node!

describe('messages', () => {
  test('take their time, there and back, in simulated milliseconds', async () => {
    const network = createMockNetwork({ latency: 250 })
    const [writer, reader] = network.createNodes(2)
    await writer!.putValue(KEY, bytes('a'))
    // A lookup and a put, each there and back.
    expect(network.now()).toBe(1_000)
    await reader!.getValue(KEY)
    expect(network.now()).toBe(1_500)
    expect(network.stats().calls.putValue?.tookMs).toEqual({ p50: 1_000, p95: 1_000, max: 1_000 })
  })

  test('get lost at their rate, and who waits for them goes on after a while', async () => {
    const network = createMockNetwork({ loss: 0.2, seed: 4 })
    const nodes = network.createNodes(20)
    for (let number = 0; number < 50; number++) {
      await nodes[number % 20]!.putValue(`/any/${number}`, bytes('a'), { timeoutMs: 60_000 })
    }
    const { sent, lost, delivered } = network.stats().messages
    expect(Math.abs(lost / sent - 0.2)).toBeLessThan(0.05)
    expect(lost + delivered).toBe(sent)
    expect(network.now() % 3_000).toBe(0)
    expect(network.now()).toBeGreaterThan(0)
  })

  test('all get lost where the rate is one', async () => {
    const network = createMockNetwork({ loss: 1 })
    const [node] = network.createNodes(5)
    expect(await code(node!.getValue(KEY))).toBe('ERR_DHT_UNREACHABLE')
    expect(await code(node!.getValue(KEY, { timeoutMs: 2_999 }))).toBe('ERR_DHT_UNREACHABLE')
  })

  test('fail at their rate, and are not waited for', async () => {
    const network = createMockNetwork({ failureRate: 1, latency: 10 })
    const [node] = network.createNodes(5)
    expect(await code(node!.getValue(KEY))).toBe('ERR_DHT_UNREACHABLE')
    expect(network.now()).toBeLessThan(200)
  })

  test('arrive twice at their rate', async () => {
    const network = createMockNetwork({ duplication: 1, latency: 5 })
    const [writer, reader] = network.createNodes(2)
    let handled = 0
    reader!.handle('/count/1', () => void handled++)
    await writer!.request(reader!, '/count/1', bytes('x'))
    expect(handled).toBe(2)
    expect(network.stats().messages.duplicated).toBeGreaterThan(0)
  })

  test('overtake one another where some are held back', async () => {
    const arrivals = async (reordering: number): Promise<number[]> => {
      const network = createMockNetwork({ reordering, latency: 10, seed: 1 })
      const [sender, receiver] = network.createNodes(2)
      const got: number[] = []
      receiver!.handle('/order/1', ([number]) => void got.push(number!))
      for (let number = 0; number < 20; number++)
        sender!.send(receiver!, '/order/1', Uint8Array.of(number))
      await network.run(1_000)
      return got
    }
    const inOrder = Array.from({ length: 20 }, (_, number) => number)
    expect(await arrivals(0)).toEqual(inOrder)
    const mixed = await arrivals(0.5)
    expect(mixed).not.toEqual(inOrder)
    expect(mixed.toSorted((a, b) => a - b)).toEqual(inOrder)
  })

  test('are seen by who listens, with what became of them', async () => {
    const network = createMockNetwork()
    const [one, other] = network.createNodes(2)
    const seen: SeenMessage[] = []
    const end = other!.onMessage((message) => seen.push(message))
    await one!.putValue(KEY, bytes('a'))
    end()
    await one!.putValue(KEY, bytes('b'))
    expect(seen.map(({ kind, from, fate }) => `${from} ${kind} ${fate}`)).toEqual([
      'node-0 find-node delivered',
      'node-1 find-node-answer delivered',
      'node-0 put-value delivered',
      'node-1 put-value-answer delivered',
    ])
  })
})

describe('partitions', () => {
  test('cut nodes off, until they are healed', async () => {
    const network = createMockNetwork({ latency: 1 })
    const nodes = network.createNodes(8)
    const [left, right] = [nodes.slice(0, 4), nodes.slice(4)]
    const heal = network.partition(left, right)
    expect(network.connection(left[0]!, right[0]!)).toBe('cut')
    expect(network.connection(left[0]!, left[1]!)).toBe('open')
    await first(left).putValue(KEY, bytes('left'))
    expect(await code(first(right).getValue(KEY))).toBe('ERR_DHT_NOT_FOUND')
    expect(text(await left[2]!.getValue(KEY))).toBe('left')
    heal()
    expect(network.connection(left[0]!, right[0]!)).toBe('open')
    await right[1]!.join(left[1]!)
    expect(text(await right[1]!.getValue(KEY))).toBe('left')
  })

  test('can cut one way alone', async () => {
    const network = createMockNetwork()
    const [one, other] = network.createNodes(2)
    network.partition([one!], [other!], { oneWay: true })
    expect(network.connection(one!, other!)).toBe('one-way')
    expect(network.reaches(one!, other!)).toBe(false)
    expect(network.reaches(other!, one!)).toBe(true)
    let heard = ''
    other!.handle('/say/1', (said) => void (heard += new TextDecoder().decode(said)))
    one!.handle('/say/1', (said) => void (heard += new TextDecoder().decode(said)))
    one!.send(other!, '/say/1', bytes('lost'))
    other!.send(one!, '/say/1', bytes('came'))
    await network.run(10)
    expect(heard).toBe('came')
    // An answer that cannot come back is no answer.
    expect(await code(other!.request(one!, '/say/1', bytes('!'), { timeoutMs: 50 }))).toBe(
      'ERR_DHT_TIMEOUT',
    )
    network.heal()
    expect(network.connection(one!, other!)).toBe('open')
  })

  test('cut what is on its way', async () => {
    const network = createMockNetwork({ latency: 100 })
    const [one, other] = network.createNodes(2)
    let heard = 0
    other!.handle('/say/1', () => void heard++)
    one!.send(other!, '/say/1', bytes('x'))
    network.schedule(50, () => network.partition([one!], [other!]))
    await network.run(500)
    expect(heard).toBe(0)
  })
})

describe('nodes', () => {
  const held = (node: MockNode): boolean => node.state === 'up'

  test('that crash answer nothing, and come back with what they held', async () => {
    const network = createMockNetwork({ latency: 1 })
    const [a, b] = network.createNodes(2)
    await a!.putValue(KEY, bytes('kept'))
    b!.crash()
    expect(held(b!)).toBe(false)
    expect(await code(b!.getValue(KEY))).toBe('ERR_DHT_CLOSED')
    expect(await code(a!.putValue('/any/other', bytes('x')))).toBe('ERR_DHT_UNREACHABLE')
    expect(network.stats().nodes).toEqual({ up: 1, crashed: 1, closed: 0 })
    b!.restart()
    a!.crash()
    expect(text(await b!.getValue(KEY))).toBe('kept')
    expect(() => b!.restart()).toThrow(expect.objectContaining({ code: 'ERR_MOCK_STATE' }))
    expect(() => a!.crash()).toThrow(expect.objectContaining({ code: 'ERR_MOCK_STATE' }))
  })

  test.each([
    ['kept', 'second'],
    ['lost', 'first'],
    ['empty', undefined],
  ] as const)(
    'that crash with their last writes %s have them no more',
    async (writes, expected) => {
      const network = createMockNetwork({ flushMs: 1_000 })
      const [a, b] = network.createNodes(2)
      await a!.putValue(KEY, bytes('first'))
      await network.run(5_000)
      await a!.putValue(KEY, bytes('second'))
      await a!.putValue('/any/late', bytes('late'))
      b!.crash()
      a!.crash()
      b!.restart({ writes })
      const found = await b!.getValue(KEY).then(text, () => undefined)
      expect(found).toBe(expected)
      expect(await b!.getValue('/any/late').then(text, () => undefined)).toBe(
        writes === 'kept' ? 'late' : undefined,
      )
    },
  )

  test('that crash fail the calls they made', async () => {
    const network = createMockNetwork({ latency: 100 })
    const [a] = network.createNodes(3)
    network.schedule(50, () => a!.crash())
    expect(await code(a!.putValue(KEY, bytes('x')))).toBe('ERR_DHT_CLOSED')
  })

  test('that leave are found out at once, those that crash after a while', async () => {
    const took = async (end: (node: MockNode) => unknown): Promise<number> => {
      const network = createMockNetwork({ latency: 10 })
      const [a, b, c] = network.createNodes(3)
      await b!.putValue(KEY, bytes('x'))
      await end(c!)
      const begun = network.now()
      await a!.getValue(KEY)
      return network.now() - begun
    }
    expect(await took(async (node) => node.close())).toBeLessThan(100)
    expect(await took((node) => node.crash())).toBeGreaterThanOrEqual(3_000)
  })

  test('with a clock of their own forget by it', async () => {
    const network = createMockNetwork({ validityMs: 10_000 })
    const [a, b] = network.createNodes(2)
    await a!.putValue(KEY, bytes('x'))
    a!.skewClock(20_000)
    expect(a!.now() - b!.now()).toBe(20_000)
    b!.crash()
    expect(await code(a!.getValue(KEY))).toBe('ERR_DHT_UNREACHABLE')
    b!.restart()
    a!.crash()
    expect(text(await b!.getValue(KEY))).toBe('x')
  })

  test('that are slow take longer', async () => {
    const network = createMockNetwork()
    const [a, b] = network.createNodes(2)
    b!.slowDown(70)
    await a!.putValue(KEY, bytes('x'))
    expect(network.now()).toBe(140)
    b!.slowDown(0)
    await a!.putValue(KEY, bytes('y'))
    expect(network.now()).toBe(140)
  })

  test('that talk garbage are found out, where there are rules', async () => {
    const rules = {
      any: {
        maxBytes: 100,
        validate: (_key: string, value: Uint8Array) => {
          if (value[0] === 0xff) throw new Error('begins with 255')
        },
        select: () => 0,
      },
    }
    const network = createMockNetwork({ rules })
    const [a, b, c] = network.createNodes(3)
    await a!.putValue(KEY, bytes('true'))
    b!.lie('garbage')
    const found = await c!.getValue(KEY)
    expect(text(found)).toBe('true')
    expect(found.invalid).toEqual([
      { from: 'node-1', reason: 'The value of /any/key is not valid: begins with 255' },
    ])
  })

  test('that are stale say that they take a value and keep the old one', async () => {
    const network = createMockNetwork()
    const [a, b] = network.createNodes(2)
    await a!.putValue(KEY, bytes('old'))
    b!.lie('stale')
    expect((await a!.putValue(KEY, bytes('new'))).stored).toBe(1)
    const [found] = network.search(KEY)
    expect(found?.values.map(({ holders, ...each }) => [text(each), holders])).toEqual([
      ['new', ['node-0']],
      ['old', ['node-1']],
    ])
  })

  test('that are forgetful keep nothing', async () => {
    const network = createMockNetwork()
    const [a, b] = network.createNodes(2)
    b!.lie('forgetful')
    expect((await a!.putValue(KEY, bytes('x'))).stored).toBe(1)
    expect((await a!.provide(KEY)).stored).toBe(1)
    a!.crash()
    b!.lie(undefined)
    network.createNode({ id: 'reader' })
    expect(network.search('*')).toEqual([])
  })

  test('that mislead cost time and hide nothing from those who know others', async () => {
    const network = createMockNetwork({ seed: 2 })
    const nodes = network.createNodes(30)
    await nodes[3]!.putValue(KEY, bytes('x'))
    expect(network.now()).toBe(0)
    for (const node of nodes.slice(10)) node.lie('misleading')
    expect(text(await nodes[5]!.getValue(KEY, { timeoutMs: 60_000 }))).toBe('x')
    expect(network.now()).toBeGreaterThanOrEqual(3_000)
  })
})
