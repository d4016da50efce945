import { createRandom, createVirtualClock, systemClock } from '@bzzz/bot-framework'
import { validate } from './openapi-check.ts'
import { afterEach, describe, expect, test } from 'vitest'
import { resolve } from 'node:path'
import {
  ALPHA,
  alphaOpenApi,
  createAdnet,
  createAlphaClient,
  createDeltaClient,
  deltaOpenApi,
  httpTransport,
  subscribe,
  type AdnetErrorCode,
  type StreamEvent,
} from '../src/index.ts'
import { createDevnet } from '../src/devnet.ts'
import { town } from './town.ts'

const code = (expected: AdnetErrorCode) => expect.objectContaining({ code: expected })
const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

describe('over HTTP', () => {
  async function listening() {
    const place = town()
    const urls = await place.devnet.listen()
    const [alpha, delta] = [httpTransport({ url: urls.alpha }), httpTransport({ url: urls.delta })]
    closers.push(
      async () => place.devnet.close(),
      () => alpha.close(),
      () => delta.close(),
    )
    const init = {
      clock: systemClock,
      random: createRandom(1),
      identity: place.ada,
      retry: { attempts: 1 },
    }
    return {
      ...place,
      urls,
      alpha,
      delta,
      client: createAlphaClient({ transport: alpha.transport, ...init }),
      trader: createDeltaClient({ transport: delta.transport, ...init }),
    }
  }

  test('a devnet answers as it does without', async () => {
    const { client, its, bob, ada } = await listening()
    expect(await client.call.block({ block: 0 })).toEqual(await its.ada.alpha.block({ block: 0 }))
    const { transaction } = await client.call.broadcast({
      kind: 'transfer',
      to: bob.ax,
      token: 'AX',
      amount: 5n,
    })
    expect(await its.ada.alpha.transaction({ transaction })).toMatchObject({
      from: ada.ax,
      status: 'pending',
    })
    await expect(client.call.block({ block: 99 })).rejects.toMatchObject({
      code: 'ERR_ADNET_NOT_FOUND',
      status: 404,
    })
  })

  test('it speaks the old way as well: 500 and a text', async () => {
    const { urls } = await listening()
    const old = await fetch(urls.alpha.replace('/v2/devnet', '/v1/devnet/block/99'))
    expect([old.status, await old.text()]).toEqual([500, 'There is no such block'])
    const bare = await fetch(urls.alpha.replace('/v2/devnet', '/block/99'))
    expect([bare.status, await bare.json()]).toEqual([
      404,
      { message: 'There is no such block', chain: [] },
    ])
    const wrong = await fetch(`${urls.alpha}/pool/status`, { method: 'POST', body: '{}' })
    expect(wrong.status).toBe(405)
    expect((await fetch(`${urls.alpha}/nothing`)).status).toBe(404)
    const large = await fetch(`${urls.alpha}/prover/register`, {
      method: 'POST',
      body: `"${'x'.repeat(70_000)}"`,
    })
    expect(large.status).toBe(413)
  })

  test('connections that break, and networks that are not there, are errors with a cause', async () => {
    const { client, devnet, alpha } = await listening()
    devnet.faults.brokenRate = 1
    await expect(client.call.latestHeight()).rejects.toMatchObject({
      code: 'ERR_ADNET_UNREACHABLE',
      cause: { code: 'UND_ERR_SOCKET' },
    })
    devnet.faults.brokenRate = 0
    devnet.faults.garbledRate = 1
    await expect(client.call.latestHeight()).rejects.toEqual(code('ERR_ADNET_RESPONSE'))
    devnet.faults.garbledRate = 0
    devnet.faults.silentRate = 1
    await expect(client.call.latestHeight({}, { timeoutMs: 20 })).rejects.toEqual(
      code('ERR_ADNET_TIMEOUT'),
    )
    await devnet.close()
    await expect(client.call.latestHeight()).rejects.toMatchObject({
      cause: { code: 'ECONNREFUSED' },
    })
    alpha.close()
    expect(() => httpTransport({ url: 'ftp://x' })).toThrow(code('ERR_ADNET_OPTION'))
    expect(() => httpTransport({ url: 'nowhere' })).toThrow(code('ERR_ADNET_OPTION'))
  })

  test('streams come as events, until one has enough', async () => {
    const { delta, trader, its, devnet } = await listening()
    const stop = new AbortController()
    const seen: StreamEvent<'trades'>[] = []
    const begun = Promise.withResolvers<void>()
    const transport: typeof delta.transport = async (request) => {
      const response = await delta.transport(request)
      return {
        ...response,
        body: (async function* () {
          for await (const part of response.body) {
            begun.resolve()
            yield part
          }
        })(),
      }
    }
    const listen = (async () => {
      for await (const trade of subscribe(transport, 'trades', { pair: 'AX-DX' }, stop)) {
        seen.push(trade)
        if (seen.length === 2) break
      }
    })()
    await begun.promise
    const order = {
      pair: 'AX-DX',
      side: 'sell',
      price: 2_000n,
      size: 2,
      lifetime: 'until-cancelled',
    } as const
    for (let turn = 0; turn < 2; turn++) {
      await trader.call.submitOrder(order)
      await its.bob.delta.submitOrder({ ...order, side: 'buy' })
    }
    await listen
    expect(seen).toMatchObject([{ price: 2_000n, size: 2 }, { price: 2_000n }])
    devnet.faults.unavailableRate = 1
    await expect(
      subscribe(delta.transport, 'trades', { pair: 'AX-DX' }, stop).next(),
    ).rejects.toEqual(code('ERR_ADNET_UNAVAILABLE'))
  })
})

