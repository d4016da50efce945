import { createRandom, createVirtualClock } from '@bzzz/bot-framework'
import { describe, expect, expectTypeOf, test } from 'vitest'
import {
  createAlphaClient,
  type AdnetErrorCode,
  type ClientInit,
  type TransportRequest,
  type TransportResponse,
} from '../src/index.ts'
import { AdnetError } from '../src/index.ts'
import { town } from './town.ts'

const code = (expected: AdnetErrorCode) => expect.objectContaining({ code: expected })

type Answer =
  | { status?: number; text?: string; headers?: Record<string, string> }
  | Error
  | 'silence'

/** A client of a network that answers as it is told, one answer after the other, the last one for ever. */
function told(answers: readonly Answer[], init: Partial<ClientInit> = {}) {
  const clock = createVirtualClock()
  const asked: { at: number; request: TransportRequest }[] = []
  const transport = async (request: TransportRequest): Promise<TransportResponse> => {
    const answer = answers[Math.min(asked.length, answers.length - 1)]!
    asked.push({ at: clock.now(), request })
    if (answer === 'silence') return new Promise(() => {})
    if (answer instanceof Error) throw answer
    const { status = 200, text = '7', headers = {} } = answer
    return {
      status,
      headers,
      body: (async function* () {
        yield Buffer.from(text)
      })(),
    }
  }
  const random = createRandom(1)
  const client = createAlphaClient({ transport, clock, random, ...init })
  return { clock, client, asked, times: () => asked.map(({ at }) => at) }
}

const refused = (cause: string) =>
  new AdnetError('ERR_ADNET_UNREACHABLE', 'gone', {
    cause: Object.assign(new Error(cause), { code: cause }),
  })
const solve = { epoch: 0, counter: 1 }
const signed = () => ({ identity: town().ada })

describe('a call', () => {
  test('has the types of its table', () => {
    const { client } = told([{}])
    expectTypeOf(client.call.latestHeight).returns.resolves.toBeNumber()
    expectTypeOf<Parameters<typeof client.call.block>[0]>().toEqualTypeOf<{
      readonly block: string | number
    }>()
    expectTypeOf<Parameters<typeof client.call.lockAmount>[0]>().toEqualTypeOf<{
      to: string
      amount: bigint
    }>()
    expectTypeOf<
      Awaited<ReturnType<typeof client.call.claimRewards>>['amount']
    >().toEqualTypeOf<bigint>()
    // @ts-expect-error an amount is a bigint
    void (() => client.call.lockAmount({ to: '', amount: 5 }))
    // @ts-expect-error there is no such route
    expect(client.call.nothing).toBeUndefined()
  })

  test('is asked as the table says', async () => {
    const { client, asked } = told([{ text: '[]' }], { token: 'secret' })
    await client.call.blocks({ start: 3, end: 5 })
    const [{ request }] = asked as [(typeof asked)[number]]
    expect(request).toMatchObject({
      method: 'GET',
      path: '/blocks?start=3&end=5',
      headers: { authorization: 'Bearer secret' },
    })
    expect(request.body).toBeUndefined()
  })

  test.each([
    [
      'a value that cannot be',
      async ({ client }: ReturnType<typeof told>) => client.call.block({ block: '~' }),
    ],
    [
      'one that is missing',
      async ({ client }: ReturnType<typeof told>) => client.call.block({} as never),
    ],
    [
      'one too many',
      async ({ client }: ReturnType<typeof told>) =>
        client.call.block({ block: 1, more: 2 } as never),
    ],
    ['nobody to sign', async ({ client }: ReturnType<typeof told>) => client.call.registerProver()],
  ])('with %s is not made', async (_what, call) => {
    const place = told([{}])
    await expect(call(place)).rejects.toEqual(code('ERR_ADNET_INPUT'))
    expect(place.asked).toEqual([])
  })

  test.each([
    [400, 'ERR_ADNET_REFUSED'],
    [401, 'ERR_ADNET_UNAUTHORIZED'],
    [403, 'ERR_ADNET_UNAUTHORIZED'],
    [404, 'ERR_ADNET_NOT_FOUND'],
    [409, 'ERR_ADNET_CONFLICT'],
    [418, 'ERR_ADNET_REFUSED'],
    [429, 'ERR_ADNET_RATE_LIMITED'],
    [500, 'ERR_ADNET_UNAVAILABLE'],
    [503, 'ERR_ADNET_UNAVAILABLE'],
  ] as const)(
    'that is answered by %d fails with %s, and what was said',
    async (status, expected) => {
      const { client } = told([{ status, text: '{"message":"no","chain":["since"]}' }], {
        retry: { attempts: 1 },
      })
      await expect(client.call.latestHeight()).rejects.toMatchObject({
        code: expected,
        status,
        message: 'no: since',
      })
      const plain = told([{ status, text: 'x'.repeat(9_999) }], { retry: { attempts: 1 } })
      await expect(plain.client.call.latestHeight()).rejects.toMatchObject({
        message: 'x'.repeat(500),
      })
      const mute = told([{ status, text: '' }], { retry: { attempts: 1 } })
      await expect(mute.client.call.latestHeight()).rejects.toThrow(String(status))
    },
  )

  test.each(['"seven"', '-1', '{}', '', '7 7', 'null'])(
    'that is answered by %j is not believed',
    async (text) => {
      const { client, asked } = told([{ text }])
      await expect(client.call.latestHeight()).rejects.toEqual(code('ERR_ADNET_RESPONSE'))
      expect(asked).toHaveLength(1)
    },
  )

  test('does not read without end', async () => {
    const { client } = told([{ text: 'x'.repeat(9 << 20) }])
    await expect(client.call.latestHeight()).rejects.toEqual(code('ERR_ADNET_TOO_LARGE'))
  })
})

