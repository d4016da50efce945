import { createRandom, createVirtualClock, TOKENS, type Random } from '@bzzz/bot-framework'
import { canonicalBytes, canonicalText } from '@bzzz/identity'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AdnetError, sign, type AdnetErrorCode, type TransportRequest } from '../src/index.ts'
import { rootOf, sealOf } from '../src/devnet.ts'
import { auditOf } from '../src/devnet/audit.ts'
import { Bridge } from '../src/devnet/bridge.ts'
import { Perpetuals } from '../src/devnet/perpetuals.ts'
import { Spot } from '../src/devnet/spot.ts'
import { ChainState } from '../src/devnet/state.ts'
import { agree } from '../src/devnet/oracle.ts'
import { Book } from '../src/devnet/book.ts'
import { busyTown, town, type Town } from './town.ts'

const HOUR = 3_600_000
const code = (expected: AdnetErrorCode) => expect.objectContaining({ code: expected })
const sound = { isSound: true, flaws: [] }
const sell = {
  pair: 'AX-DX',
  side: 'sell',
  price: 2_000n,
  size: 10,
  lifetime: 'until-cancelled',
} as const

/** Does something at random, of which much is refused. */
async function act({ its, ada, bob, clock, devnet }: Town, random: Random): Promise<void> {
  const [who, other] = random.pick([
    [its.ada, bob],
    [its.bob, ada],
  ] as const)
  const { alpha, delta } = who
  const amount = BigInt(random.between(1, 10 ** random.between(1, 10)))
  const size = random.between(1, 50)
  const price = BigInt(random.between(1_900, 2_100))
  const own = async () => delta.orders({ address: who === its.ada ? ada.dx : bob.dx })
  const open = async () => delta.positions({ address: who === its.ada ? ada.dx : bob.dx })
  const validator = (await alpha.latestCommittee()).members[0]!.address
  const acts: (() => Promise<unknown>)[] = [
    async () =>
      alpha.broadcast({ kind: 'transfer', to: other.ax, token: random.pick(TOKENS), amount }),
    async () =>
      delta.broadcast({ kind: 'transfer', to: other.dx, token: random.pick(TOKENS), amount }),
    async () =>
      alpha.broadcast({
        kind: random.pick(['stake', 'unstake']),
        to: validator,
        token: 'AX',
        amount,
      }),
    async () =>
      delta.submitOrder({
        ...sell,
        side: random.pick(['buy', 'sell']),
        price,
        size,
        lifetime: random.pick(['until-cancelled', 'immediate', 'fill-or-kill', 'post-only']),
      }),
    async () => delta.submitOrder({ ...sell, side: random.pick(['buy', 'sell']), price, size }),
    async () => delta.cancelOrder({ order: random.pick(await own()).id }),
    async () =>
      delta.openPosition({
        market: 'AX-PERP',
        side: random.pick(['long', 'short']),
        size,
        margin: BigInt(size) * BigInt(random.between(100_000, 3_000_000)),
      }),
    async () => delta.closePosition({ position: random.pick(await open()).id }),
    async () => delta.addMargin({ position: random.pick(await open()).id, amount }),
    async () =>
      alpha
        .lockAmount({ to: ada.dx, amount })
        .then(async ({ lock }) => its.ada.delta.mint({ lock })),
    async () =>
      delta
        .burn({ to: ada.ax, amount })
        .then(async ({ burn }) => its.ada.alpha.unlockAmount({ burn })),
    async () => alpha.claimRewards(),
    async () => clock.advance(random.between(1, 30_000)),
    async () => clock.advance(random.pick([1, HOUR])),
    async () => devnet.seal(),
  ]
  await random.pick(acts)()
}

test('money is conserved, books are not crossed and margins are kept, whatever people do', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      const place = town({ seed })
      const random = createRandom(seed)
      let done = 0
      for (let turn = 0; turn < 150; turn++) {
        try {
          await act(place, random)
          done++
        } catch (error) {
          if (!AdnetError.is(error) && !/choices/.test(String(error))) throw error
        }
        expect(place.devnet.audit()).toEqual(sound)
      }
      expect(done).toBeGreaterThan(20)
    }),
    { numRuns: 12 },
  )
})