test('all six streams tell what happens, and only that', async () => {
  const { devnet, its, ada, bob, clock } = town()
  const stop = new AbortController()
  const counts: Record<string, number> = {}
  const listen = (name: Parameters<typeof subscribe>[1], input: object, as: string = name) =>
    (async () => {
      for await (const _ of subscribe(devnet.delta, name, input as never, stop))
        counts[as] = (counts[as] ?? 0) + 1
    })()
  const all = [
    listen('orderBook', { pair: 'AX-DX' }),
    listen('trades', { pair: 'AX-DX' }),
    listen('orders', { address: ada.dx }),
    listen('orders', { address: bob.dx }, 'other'),
    listen('positions', { address: ada.dx }),
    listen('funding', { market: 'AX-PERP' }),
    listen('oracle', { asset: 'AX' }),
  ]
  await clock.advance(0)
  const order = {
    pair: 'AX-DX',
    side: 'sell',
    price: 2_000n,
    size: 2,
    lifetime: 'until-cancelled',
  } as const
  await its.ada.delta.submitOrder(order)
  await its.bob.delta.submitOrder({ ...order, side: 'buy', size: 1 })
  await its.ada.delta.openPosition({ market: 'AX-PERP', side: 'long', size: 1, margin: 2_000_000n })
  await clock.advance(3_600_000)
  stop.abort()
  await Promise.all(all)
  expect(counts).toMatchObject({
    orderBook: 3,
    trades: 1,
    orders: 2,
    other: 1,
    positions: 1,
    funding: 1,
  })
  expect(counts['oracle']).toBeGreaterThan(1_000)
  const wrong = subscribe(devnet.delta, 'trades', { pair: 'X' as never }, new AbortController())
  await expect(wrong.next()).rejects.toEqual(code('ERR_ADNET_REFUSED'))
})

test('who reads a stream too slowly is let go', async () => {
  const { devnet, clock } = town()
  const events = subscribe(devnet.delta, 'oracle', { asset: 'AX' }, new AbortController())
  const first = events.next()
  await clock.advance(10_000)
  await first
  await clock.advance(10 * 3_600_000)
  let read = 0
  for await (const _ of events) read++
  expect(read).toBeLessThan(2_000)
})

interface Operation {
  readonly parameters: { name: string; required: boolean }[]
  readonly security?: unknown
  readonly requestBody: {
    content: {
      'application/json': { schema: { properties: Record<string, unknown>; required: string[] } }
    }
  }
}