describe('what may be tried again', () => {
  test('is what changes nothing, when the network is not well; and waits longer each time', async () => {
    for (const answer of [refused('ECONNRESET'), { status: 503 }, { status: 502 }]) {
      const { client, clock, times } = told([answer, answer, {}])
      expect(await clock.until(client.call.latestHeight())).toBe(7)
      const [first, second, third] = times() as [number, number, number]
      expect(first).toBe(0)
      expect(second > 0 && second <= 100 && third > second && third - second <= 200).toBe(true)
      expect(client.state).toMatchObject({ requests: 3, retries: 2 })
    }
  })

  test.each([{ status: 500 }, { status: 404 }, { status: 400 }, { text: 'x' }])(
    'is not %j',
    async (answer) => {
      const { client, clock, asked } = told([answer, {}])
      await expect(clock.until(client.call.latestHeight())).rejects.toBeInstanceOf(AdnetError)
      expect(asked).toHaveLength(1)
    },
  )

  test('is what changes something only where it is certain that it was not done', async () => {
    for (const [answer, times] of [
      [refused('ECONNREFUSED'), 2],
      [{ status: 503 }, 2],
      [{ status: 429 }, 2],
      [refused('ECONNRESET'), 1],
      [{ status: 502 }, 1],
      [{ status: 504 }, 1],
    ] as const) {
      const text = JSON.stringify({ transaction: 'a'.repeat(64), status: 'accepted' })
      const { client, clock, asked } = told([answer, { text }], signed())
      await clock.until(client.call.broadcastSolution(solve).catch(() => {}))
      expect([answer, asked.length]).toEqual([answer, times])
      // The same signature: were it done both times, the second would be a replay.
      expect(new Set(asked.map(({ request }) => request.body)).size).toBe(1)
    }
  })

  test('is left alone as long as it was asked to, but not beyond the deadline', async () => {
    const busy = { status: 429, headers: { 'retry-after': '3' } }
    const { client, clock, times } = told([busy, {}])
    await clock.until(client.call.latestHeight())
    expect(times()[1]! >= 3_000 && times()[1]! <= 3_100).toBe(true)
    const late = told([busy, {}], { timeoutMs: 2_000 })
    await expect(late.clock.until(late.client.call.latestHeight())).rejects.toMatchObject({
      code: 'ERR_ADNET_RATE_LIMITED',
      retryAfterMs: 3_000,
    })
    expect([late.clock.now(), late.clock.pending]).toEqual([0, 0])
  })

  test('has an end', async () => {
    const { client, clock, asked } = told([{ status: 503 }], { retry: { attempts: 4 } })
    await expect(clock.until(client.call.latestHeight())).rejects.toEqual(
      code('ERR_ADNET_UNAVAILABLE'),
    )
    expect(asked).toHaveLength(4)
  })
})