test('one seed gives one history', async () => {
  const history = async (seed: number) => {
    const place = town({ seed })
    const random = createRandom('same')
    for (let turn = 0; turn < 60; turn++) await act(place, random).catch(() => {})
    await place.clock.advance(2 * HOUR)
    return [
      await place.its.ada.alpha.latestHash(),
      await place.its.ada.delta.latestHash(),
      canonicalText((await place.its.ada.delta.prices()).map(String)),
    ]
  }
  expect(await history(1)).toEqual(await history(1))
  expect(await history(1)).not.toEqual(await history(2))
})

interface Wire {
  to: string
  amount: string
  auth?: { from: string; nonce: number; signature: string }
}

describe('what is not believed', () => {
  const attempt = async (
    change: (
      request: TransportRequest,
      place: Town,
    ) => TransportRequest | Promise<TransportRequest>,
  ) => {
    const place = town()
    const { devnet, ada, bob } = place
    const input = { kind: 'transfer', to: bob.ax, token: 'AX', amount: '5' }
    const auth = sign(ada, { network: 'alpha', operation: 'broadcast', nonce: 7, input })
    const request: TransportRequest = {
      method: 'POST',
      path: '/transaction/broadcast',
      headers: {},
      body: JSON.stringify({ ...input, auth }),
      signal: new AbortController().signal,
    }
    const before = await place.its.ada.alpha.mappingValue({
      program: 'credits.alpha',
      mapping: 'account',
      key: bob.ax,
    })
    const { status } = await devnet.alpha(await change(request, place))
    const after = await place.its.ada.alpha.mappingValue({
      program: 'credits.alpha',
      mapping: 'account',
      key: bob.ax,
    })
    return { status, moved: Number(after) - Number(before), place }
  }
  const body = (request: TransportRequest, change: (json: Wire) => unknown) => {
    const json = JSON.parse(request.body!) as Wire
    change(json)
    return { ...request, body: JSON.stringify(json) }
  }

  test('is nothing that is right', async () => {
    expect(await attempt((request) => request)).toMatchObject({ status: 200, moved: 5 })
  })

  test.each([
    ['another amount than was signed', (json: Wire) => (json.amount = '6'), 401],
    [
      'a signature that was changed',
      (json: Wire) => (json.auth!.signature = json.auth!.signature.replace(/^../, '00')),
      401,
    ],
    ['another nonce than was signed', (json: Wire) => (json.auth!.nonce = 8), 401],
    ['another account than the key’s', (json: Wire) => (json.auth!.from = json.to), 401],
    ['no signature', (json: Wire) => delete json.auth, 401],
  ])('%s', async (_what, change, status) => {
    expect(await attempt((request) => body(request, change))).toMatchObject({ status, moved: 0 })
  })

  test.each([
    '0',
    '-5',
    '1.5',
    '1e9',
    '05',
    '',
    '340282366920938463463374607431768211456',
    '9'.repeat(60),
  ])('the amount %j, though it is signed', async (amount) => {
    const { status, moved } = await attempt((request, { ada, bob }) => {
      const input = { kind: 'transfer', to: bob.ax, token: 'AX', amount }
      const auth = sign(ada, { network: 'alpha', operation: 'broadcast', nonce: 7, input })
      return { ...request, body: JSON.stringify({ ...input, auth }) }
    })
    expect([status, moved]).toEqual([400, 0])
  })

  test('a signature in the name of another account, right in all but whose key it is', async () => {
    const forged = await attempt((request, { ada, bob }) => {
      const input = { kind: 'transfer', to: bob.ax, token: 'AX', amount: '5' }
      const signed = { from: ada.ax, input, network: 'alpha', nonce: 7, operation: 'broadcast' }
      const auth = {
        from: ada.ax,
        publicKey: Buffer.from(bob.publicKey).toString('hex'),
        nonce: 7,
        signature: Buffer.from(bob.sign(canonicalBytes(signed))).toString('hex'),
      }
      return { ...request, body: JSON.stringify({ ...input, auth }) }
    })
    expect(forged).toMatchObject({ status: 401, moved: 0 })
  })

  test('the same again, a signature for the other network, and one for another operation', async () => {
    const again = await attempt(async (request, { devnet }) => {
      await devnet.alpha(request)
      return request
    })
    expect(again).toMatchObject({ status: 409, moved: 5 })
    for (const [network, operation] of [
      ['delta', 'broadcast'],
      ['alpha', 'lockAmount'],
    ] as const) {
      const other = await attempt((request, { ada }) =>
        body(request, (json) => {
          const { auth: _, ...input } = json
          json.auth = sign(ada, { network, operation, nonce: 7, input: { ...input } })
        }),
      )
      expect(other).toMatchObject({ status: 401, moved: 0 })
    }
  })

  test('what was refused once for want of money is not done when there is some', async () => {
    const { status, moved } = await attempt(async (request, { devnet, ada, bob }) => {
      const input = { kind: 'transfer', to: bob.ax, token: 'AX', amount: String(10n ** 12n) }
      const auth = sign(ada, { network: 'alpha', operation: 'broadcast', nonce: 7, input })
      const rich = { ...request, body: JSON.stringify({ ...input, auth }) }
      expect((await devnet.alpha(rich)).status).toBe(409)
      devnet.fund(ada.ax, 'AX', 10n ** 13n)
      return rich
    })
    expect([status, moved]).toEqual([409, 0])
  })
})

