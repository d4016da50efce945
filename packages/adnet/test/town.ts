import { botIdentities, createRandom, createVirtualClock } from '@bzzz/bot-framework'
import { createAlphaClient, createDeltaClient } from '../src/index.ts'
import { createDevnet, type DevnetInit } from '../src/devnet.ts'

/** A devnet, and two people with money on both of its networks. */
export function town(options: Partial<DevnetInit> & { token?: string } = {}) {
  const { token, ...init } = options
  const clock = createVirtualClock({ startMs: 1_000_000 })
  const devnet = createDevnet({ clock, seed: 1, ...init })
  const [ada, bob] = botIdentities('town', 2) as [Person, Person]
  for (const { ax, dx } of [ada, bob]) {
    devnet.fund(ax, 'AX', 10n ** 9n)
    devnet.fund(dx, 'AX', 10n ** 9n)
    devnet.fund(dx, 'DX', 10n ** 12n)
  }
  let nonce = 0
  const clientsOf = (identity: Person) => {
    const random = createRandom('clients')
    const common = {
      clock,
      random,
      identity,
      nonce: () => ++nonce,
      ...(token !== undefined && { token }),
    }
    return {
      alpha: createAlphaClient({ transport: devnet.alpha, ...common }).call,
      delta: createDeltaClient({ transport: devnet.delta, ...common }).call,
    }
  }
  return { clock, devnet, ada, bob, its: { ada: clientsOf(ada), bob: clientsOf(bob) } }
}

export type Person = ReturnType<typeof botIdentities>[number]
export type Town = ReturnType<typeof town>

/** A town in which a lot has happened, and the ids of it. */
export async function busyTown(options: Parameters<typeof town>[0] = {}) {
  const made = town({ token: 'operator', ...options })
  const { devnet, ada, bob, its, clock } = made
  const { alpha, delta } = its.ada
  const { latest } = { latest: await alpha.latestCommittee() }
  const validator = latest.members[0]!.address
  const move = { kind: 'transfer', amount: 5n } as const
  const ids = {
    validator,
    alphaTransfer: (await alpha.broadcast({ ...move, to: bob.ax, token: 'AX' })).transaction,
    deltaTransfer: (await delta.broadcast({ ...move, to: bob.dx, token: 'DX' })).transaction,
    stake: (await alpha.broadcast({ kind: 'stake', to: validator, token: 'AX', amount: 10_000n }))
      .transaction,
    lock: (await alpha.lockAmount({ to: ada.dx, amount: 500n })).lock,
    burn: (await delta.burn({ to: ada.ax, amount: 300n })).burn,
    order: '',
    position: '',
    offramp: '',
    auction: '',
    alphaProposal: '',
    deltaProposal: '',
    alphaRejected: '',
    deltaRejected: '',
  }
  const sell = {
    pair: 'AX-DX',
    side: 'sell',
    price: 2_000n,
    size: 10,
    lifetime: 'until-cancelled',
  } as const
  ids.order = (await delta.submitOrder(sell)).order
  await its.bob.delta.submitOrder({ ...sell, side: 'buy', size: 3 })
  ids.position = (
    await delta.openPosition({ market: 'AX-PERP', side: 'long', size: 2, margin: 2_000_000n })
  ).position
  await delta.startKyc({ name: 'Ada' })
  await delta.verifyKyc({ code: devnet.kycCode(ada.dx) })
  ids.offramp = (await delta.initiateOfframp({ amount: 70n, currency: 'EUR' })).offramp
  const proposal = { title: 'Lower fees', parameter: 'taker_fee', value: 100n } as const
  ids.alphaProposal = (await alpha.propose(proposal)).proposal
  ids.deltaProposal = (await delta.propose(proposal)).proposal
  await alpha.broadcast({ ...move, amount: 10n ** 30n, to: bob.ax, token: 'AX' }).catch(() => {})
  ids.alphaRejected = (await alpha.poolTransactions()).find(
    ({ status }) => status === 'rejected',
  )!.id
  await delta.broadcast({ ...move, amount: 10n ** 30n, to: bob.dx, token: 'DX' }).catch(() => {})
  ids.deltaRejected = (await delta.poolTransactions()).find(
    ({ status }) => status === 'rejected',
  )!.id
  devnet.seal()
  await clock.advance(1)
  return { ...made, ids, validator }
}

export type BusyTown = Awaited<ReturnType<typeof busyTown>>