describe('a deadline', () => {
  test('ends a call that is not answered, and what was sent is told', async () => {
    const { client, clock, asked } = told(['silence'], { timeoutMs: 300 })
    await expect(clock.until(client.call.latestHeight())).rejects.toEqual(code('ERR_ADNET_TIMEOUT'))
    expect([clock.now(), asked.length, asked[0]!.request.signal.aborted]).toEqual([300, 1, true])
    await expect(clock.until(client.call.latestHeight({}, { timeoutMs: 50 }))).rejects.toEqual(
      code('ERR_ADNET_TIMEOUT'),
    )
    expect([clock.now(), clock.pending]).toEqual([350, 0])
  })

  test('can come sooner, by a signal', async () => {
    const { client, clock } = told(['silence'])
    const stop = new AbortController()
    const call = client.call.latestHeight({}, stop)
    stop.abort(new Error('enough'))
    await expect(call).rejects.toThrow('enough')
    await expect(client.call.latestHeight({}, stop)).rejects.toThrow('enough')
    expect(clock.pending).toBe(0)
  })
})

describe('the circuit breaker', () => {
  const init = { retry: { attempts: 1 }, breaker: { failures: 2, openMs: 1_000 } }
  const fail = async ({ client }: ReturnType<typeof told>) =>
    client.call.latestHeight().then(
      () => 'ok',
      ({ code: of }: AdnetError) => of,
    )

  test('opens after failures in a row, lets one through after a while, and closes when that does well', async () => {
    const down = { status: 503 }
    const place = told([down, down, down, {}], init)
    expect([await fail(place), await fail(place)]).toEqual([
      'ERR_ADNET_UNAVAILABLE',
      'ERR_ADNET_UNAVAILABLE',
    ])
    expect(place.client.state.breaker).toBe('open')
    expect(await fail(place)).toBe('ERR_ADNET_BREAKER')
    expect(place.asked).toHaveLength(2)
    await place.clock.advance(1_000)
    expect(place.client.state.breaker).toBe('half-open')
    expect(await Promise.all([fail(place), fail(place)])).toEqual([
      'ERR_ADNET_UNAVAILABLE',
      'ERR_ADNET_BREAKER',
    ])
    expect(place.client.state.breaker).toBe('open')
    await place.clock.advance(1_000)
    expect([await fail(place), place.client.state.breaker]).toEqual(['ok', 'closed'])
  })

  test('stays closed for what is the caller’s fault, and between failures that are not in a row', async () => {
    const down = { status: 503 }
    const place = told([down, { status: 404 }, down, {}, down], init)
    for (let turn = 0; turn < 5; turn++) await fail(place)
    expect(place.client.state.breaker).toBe('closed')
  })

  test('is not held open by a probe whose caller gave up', async () => {
    const place = told([{ status: 503 }, { status: 503 }, 'silence', {}], init)
    await fail(place)
    await fail(place)
    await place.clock.advance(1_000)
    const stop = new AbortController()
    const probe = place.client.call.latestHeight({}, stop)
    stop.abort(new Error('enough'))
    await expect(probe).rejects.toThrow('enough')
    expect([await fail(place), place.client.state.breaker]).toEqual(['ok', 'closed'])
  })
})