describe('the bridge', () => {
  test('mints what is locked once, and for whom it was locked', async () => {
    const { its, ada, devnet } = town()
    const { lock } = await its.ada.alpha.lockAmount({ to: ada.dx, amount: 70n })
    await expect(its.bob.delta.mint({ lock })).rejects.toEqual(code('ERR_ADNET_UNAUTHORIZED'))
    expect((await its.ada.delta.mint({ lock })).amount).toBe(70n)
    await expect(its.ada.delta.mint({ lock })).rejects.toEqual(code('ERR_ADNET_CONFLICT'))
    const { burn } = await its.ada.delta.burn({ to: ada.ax, amount: 70n })
    await its.ada.alpha.unlockAmount({ burn })
    await expect(its.ada.alpha.unlockAmount({ burn })).rejects.toEqual(code('ERR_ADNET_CONFLICT'))
    expect(devnet.audit()).toEqual(sound)
  })

  test('proves that something is locked', async () => {
    const { its, ids } = await busyTown()
    const { root, path } = await its.ada.delta.lockProof({ lock: ids.lock })
    expect(rootOf(ids.lock, path)).toBe(root)
    const { height } = await its.ada.alpha.transaction({ transaction: ids.lock })
    expect(await its.ada.alpha.stateRoot({ height: height! })).toBe(root)
    expect(rootOf(ids.burn, path)).not.toBe(root)
  })
})

