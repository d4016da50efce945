import { failure, success } from '@bzzz/bot-framework'
import { heldOff, refusedAs, refusedCall, same, send, signedBody } from './attack.ts'
import type { Role } from '../actor.ts'

export const liar: Role = {
  about: 'says prices without being an oracle',
  async setup({ stage, delta }) {
    if (!stage.facts.has('price'))
      stage.facts.set('price', (await delta.price({ asset: 'AX' })).price)
  },
  behaviors: {
    async lie({ delta, stage }) {
      const { price } = await delta.price({ asset: 'AX' })
      return refusedCall(stage, 'a false price', async () =>
        delta.submitPrice({ asset: 'AX', price: price * 100n }),
      )
    },
  },
  async conditions(stage) {
    const before = stage.facts.get('price') as bigint
    const { price } = await stage.person('auditor').clients.delta.price({ asset: 'AX' })
    const isNear = price < before * 2n && price > before / 2n
    return [
      ...heldOff(stage, 'a false price'),
      {
        name: 'the price is near what it was',
        ok: isNear,
        detail: `${before} before, ${price} after`,
      },
    ]
  },
}

export const trespasser: Role = {
  about: 'takes back orders of others',
  async setup({ stage }) {
    if (stage.facts.has('order')) return
    const { identity, clients } = stage.person('owner')
    stage.facts.set('order', '')
    stage.fund(identity.dx, 'AX', 1_000_000n)
    const order = {
      pair: 'AX-DX',
      side: 'sell',
      price: 10n ** 12n,
      size: 5,
      lifetime: 'until-cancelled',
    } as const
    stage.facts.set('order', (await clients.delta.submitOrder(order)).order)
  },
  behaviors: {
    async trespass({ delta, stage }) {
      const order = stage.facts.get('order') as string
      if (order === '') return failure('nothing-to-attack', 'There is no order of somebody else')
      return refusedCall(stage, 'taking back an order of another', async () =>
        delta.cancelOrder({ order }),
      )
    },
  },
  async conditions(stage) {
    const { identity, clients } = stage.person('owner')
    const open = await clients.delta.orders({ address: identity.dx })
    return [
      ...heldOff(stage, 'taking back an order of another'),
      same('the order is open', stage.facts.get('order'), open[0]?.id),
    ]
  },
}

export const intruder: Role = {
  about: 'calls what is for operators, without a token',
  behaviors: {
    async intrude({ alpha, delta, stage, context }) {
      const offramp = 'f'.repeat(64)
      const call = context.random.pick([
        async () => alpha.backUp(),
        async () => alpha.nodeAddress(),
        async () => alpha.mapping({ program: 'credits.alpha', mapping: 'account' }),
        async () => delta.settleOfframp({ offramp, isPaid: true }),
      ])
      return refusedCall(stage, 'a call for operators', call)
    },
  },
  conditions: async (stage) => heldOff(stage, 'a call for operators'),
}

export const garbler: Role = {
  about: 'sends what is no operation: no JSON, too much, signatures of nothing',
  behaviors: {
    async garble(actor, signal) {
      const body = actor.context.random.pick([
        '{',
        '[]',
        'null',
        '{"auth":{}}',
        `"${'x'.repeat(70_000)}"`,
        '{"__proto__":{"admin":true}}',
        `{"auth":${'['.repeat(5_000)}${']'.repeat(5_000)}}`,
      ])
      const path = actor.context.random.pick([
        '/transaction/broadcast',
        '/governance/proposals',
        '/bridge/lock',
      ])
      const status = await send(actor, { network: 'alpha', path, body, signal })
      return refusedAs(actor.stage, 'a garbled request', status)
    },
    async lengthen(actor, signal) {
      const path = `/governance/proposals/${'f'.repeat(actor.context.random.between(65, 4_000))}/vote`
      const input = { choice: 'yes' }
      const signer = actor.context.identity
      const body = signedBody(actor, { network: 'alpha', operation: 'vote', input, signer })
      const status = await send(actor, { network: 'alpha', path, body, signal })
      return refusedAs(actor.stage, 'a garbled request', status)
    },
  },
  async conditions(stage) {
    const { outputs } = await stage
      .person('auditor')
      .clients.alpha.view({ program: 'credits.alpha', fn: 'total', inputs: [] })
    return [
      ...heldOff(stage, 'a garbled request'),
      { name: 'the network still answers', ok: outputs.length === 1, detail: outputs.join(' ') },
    ]
  },
}

export const slanderer: Role = {
  about: 'accuses validators with blocks that they never signed',
  behaviors: {
    async accuse({ alpha, stage, context }) {
      const { height, hash: first, proposer: validator } = await alpha.latestBlock()
      const second = Buffer.from(context.random.bytes(32)).toString('hex')
      return refusedCall(stage, 'false evidence', async () =>
        alpha.slashEvidence({ validator, height, first, second }),
      )
    },
  },
  async conditions(stage) {
    const { alpha } = stage.person('auditor').clients
    const groups = await Promise.all([0, 1, 2, 3].map(async (gid) => alpha.grimTrigger({ gid })))
    const lost = groups.filter(({ isTriggered }) => isTriggered).length
    return [...heldOff(stage, 'false evidence'), same('no group has lost its rights', 0, lost)]
  },
}

export const sybil: Role = {
  about: 'votes with many accounts that have nothing',
  async setup({ stage }) {
    if (stage.facts.has('proposal')) return
    stage.facts.set('proposal', '')
    const { identity, clients } = stage.person('proposer')
    stage.fund(identity.dx, 'DX', 1_000n)
    const wanted = { title: 'All fees to me', parameter: 'taker_fee', value: 1n } as const
    stage.facts.set('proposal', (await clients.delta.propose(wanted)).proposal)
  },
  behaviors: {
    async vote({ delta, stage }) {
      const proposal = stage.facts.get('proposal') as string
      if (proposal === '') return failure('nothing-to-attack', 'There is no proposal')
      return refusedCall(stage, 'a vote without weight', async () =>
        delta.vote({ proposal, choice: 'yes' }),
      )
    },
    async look({ delta, stage }) {
      await delta.proposal({ proposal: stage.facts.get('proposal') as string })
      return success()
    },
  },
  async conditions(stage) {
    const proposal = stage.facts.get('proposal') as string
    const { yes } = await stage.person('auditor').clients.delta.proposal({ proposal })
    return [
      ...heldOff(stage, 'a vote without weight'),
      same('nobody without weight counts', 0n, yes),
    ]
  },
}
