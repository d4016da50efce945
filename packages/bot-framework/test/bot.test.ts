import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import {
  botIdentities,
  BotError,
  createConfig,
  createEndpoints,
  createRandom,
  failure,
  hostBot,
  sleep,
  success,
  type Bot,
  type Execution,
  type HostInit,
} from '../src/index.ts'
import { world } from './support.ts'

const code = (expected: string) => expect.objectContaining({ code: expected })
const idle: Bot = { executeBehavior: async () => success() }

function hosted(bot: Partial<Bot>, options: Partial<HostInit> = {}) {
  const { clock, bus, context } = world()
  const executions: Execution[] = []
  const host = hostBot({
    id: 'alice',
    bot: { ...idle, ...bot },
    context: context(),
    onExecution: (execution) => executions.push(execution),
    ...options,
  })
  return { host, clock, bus, executions }
}

describe('the life of a bot', () => {
  test('is set up, acts, rests, acts again, and is torn down', async () => {
    const calls: string[] = []
    const states: string[] = []
    const { host } = hosted(
      {
        setup: async ({ wallet }) => {
          calls.push('setup')
          wallet.credit('AX', 5n)
        },
        executeBehavior: async (behavior, { wallet }) => {
          calls.push(behavior)
          wallet.debit('AX', 2n)
          return success({ paid: 2 })
        },
        teardown: async () => void calls.push('teardown'),
      },
      { onState: (state, id) => states.push(`${id} ${state}`) },
    )
    await host.prepare()
    expect(host.state).toBe('ready')
    await expect(host.execute('pay')).rejects.toEqual(code('ERR_BOT_STATE'))
    host.run()
    expect(await host.execute('pay')).toEqual({ ok: true, measures: { paid: 2 } })
    host.pause()
    await expect(host.execute('pay')).rejects.toEqual(code('ERR_BOT_STATE'))
    expect(() => host.run()).toThrow(code('ERR_BOT_STATE'))
    host.resume()
    await host.execute('pay')
    expect(await host.execute('pay')).toMatchObject({ ok: false, kind: 'ERR_BOT_BALANCE' })
    await host.stop()
    await host.stop()
    expect(calls).toEqual(['setup', 'pay', 'pay', 'pay', 'teardown'])
    expect(host.state).toBe('stopped')
    expect(states.map((state) => state.split(' ')[1])).toEqual(
      host.history.map(({ state }) => state),
    )
    expect(() => host.run()).toThrow(code('ERR_BOT_STATE'))
  })

  test('that was never begun ends without a call', async () => {
    const { host } = hosted({ teardown: async () => expect.unreachable() })
    await host.stop()
    expect(host.state).toBe('stopped')
    await expect(host.prepare()).rejects.toEqual(code('ERR_BOT_STATE'))
  })

  test('fails where setup does, and what setup took is given back', async () => {
    let torn = 0
    const { host } = hosted({
      setup: async () => {
        throw new Error('no network')
      },
      teardown: async () => void torn++,
    })
    await expect(host.prepare()).rejects.toThrow('no network')
    await host.stop()
    expect([host.state, torn, host.error]).toEqual(['failed', 1, new Error('no network')])
  })

  test('fails where setup takes too long, or its caller gives up', async () => {
    const { host, clock } = hosted({ setup: async () => sleep(clock, 1e9) }, { setupMs: 100 })
    await expect(clock.until(host.prepare())).rejects.toEqual(code('ERR_BOT_TIMEOUT'))
    expect([host.state, clock.now()]).toEqual(['failed', 100])
    const other = hosted({ setup: async (_, { signal }) => sleep(clock, 1e9, { signal }) })
    const stop = new AbortController()
    const preparing = other.host.prepare(stop)
    stop.abort(new Error('enough'))
    await expect(preparing).rejects.toThrow('enough')
    expect(other.host.state).toBe('failed')
  })

  test('can be ended while it is set up', async () => {
    const { host, clock } = hosted({
      setup: async (_, { signal }) => sleep(clock, 1e9, { signal }),
    })
    const preparing = host.prepare()
    const stopping = host.stop()
    await expect(preparing).rejects.toEqual(code('ERR_BOT_CLOSED'))
    await stopping
    expect([host.state, clock.now()]).toEqual(['stopped', 0])
  })

  test('fails where teardown does, or takes too long', async () => {
    const broken = hosted({
      teardown: async () => {
        throw new Error('stuck')
      },
    })
    await broken.host.prepare()
    await broken.host.stop()
    expect([broken.host.state, broken.host.error]).toEqual(['failed', new Error('stuck')])
    const slow = hosted({ teardown: async () => sleep(slow.clock, 1e9) }, { teardownMs: 70 })
    await slow.host.prepare()
    await slow.clock.until(slow.host.stop())
    expect([slow.host.state, slow.clock.now()]).toEqual(['failed', 70])
    expect(slow.host.error).toEqual(code('ERR_BOT_TIMEOUT'))
  })
})