describe('the order book', () => {
  test('trades at the best price first, and in the order of time where prices are the same', async () => {
    const { its } = town()
    const first = await its.ada.delta.submitOrder(sell)
    const second = await its.ada.delta.submitOrder(sell)
    const best = await its.ada.delta.submitOrder({ ...sell, price: 1_990n })
    const taken = await its.bob.delta.submitOrder({ ...sell, side: 'buy', price: 2_050n, size: 25 })
    expect(taken.filled).toBe(25)
    const fills = await Promise.all(
      [first, second, best].map(async ({ order }) => its.ada.delta.order({ order })),
    )
    expect(fills.map(({ filled, status }) => [filled, status])).toEqual([
      [10, 'filled'],
      [5, 'open'],
      [10, 'filled'],
    ])
    const trades = await its.ada.delta.trades({ pair: 'AX-DX' })
    expect(trades.map(({ price, size }) => [price, size])).toEqual([
      [2_000n, 5],
      [2_000n, 10],
      [1_990n, 10],
    ])
  })

  test('keeps its order against a plain list', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            side: fc.constantFrom('buy', 'sell' as const),
            price: fc.integer({ min: 1, max: 9 }),
            drop: fc.boolean(),
          }),
          { maxLength: 60 },
        ),
        (wanted) => {
          const book = new Book()
          let kept = wanted.map(({ side, price }, number) => ({
            id: `${number}`,
            owner: 'a',
            side,
            price: BigInt(price),
            size: 1,
            filled: 0,
          }))
          for (const order of kept) book.add(order)
          for (const [number, { drop }] of wanted.entries()) if (drop) book.remove(kept[number]!)
          kept = kept.filter((_, number) => !wanted[number]!.drop)
          for (const [side, levels] of [
            ['buy', book.bids],
            ['sell', book.asks],
          ] as const) {
            const own = kept.filter((order) => order.side === side)
            const sorted = own.toSorted((a, b) =>
              Number(side === 'buy' ? b.price - a.price : a.price - b.price),
            )
            expect(levels.flatMap(({ orders }) => orders)).toEqual(sorted)
          }
        },
      ),
    )
  })

  test('heeds how long an order lives, and lets nobody trade with themselves', async () => {
    const { its, ada, devnet } = town()
    const { ada: seller, bob: buyer } = { ada: its.ada.delta, bob: its.bob.delta }
    const { order } = await seller.submitOrder(sell)
    const buy = { ...sell, side: 'buy' } as const
    await expect(buyer.submitOrder({ ...buy, size: 11, lifetime: 'fill-or-kill' })).rejects.toEqual(
      code('ERR_ADNET_CONFLICT'),
    )
    await expect(buyer.submitOrder({ ...buy, lifetime: 'post-only' })).rejects.toEqual(
      code('ERR_ADNET_CONFLICT'),
    )
    expect(await buyer.submitOrder({ ...buy, size: 4, lifetime: 'fill-or-kill' })).toMatchObject({
      filled: 4,
    })
    expect((await seller.submitOrder({ ...buy, size: 2, lifetime: 'immediate' })).filled).toBe(0)
    expect((await seller.order({ order })).status).toBe('cancelled')
    expect(await seller.orders({ address: ada.dx })).toEqual([])
    await expect(buyer.cancelOrder({ order })).rejects.toEqual(code('ERR_ADNET_UNAUTHORIZED'))
    await expect(seller.cancelOrder({ order })).rejects.toEqual(code('ERR_ADNET_CONFLICT'))
    expect(devnet.audit()).toEqual(sound)
  })
})

