import { AdnetError } from '@bzzz/adnet'
import { success } from '@bzzz/bot-framework'
import { balanceOn, see, type Role } from '../actor.ts'
import { heldOff, refusedCall } from './attack.ts'

export const hotKey: Role = {
  about: 'all look at, and pay to, one account',
  async setup({ stage, context }) {
    stage.fund(context.identity.ax, 'AX', 1_000_000n)
  },
  behaviors: {
    async look({ alpha, stage }) {
      const { identity } = stage.person('celebrity')
      await alpha.mappingValue({ program: 'credits.alpha', mapping: 'account', key: identity.ax })
      return success()
    },
    async pay({ alpha, stage }) {
      const to = stage.person('celebrity').identity.ax
      await alpha.broadcast({ kind: 'transfer', to, token: 'AX', amount: 1n })
      see(stage, 'paid')
      return success()
    },
  },
  async conditions(stage) {
    const { identity, clients } = stage.person('celebrity')
    const [paid, held] = [
      BigInt(stage.seen.get('paid') ?? 0),
      await balanceOn(clients, identity.ax),
    ]
    // A payment whose answer was lost may have arrived.
    return [
      {
        name: 'every payment arrived',
        ok: held >= paid && paid > 0n,
        detail: `${paid} paid, ${held} arrived`,
      },
    ]
  },
}

export const herd: Role = {
  about: 'all wait for the next full second, and come at once',
  behaviors: {
    async rush({ alpha, context, stage }, signal) {
      await stage.sleep(1_000 - (context.clock.now() % 1_000), signal)
      await alpha.latestBlock()
      return success()
    },
  },
}

export const poller: Role = {
  about: 'asks again and again whether there is something new, without waiting',
  behaviors: {
    async poll({ alpha, stage }) {
      see(stage, 'polled')
      try {
        await alpha.latestHeight()
      } catch (error) {
        // That is what should happen to it.
        if (!AdnetError.is(error, 'ERR_ADNET_RATE_LIMITED')) throw error
        see(stage, 'held back')
      }
      return success()
    },
  },
  conditions: async ({ seen }) => {
    const [polled, held] = [seen.get('polled') ?? 0, seen.get('held back') ?? 0]
    return [
      { name: 'who polls too often is held back', ok: held > 0, detail: `${held} of ${polled}` },
    ]
  },
}

export const lister: Role = {
  about: 'asks for everything at once',
  behaviors: {
    async list({ alpha, stage }) {
      return refusedCall(stage, 'an unbounded listing', async () =>
        alpha.blocks({ start: 0, end: 1_000_000 }),
      )
    },
    async page({ delta }) {
      await delta.trades({ pair: 'AX-DX', limit: 100 })
      return success()
    },
  },
  conditions: async (stage) => heldOff(stage, 'an unbounded listing'),
}

export const retrier: Role = {
  about: 'has a client that tries again while the network is not well',
  behaviors: {
    async insist({ alpha }) {
      await alpha.latestHeight()
      return success()
    },
  },
  conditions: async (stage) => {
    const { requests, calls } = stage.traffic()
    const each = calls === 0 ? 0 : requests / calls
    return [
      {
        name: 'retries are bounded',
        ok: calls > 0 && each < 2,
        detail: `${each.toFixed(2)} requests for each call`,
      },
    ]
  },
}
