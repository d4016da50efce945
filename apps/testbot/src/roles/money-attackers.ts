import { canonicalBytes } from '@bzzz/identity'
import { failure } from '@bzzz/bot-framework'
import { heldOff, refusedAs, refusedCall, same, send, signedBody } from './attack.ts'
import { balanceOn, see, type Actor, type Role, type Stage } from '../actor.ts'

const WEALTH = 1_000_000n
const at = { network: 'alpha', path: '/transaction/broadcast' } as const

async function fundVictim({ stage }: Actor): Promise<void> {
  if (stage.facts.has('victim')) return
  stage.facts.set('victim', true)
  const { identity } = stage.person('victim')
  stage.fund(identity.ax, 'AX', WEALTH)
}

async function fundSelf({ stage, context }: Actor): Promise<void> {
  stage.fund(context.identity.ax, 'AX', WEALTH)
}

const held = async (stage: Stage, name: string): Promise<bigint> => {
  const { identity, clients } = stage.person(name)
  return balanceOn(clients, identity.ax)
}

export const forger: Role = {
  about: 'signs transfers out of an account of somebody else',
  setup: fundVictim,
  behaviors: {
    async forge(actor, signal) {
      const { stage, context } = actor
      const victim = stage.person('victim').identity
      const input = { kind: 'transfer', to: context.identity.ax, token: 'AX', amount: '10' }
      const nonce = actor.nonce()
      // All is right but for whose key it is; every second one names the victim's key as well.
      const bytes = canonicalBytes({
        from: victim.ax,
        input,
        network: 'alpha',
        nonce,
        operation: 'broadcast',
      })
      const { publicKey } = context.random.next() < 0.5 ? victim : context.identity
      const auth = {
        from: victim.ax,
        publicKey: hex(publicKey),
        nonce,
        signature: hex(context.identity.sign(bytes)),
      }
      const body = JSON.stringify({ ...input, auth })
      return refusedAs(stage, 'a forged transfer', await send(actor, { ...at, body, signal }))
    },
  },
  conditions: async (stage) => [
    ...heldOff(stage, 'a forged transfer'),
    same('the victim has its money', WEALTH, await held(stage, 'victim')),
  ],
}

export const replayer: Role = {
  about: 'sends what was signed once a second time',
  setup: fundSelf,
  behaviors: {
    async replay(actor, signal) {
      const { stage, context } = actor
      const input = {
        kind: 'transfer',
        to: stage.person('sink').identity.ax,
        token: 'AX',
        amount: '3',
      }
      const body = signedBody(actor, {
        network: 'alpha',
        operation: 'broadcast',
        input,
        signer: context.identity,
      })
      const first = await send(actor, { ...at, body, signal })
      if (first !== 200)
        return failure(`http-${first}`, 'There is nothing to replay: the first was refused')
      see(stage, 'paid once')
      return refusedAs(stage, 'a replayed transfer', await send(actor, { ...at, body, signal }))
    },
  },
  conditions: async (stage) => [
    ...heldOff(stage, 'a replayed transfer'),
    same(
      'each was paid once',
      3n * BigInt(stage.seen.get('paid once') ?? 0),
      await held(stage, 'sink'),
    ),
  ],
}

export const overflower: Role = {
  about: 'sends amounts that cannot be: none, less than none, and more than there is room for',
  setup: fundSelf,
  behaviors: {
    async overflow(actor, signal) {
      const { stage, context } = actor
      const amount = context.random.pick([
        '0',
        '-5',
        '1e3',
        '1.5',
        '',
        String(2n ** 128n),
        '9'.repeat(60),
      ])
      const input = { kind: 'transfer', to: stage.person('sink').identity.ax, token: 'AX', amount }
      const body = signedBody(actor, {
        network: 'alpha',
        operation: 'broadcast',
        input,
        signer: context.identity,
      })
      return refusedAs(stage, 'an impossible amount', await send(actor, { ...at, body, signal }))
    },
  },
  conditions: async (stage) => [
    ...heldOff(stage, 'an impossible amount'),
    same('nobody got anything', 0n, await held(stage, 'sink')),
  ],
}

export const doubleSpender: Role = {
  about: 'spends the same money twice at one moment',
  setup: fundSelf,
  behaviors: {
    async spend(actor, signal) {
      const { stage, context } = actor
      const owned = await balanceOn(actor, context.identity.ax)
      const amount = String((owned * 6n) / 10n + 1n)
      const pay = async (to: string): Promise<number> => {
        const input = { kind: 'transfer', to: stage.person(to).identity.ax, token: 'AX', amount }
        const body = signedBody(actor, {
          network: 'alpha',
          operation: 'broadcast',
          input,
          signer: context.identity,
        })
        return send(actor, { ...at, body, signal })
      }
      const statuses = await Promise.all([pay('sink'), pay('other sink')])
      const accepted = statuses.filter((status) => status === 200).length
      see(stage, 'promised', accepted * Number(amount))
      if (accepted === 1) stage.fund(context.identity.ax, 'AX', BigInt(amount))
      return refusedAs(
        stage,
        'the second of two payments',
        accepted > 1 ? 200 : Math.max(...statuses),
      )
    },
  },
  conditions: async (stage) => [
    ...heldOff(stage, 'the second of two payments'),
    same(
      'what was accepted is what arrived',
      stage.seen.get('promised') ?? 0,
      (await held(stage, 'sink')) + (await held(stage, 'other sink')),
    ),
  ],
}

export const doubleMinter: Role = {
  about: 'has what is locked once minted twice, and burns and unlocks twice',
  setup: fundSelf,
  behaviors: {
    async mint({ alpha, delta, stage, context }) {
      const { lock } = await alpha.lockAmount({ to: context.identity.dx, amount: 7n })
      await delta.mint({ lock })
      return refusedCall(stage, 'a second minting', async () => delta.mint({ lock }))
    },
    async unlock({ alpha, delta, stage, context }) {
      const { lock } = await alpha.lockAmount({ to: context.identity.dx, amount: 7n })
      await delta.mint({ lock })
      const { burn } = await delta.burn({ to: context.identity.ax, amount: 7n })
      await alpha.unlockAmount({ burn })
      return refusedCall(stage, 'a second minting', async () => alpha.unlockAmount({ burn }))
    },
  },
  conditions: async (stage) => {
    const { clients } = stage.person('auditor')
    const [alpha, delta] = [await clients.alpha.bridge(), await clients.delta.bridge()]
    return [
      ...heldOff(stage, 'a second minting'),
      same('as much is locked as was minted', delta.minted, alpha.locked),
    ]
  },
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