describe('a behaviour', () => {
  test('is recorded with when it was meant to start, and how it went', async () => {
    const { host, clock, executions } = hosted({
      executeBehavior: async (behavior) => {
        await sleep(clock, 30)
        return behavior === 'pay'
          ? success()
          : failure('http-503', 'busy', { measures: { tries: 3 } })
      },
    })
    await host.prepare()
    host.run()
    await clock.advance(100)
    await clock.until(host.execute('pay', { intendedAt: 80 }))
    await clock.until(host.execute('ask'))
    expect(executions).toMatchObject([
      {
        bot: 'alice',
        behavior: 'pay',
        phase: 'main',
        intendedAt: 80,
        startedAt: 100,
        endedAt: 130,
        result: { ok: true },
      },
      {
        behavior: 'ask',
        intendedAt: 130,
        startedAt: 130,
        endedAt: 160,
        result: { ok: false, kind: 'http-503', measures: { tries: 3 } },
      },
    ])
  })

  test.each([
    ['an error of this house', new BotError('ERR_BOT_QUEUE_FULL', 'full'), 'ERR_BOT_QUEUE_FULL'],
    ['any other error', new RangeError('far'), 'RangeError'],
    ['anything', 'a text' as unknown as Error, 'thrown'],
  ])('that throws %s has failed, and the bot goes on', async (_what, error, kind) => {
    const { host } = hosted({
      executeBehavior: async () => {
        throw error
      },
    })
    await host.prepare()
    host.run()
    expect(await host.execute('pay')).toMatchObject({ ok: false, kind, cause: error })
    expect([host.state, host.active]).toEqual(['running', 0])
  })

  test('ends at its deadline, whether it heeds the signal or not', async () => {
    const seen: unknown[] = []
    const { host, clock } = hosted({
      executeBehavior: async (_, __, { signal }) => {
        signal.addEventListener('abort', () => seen.push(signal.reason))
        await sleep(clock, 1e6)
        return success()
      },
    })
    await host.prepare()
    host.run()
    expect(await clock.until(host.execute('pay', { timeoutMs: 25 }))).toMatchObject({
      kind: 'timeout',
    })
    expect([clock.now(), seen]).toEqual([25, [code('ERR_BOT_TIMEOUT')]])
    const stop = new AbortController()
    const going = host.execute('pay', stop)
    stop.abort(new Error('enough'))
    expect(await going).toMatchObject({ ok: false, kind: 'aborted' })
  })

  test('may end while the bot stops, and is ended where it takes too long', async () => {
    const { host, clock, executions } = hosted({
      executeBehavior: async (behavior, __, { signal }) => {
        await sleep(clock, behavior === 'short' ? 40 : 1e6, { signal })
        return success()
      },
    })
    await host.prepare()
    host.run()
    const both = [host.execute('short'), host.execute('long')]
    expect(host.active).toBe(2)
    await clock.until(host.stop({ graceMs: 50 }))
    expect(await Promise.all(both)).toMatchObject([{ ok: true }, { ok: false, kind: 'aborted' }])
    expect([host.state, clock.now(), executions.length]).toEqual(['stopped', 50, 2])
    expect(clock.pending).toBe(0)
  })

  test('that never ends does not keep the bot from stopping', async () => {
    const { host, clock } = hosted(
      { executeBehavior: async () => new Promise(() => {}) },
      { teardownMs: 90 },
    )
    await host.prepare()
    host.run()
    const going = host.execute('hang')
    await clock.until(host.stop())
    expect(await going).toMatchObject({ kind: 'aborted' })
    expect([host.state, clock.now()]).toEqual(['stopped', 0])
  })
})