describe('perpetual contracts', () => {
  test('funding sums to zero, and longs pay where the market is above the oracle', async () => {
    const { its, ada, bob, clock } = town()
    await its.ada.delta.openPosition({
      market: 'AX-PERP',
      side: 'long',
      size: 5,
      margin: 5_000_000n,
    })
    await its.bob.delta.openPosition({
      market: 'AX-PERP',
      side: 'short',
      size: 3,
      margin: 5_000_000n,
    })
    await its.ada.delta.submitOrder({ ...sell, price: 2_300_000n, size: 1 })
    await its.bob.delta.submitOrder({ ...sell, side: 'buy', price: 2_200_000n, size: 1 })
    expect((await its.ada.delta.funding({ market: 'AX-PERP' })).ratePpm).toBe(10_000)
    await clock.advance(HOUR)
    const [paid] = await its.ada.delta.fundingHistory({ market: 'AX-PERP' })
    expect(paid!.ratePpm).toBe(10_000)
    const [long] = await its.ada.delta.positions({ address: ada.dx })
    const [short] = await its.ada.delta.positions({ address: bob.dx })
    expect(long!.margin).toBe(5_000_000n - (paid!.indexPrice * 5n * 10_000n) / 1_000_000n)
    expect(short!.margin).toBe(5_000_000n + (paid!.indexPrice * 3n * 10_000n) / 1_000_000n)
  })

  test('are liquidated when their margin is not kept, and not before', async () => {
    const place = town()
    const { its, devnet, ada } = place
    place.devnet.faults.isOracleStuck = true
    const { position } = await its.ada.delta.openPosition({
      market: 'AX-PERP',
      side: 'long',
      size: 10,
      margin: 1_200_000n,
    })
    const { entryPrice } = (await its.ada.delta.positions({ address: ada.dx }))[0]!
    const say = async (price: bigint) => {
      for (const [number, oracle] of devnet.oracles.entries()) {
        const input = { asset: 'AX', price: String(price) }
        const nonce = Number(price) * 10 + number + 1
        const auth = sign(oracle, {
          network: 'delta',
          operation: 'submitPrice',
          nonce: 2 ** 40 - nonce,
          input,
        })
        const { signal } = new AbortController()
        await devnet.delta({
          method: 'POST',
          path: '/oracle/submit',
          headers: {},
          body: JSON.stringify({ ...input, auth }),
          signal,
        })
      }
    }
    await say(entryPrice - 10_000n)
    expect(await its.ada.delta.liquidations()).toEqual([])
    expect((await its.ada.delta.positions({ address: ada.dx }))[0]!.pnl).toBe(-100_000n)
    await say(entryPrice - 40_000n)
    expect(await its.ada.delta.liquidations()).toMatchObject([
      { id: position, status: 'liquidated', pnl: -1_200_000n },
    ])
    await expect(its.ada.delta.closePosition({ position })).rejects.toEqual(
      code('ERR_ADNET_CONFLICT'),
    )
    expect(devnet.audit()).toEqual(sound)
  })

  test('are bounded by leverage', async () => {
    const { its } = town()
    const wanted = { market: 'AX-PERP', side: 'long', size: 10 } as const
    await expect(its.ada.delta.openPosition({ ...wanted, margin: 900_000n })).rejects.toEqual(
      code('ERR_ADNET_CONFLICT'),
    )
    await its.ada.delta.setLeverage({ market: 'AX-PERP', leverage: 2 })
    await expect(its.ada.delta.openPosition({ ...wanted, margin: 5_000_000n })).rejects.toEqual(
      code('ERR_ADNET_CONFLICT'),
    )
    await expect(its.ada.delta.setLeverage({ market: 'AX-PERP', leverage: 21 })).rejects.toEqual(
      code('ERR_ADNET_CONFLICT'),
    )
    await its.ada.delta.openPosition({ ...wanted, margin: 12_000_000n })
  })
})

describe('oracles', () => {
  test('agree on the median, without what is far off', () => {
    expect(agree([100n, 101n, 99n, 1_000n, 1n])).toEqual({ price: 100n, sources: 3 })
    expect(agree([100n, 102n, 101n, 99n])).toEqual({ price: 100n, sources: 4 })
    expect(agree([100n, 101n])).toBeUndefined()
    expect(agree([1n, 100n, 10_000n])).toBeUndefined()
  })

  test('are not outvoted by two of five', () => {
    fc.assert(
      fc.property(fc.bigInt(1n, 10n ** 30n), fc.bigInt(1n, 10n ** 30n), (a, b) => {
        const { price } = agree([1_000n, 1_001n, 1_002n, a, b])!
        expect(price >= 1_000n && price <= 1_002n).toBe(true)
      }),
    )
  })

  test('are only those that were named', async () => {
    const { its } = town()
    await expect(its.ada.delta.submitPrice({ asset: 'AX', price: 1n })).rejects.toEqual(
      code('ERR_ADNET_UNAUTHORIZED'),
    )
  })
})