describe('the documents', () => {
  test.each([
    ['AlphaOS', alphaOpenApi(), 96],
    ['DeltaOS', deltaOpenApi(), 85],
  ])('of %s are OpenAPI 3.1, with every route', async (_name, document, count) => {
    expect(await validate(document)).toEqual([])
    const paths = document['paths'] as Record<string, Record<string, { operationId: string }>>
    const operations = Object.values(paths).flatMap((path) => Object.values(path))
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(count)
  })

  test('say what is on the wire', () => {
    const paths = alphaOpenApi()['paths'] as Record<string, Record<'get' | 'post', Operation>>
    const { post } = paths['/bridge/lock']!
    const { schema } = post.requestBody.content['application/json']
    expect(schema.properties['amount']).toMatchObject({
      type: 'string',
      pattern: String.raw`^[1-9]\d{0,38}$`,
    })
    expect(schema.required).toEqual(['to', 'amount', 'auth'])
    expect(paths['/block/{block}']!.get.parameters).toMatchObject([
      { name: 'block', in: 'path', required: true },
    ])
    expect(paths['/blocks']!.get.parameters.map(({ name, required }) => [name, required])).toEqual([
      ['start', true],
      ['end', true],
    ])
    expect(paths['/db_backup']!.post.security).toEqual([{ token: [] }])
    expect(ALPHA.lockAmount.access).toBe('signature')
  })
})

describe('the Adnet program', () => {
  const program = resolve(import.meta.dirname, 'child-adnet.ts')
  const adnet = createAdnet({ program: process.execPath, args: [program] })
  const { ada } = town()

  test('is called with words and flags, and what it prints is checked', async () => {
    const hash = 'a'.repeat(64)
    expect(await adnet.account({ address: ada.ax })).toEqual({
      address: ada.ax,
      balances: { AX: 12n },
    })
    expect(await adnet.transfer({ to: ada.ax, token: 'AX', amount: 2n ** 70n })).toEqual({
      transaction: hash,
    })
    expect(await adnet.newAccount({})).toMatchObject({ publicKey: hash })
    expect(await adnet.order({ pair: 'AX-DX', side: 'buy', price: 1n, size: 2 })).toMatchObject({
      filled: 2,
    })
    expect(await adnet.cancel({ order: hash })).toEqual({ transaction: hash })
    expect(await adnet.validator({ address: ada.ax })).toMatchObject({ stake: 7n, height: 3 })
    expect(await adnet.claimRewards({})).toMatchObject({ amount: 9n })
  })

  test('is not called with flags that cannot be, and by no shell', async () => {
    await expect(adnet.account({ address: '; rm -rf /' })).rejects.toEqual(code('ERR_ADNET_INPUT'))
    await expect(adnet.transfer({ to: ada.ax, token: 'AX', amount: 0n })).rejects.toEqual(
      code('ERR_ADNET_INPUT'),
    )
  })

  test.each([
    ['fail', 'ERR_ADNET_COMMAND', /ended with 3: it went wrong/],
    ['text', 'ERR_ADNET_RESPONSE', /no JSON/],
    ['other', 'ERR_ADNET_RESPONSE', /something else/],
    ['flood', 'ERR_ADNET_TOO_LARGE', /bytes/],
  ] as const)('that does %s is an error', async (what, expected, message) => {
    const env = { ...process.env, CHILD: what } as Record<string, string>
    const broken = createAdnet({ program: process.execPath, args: [program], env })
    await expect(broken.claimRewards({})).rejects.toEqual(code(expected))
    await expect(broken.claimRewards({})).rejects.toThrow(message)
  })

  test('that hangs is ended at its deadline, or by a signal; one that is not there is an error', async () => {
    const env = { ...process.env, CHILD: 'hang' } as Record<string, string>
    const hanging = createAdnet({ program: process.execPath, args: [program], env })
    await expect(hanging.claimRewards({}, { timeoutMs: 50 })).rejects.toEqual(
      code('ERR_ADNET_TIMEOUT'),
    )
    const stop = new AbortController()
    const call = hanging.claimRewards({}, stop)
    stop.abort(new Error('enough'))
    await expect(call).rejects.toThrow('enough')
    await expect(createAdnet({ program: './nowhere' }).claimRewards({})).rejects.toEqual(
      code('ERR_ADNET_COMMAND'),
    )
  })
})

test('a devnet that is closed leaves nothing behind', async () => {
  const clock = createVirtualClock()
  const devnet = createDevnet({ clock, seed: 1 })
  expect(clock.pending).toBe(3)
  await devnet.close()
  expect(clock.pending).toBe(0)
  expect(() => devnet.fund('nobody', 'AX', 1n)).toThrow(code('ERR_ADNET_OPTION'))
})