describe('a context', () => {
  test('has chance of its own, whatever others draw', () => {
    const one = world()
    one.context('bob').random.next()
    const draws = Array.from({ length: 5 }, () =>
      one.context(`x${one.bus.counts.members}`).random.next(),
    )
    const alone = world().context('alice').random.next()
    expect(one.context('alice').random.next()).toBe(alone)
    expect(new Set(draws).size).toBe(5)
  })

  test('reads settings by their schema, and endpoints by name', () => {
    const config = createConfig({ rate: 5, pairs: ['AX/DX', 7] })
    const rate: number = config.read('rate', z.number().positive())
    expect([rate, config.read('size', z.number().default(3)), config.has('size')]).toEqual([
      5,
      3,
      false,
    ])
    expect(() => config.read('pairs', z.array(z.string()))).toThrow(/^pairs\.1: /)
    expect(() => config.read('size', z.number())).toThrow(code('ERR_BOT_CONFIG'))
    expect(() => config.read('toString', z.function())).toThrow(code('ERR_BOT_CONFIG'))
    const endpoints = createEndpoints({ alpha: 'http://127.0.0.1:3030/v2' })
    endpoints.url('alpha').pathname = '/changed'
    expect(endpoints.url('alpha').pathname).toBe('/v2')
    expect(() => endpoints.url('delta')).toThrow(code('ERR_BOT_CONFIG'))
    expect(() => createEndpoints({ alpha: 'nowhere' })).toThrow(code('ERR_BOT_CONFIG'))
  })

  test('leaves the bus when it is closed', () => {
    const { bus, context } = world()
    context('bob').close()
    expect(bus.counts.members).toBe(0)
  })
})

test('identities are the same for a seed, alone and in a crowd', () => {
  const crowd = botIdentities('soak', 10_000)
  expect(new Set(crowd.map(({ ax }) => ax)).size).toBe(10_000)
  expect(botIdentities('soak', 1, { from: 7_777 })[0]!.did).toBe(crowd[7_777]!.did)
  expect(botIdentities('other', 1)[0]!.did).not.toBe(crowd[0]!.did)
})

describe('chance', () => {
  test('is the same for a seed, and spread evenly', () => {
    const draws = (seed: number) => {
      const random = createRandom(seed)
      return Array.from({ length: 20_000 }, () => random.next())
    }
    expect(draws(1)).toEqual(draws(1))
    expect(draws(1)).not.toEqual(draws(2))
    const mean = draws(3).reduce((a, b) => a + b) / 20_000
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.01)
  })

  test('chooses by weight, between bounds, and around a mean', () => {
    const random = createRandom('weights')
    const counts = { often: 0, seldom: 0, never: 0 }
    for (let draw = 0; draw < 10_000; draw++)
      counts[random.weighted({ often: 9, seldom: 1, never: 0 })]++
    expect(counts.never).toBe(0)
    expect(Math.abs(counts.often - 9_000)).toBeLessThan(200)
    const dice = Array.from({ length: 6_000 }, () => random.between(1, 6))
    expect([Math.min(...dice), Math.max(...dice)]).toEqual([1, 6])
    const gaps = Array.from({ length: 20_000 }, () => random.exponential(50))
    expect(Math.abs(gaps.reduce((a, b) => a + b) / 20_000 - 50)).toBeLessThan(2)
    expect(random.bytes(5)).toHaveLength(5)
    for (const wrong of [
      () => random.pick([]),
      () => random.weighted({ a: 0 }),
      () => random.between(2, 1),
    ]) {
      expect(wrong).toThrow(code('ERR_BOT_OPTION'))
    }
  })
})
