import { success } from '@bzzz/bot-framework'
import { balanceOn, type Actor, type Role } from '../actor.ts'

const PAIR = 'AX-DX'

async function fundBoth({ context, stage }: Actor): Promise<void> {
  const { ax, dx } = context.identity
  stage.fund(ax, 'AX', 1_000_000n)
  stage.fund(dx, 'AX', 10_000_000n)
  stage.fund(dx, 'DX', 10n ** 12n)
}

const someoneElse = ({ stage, id, context }: Actor): Actor => {
  const others = stage.actors.filter((actor) => actor.id !== id)
  return others.length === 0 ? stage.actors[0]! : context.random.pick(others)
}

const amount = ({ context }: Actor): bigint => BigInt(context.random.between(1, 100))

export const user: Role = {
  about: 'sends money, looks at it, and looks things up',
  setup: fundBoth,
  behaviors: {
    async transfer(actor) {
      const to = someoneElse(actor).context.identity.ax
      const sent = await actor.alpha.broadcast({
        kind: 'transfer',
        to,
        token: 'AX',
        amount: amount(actor),
      })
      actor.memory.set('sent', sent.transaction)
      return success()
    },
    async look(actor) {
      await balanceOn(actor, actor.context.identity.ax)
      return success()
    },
    async read(actor) {
      const { height } = await actor.alpha.latestBlock()
      await actor.alpha.block({ block: actor.context.random.between(0, height) })
      return success()
    },
    async follow(actor) {
      const transaction = actor.memory.get('sent')
      if (typeof transaction !== 'string') await actor.alpha.latestHeight()
      else await actor.alpha.transaction({ transaction })
      return success()
    },
  },
}

export const staker: Role = {
  about: 'stakes with a validator, claims what that earns, and takes it back',
  setup: fundBoth,
  behaviors: {
    async stake(actor) {
      const { members } = await actor.alpha.latestCommittee()
      const to = actor.context.random.pick(members).address
      const staked = amount(actor) + 100n
      await actor.alpha.broadcast({ kind: 'stake', to, token: 'AX', amount: staked })
      actor.memory.set('stake', { to, staked })
      return success()
    },
    async unstake(actor) {
      const stake = actor.memory.get('stake') as { to: string; staked: bigint } | undefined
      actor.memory.delete('stake')
      if (stake) {
        await actor.alpha.broadcast({
          kind: 'unstake',
          to: stake.to,
          token: 'AX',
          amount: stake.staked,
        })
      } else await actor.alpha.latestCommittee()
      return success()
    },
    async claim(actor) {
      const { claimable } = await actor.alpha.rewards({ address: actor.context.identity.ax })
      if (claimable > 0n) await actor.alpha.claimRewards()
      return success({ claimed: Number(claimable) })
    },
  },
}

export const trader: Role = {
  about: 'buys and sells near the price, takes positions and closes them',
  setup: fundBoth,
  behaviors: {
    async buy(actor) {
      return order(actor, 'buy')
    },
    async sell(actor) {
      return order(actor, 'sell')
    },
    async watch(actor) {
      const { bids, asks } = await actor.delta.orderBook({ pair: PAIR })
      return success({ levels: bids.length + asks.length })
    },
    async position(actor) {
      const open = actor.memory.get('position')
      actor.memory.delete('position')
      if (typeof open === 'string') {
        const own = await actor.delta.positions({ address: actor.context.identity.dx })
        // It may have been liquidated meanwhile.
        if (own.some(({ id }) => id === open)) await actor.delta.closePosition({ position: open })
        return success()
      }
      const { price } = await actor.delta.price({ asset: 'AX' })
      const side = actor.context.random.pick(['long', 'short'] as const)
      const opened = await actor.delta.openPosition({
        market: 'AX-PERP',
        side,
        size: 1,
        margin: price / 2n,
      })
      actor.memory.set('position', opened.position)
      return success()
    },
  },
}

async function order(actor: Actor, side: 'buy' | 'sell') {
  const { price: fair } = await actor.delta.price({ asset: 'AX' })
  const price = (fair * BigInt(actor.context.random.between(995, 1_005))) / 1_000n
  const size = actor.context.random.between(1, 5)
  const { filled } = await actor.delta.submitOrder({
    pair: PAIR,
    side,
    price,
    size,
    lifetime: 'immediate',
  })
  return success({ filled })
}

export const maker: Role = {
  about: 'offers to buy and to sell, around the price of the oracle',
  setup: fundBoth,
  behaviors: {
    async quote(actor) {
      const { delta, context } = actor
      const old = await delta.orders({ address: context.identity.dx })
      for (const { id } of old) {
        // Somebody may have taken it just now.
        await delta.cancelOrder({ order: id }).catch((error: unknown) => {
          if (!/is filled/.test(String(error))) throw error
        })
      }
      const { price } = await delta.price({ asset: 'AX' })
      const quote = { pair: PAIR, size: 20, lifetime: 'until-cancelled' } as const
      await delta.submitOrder({ ...quote, side: 'buy', price: (price * 998n) / 1_000n })
      await delta.submitOrder({ ...quote, side: 'sell', price: (price * 1_002n) / 1_000n })
      return success({ quotes: 2 })
    },
  },
}