describe('governance', () => {
  test('counts each stake once, and takes effect after its time', async () => {
    const { its, ids, clock, bob, ada } = await busyTown()
    const proposal = ids.deltaProposal
    // Money that moves on has voted already.
    await its.ada.delta.vote({ proposal, choice: 'yes' })
    await expect(its.ada.delta.vote({ proposal, choice: 'no' })).rejects.toEqual(
      code('ERR_ADNET_CONFLICT'),
    )
    await its.ada.delta.broadcast({
      kind: 'transfer',
      to: bob.dx,
      token: 'DX',
      amount: 9n * 10n ** 11n,
    })
    await its.bob.delta.vote({ proposal, choice: 'no' })
    const { yes, no } = await its.ada.delta.proposal({ proposal })
    expect(yes + no).toBeLessThanOrEqual(2n * 10n ** 12n)
    await expect(its.ada.delta.execute({ proposal })).rejects.toEqual(code('ERR_ADNET_CONFLICT'))
    await clock.advance(60_000)
    const other = ids.alphaProposal
    await expect(its.bob.alpha.vote({ proposal: other, choice: 'no' })).rejects.toEqual(
      code('ERR_ADNET_UNAUTHORIZED'),
    )
    expect((await its.ada.alpha.proposal({ proposal: other })).status).toBe('failed')
    expect((await its.ada.delta.proposals()).length).toBe(1)
    expect(ada.dx).not.toBe(bob.dx)
  })
})

test('a name goes to who bids most, at the price of the second', async () => {
  const { its, ada, bob, clock, devnet } = town()
  const salt = 'a'.repeat(64)
  const bid = { name: 'ada', deposit: 100n }
  const { auction } = await its.ada.alpha.commitBid({ ...bid, seal: sealOf(ada.ax, 90n, salt) })
  await its.bob.alpha.commitBid({ ...bid, seal: sealOf(bob.ax, 40n, salt) })
  await clock.advance(60_000)
  await expect(its.ada.alpha.revealBid({ auction, bid: 91n, salt })).rejects.toEqual(
    code('ERR_ADNET_CONFLICT'),
  )
  await its.ada.alpha.revealBid({ auction, bid: 90n, salt })
  await its.bob.alpha.revealBid({ auction, bid: 40n, salt })
  await expect(its.ada.alpha.claimName({ auction })).rejects.toEqual(code('ERR_ADNET_CONFLICT'))
  await clock.advance(60_000)
  await expect(its.bob.alpha.claimName({ auction })).rejects.toEqual(code('ERR_ADNET_CONFLICT'))
  await its.ada.alpha.claimName({ auction })
  expect((await its.ada.alpha.name({ name: 'ada' })).owner).toBe(ada.ax)
  const held = async (key: string) =>
    its.ada.alpha.mappingValue({ program: 'credits.alpha', mapping: 'account', key })
  expect([await held(ada.ax), await held(bob.ax)]).toEqual(['999999960', '1000000000'])
  expect(devnet.audit()).toEqual(sound)
})

test('staking earns a share of each block, which is paid once', async () => {
  const { its, devnet, ada } = town()
  const { members } = await its.ada.alpha.latestCommittee()
  await its.ada.alpha.broadcast({
    kind: 'stake',
    to: members[0]!.address,
    token: 'AX',
    amount: 3_000n,
  })
  await its.bob.alpha.broadcast({
    kind: 'stake',
    to: members[0]!.address,
    token: 'AX',
    amount: 1_000n,
  })
  devnet.seal()
  devnet.seal()
  expect((await its.ada.alpha.rewards({ address: ada.ax })).claimable).toBe(1_500n)
  expect(await its.ada.alpha.stakingRewards({ address: ada.ax, height: 1 })).toBe(750n)
  expect((await its.ada.alpha.claimRewards()).amount).toBe(1_500n)
  await expect(its.ada.alpha.claimRewards()).rejects.toEqual(code('ERR_ADNET_CONFLICT'))
  await expect(
    its.ada.alpha.broadcast({ kind: 'unstake', to: members[1]!.address, token: 'AX', amount: 1n }),
  ).rejects.toEqual(code('ERR_ADNET_CONFLICT'))
  expect(devnet.audit()).toEqual(sound)
})

describe('a network that is told to', () => {
  const forged = async (place: Town, nonce: number) => {
    const { ada, bob, devnet } = place
    const input = { kind: 'transfer', to: bob.ax, token: 'AX', amount: '5' }
    const auth = {
      ...sign(bob, { network: 'alpha', operation: 'broadcast', nonce, input }),
      from: ada.ax,
    }
    const { signal } = new AbortController()
    const body = JSON.stringify({ ...input, auth })
    return devnet.alpha({
      method: 'POST',
      path: '/transaction/broadcast',
      headers: {},
      body,
      signal,
    })
  }
  const held = async ({ its, bob }: Town) =>
    its.ada.alpha.mappingValue({ program: 'credits.alpha', mapping: 'account', key: bob.ax })

  test('accepts everything does so, and it can be seen: forged and replayed transfers move money', async () => {
    const place = town()
    expect((await forged(place, 7)).status).toBe(401)
    place.devnet.faults.acceptsEverything = true
    expect([(await forged(place, 7)).status, (await forged(place, 7)).status]).toEqual([200, 200])
    expect(await held(place)).toBe('1000000010')
    const { its, bob } = place
    const far = its.ada.alpha.broadcast({
      kind: 'transfer',
      to: bob.ax,
      token: 'AX',
      amount: 10n ** 20n,
    })
    expect((await far).status).toBe('accepted')
  })

  test('refuses everything does so: nothing changes', async () => {
    const place = town()
    place.devnet.faults.refusesEverything = true
    const { its, bob } = place
    const sent = its.ada.alpha.broadcast({ kind: 'transfer', to: bob.ax, token: 'AX', amount: 1n })
    await expect(sent).rejects.toEqual(code('ERR_ADNET_UNAUTHORIZED'))
    expect(await held(place)).toBe('1000000000')
    const { outputs } = await its.ada.alpha.view({
      program: 'credits.alpha',
      fn: 'total',
      inputs: [],
    })
    expect(outputs).toHaveLength(1)
  })

  test('halts, makes no blocks, and goes on', async () => {
    const { clock, devnet, its } = town()
    devnet.faults.isHalted = true
    await clock.advance(60_000)
    expect(await its.ada.alpha.latestHeight()).toBe(0)
    devnet.faults.isHalted = false
    await clock.advance(60_000)
    expect(await its.ada.alpha.latestHeight()).toBe(12)
  })
})

test('books that do not add up are found', () => {
  const [alpha, delta] = (['alpha', 'delta'] as const).map(
    (network) => new ChainState(network, createVirtualClock(), []),
  ) as [ChainState, ChainState]
  const bridge = new Bridge(alpha.ledger, delta.ledger)
  const spot = new Spot(delta.ledger, () => ({ makerPpm: 0n, takerPpm: 0n }), {
    trade() {},
    order() {},
  })
  const perpetuals = new Perpetuals(
    delta.ledger,
    () => ({ mark: 100n, index: 100n }),
    () => 20n,
    () => {},
  )
  const audit = (index = 100n) => auditOf(alpha, delta, { bridge, spot, perpetuals, index }).flaws
  expect(audit()).toEqual([])
  for (const [id, side, price] of [
    ['a', 'buy', 5n],
    ['b', 'sell', 5n],
  ] as const) {
    spot.books['AX-DX'].add({ id, owner: id, side, price, size: 1, filled: 0 })
  }
  delta.ledger.issue('vault', 'DX', 1_000_000n)
  delta.ledger.issue('dx1ada', 'DX', 100n)
  delta.ledger.issue('dx1ada', 'AX', 1n)
  alpha.ledger.issue('ax1ada', 'sAX', 1n)
  perpetuals.start('p', 'dx1ada', 'long', 10, 100n)
  expect(audit(90n)).toEqual([
    'The bridge holds another amount than was minted from it',
    'There is more or less staked than there are stakes',
    'The book of AX-DX is crossed',
    'Position p is open without its margin',
    'Orders hold more or less than they could cost',
  ])
})
