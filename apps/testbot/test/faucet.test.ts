import { AdnetError } from '@bzzz/adnet'
import { botIdentities, createRandom, createVirtualClock, sleep } from '@bzzz/bot-framework'
import { expect, test } from 'vitest'
import type { Alpha, Clients } from '../src/actor.ts'
import { createFaucet } from '../src/targets/faucet.ts'

const [faucet, ada] = botIdentities('faucet', 2)
const conflict = new AdnetError('ERR_ADNET_CONFLICT', 'The nonce must be above 7')

/** A faucet whose networks take a second for a payment, and refuse it as they are told. */
function faucetOn(refusalOf: (payment: number) => Error | undefined = () => undefined) {
  const clock = createVirtualClock()
  const done: string[] = []
  let [attempts, under, most] = [0, 0, 0]
  const broadcast =
    (network: string): Alpha['broadcast'] =>
    async (input) => {
      most = Math.max(most, ++under)
      await sleep(clock, 1_000)
      under--
      const refusal = refusalOf(attempts++)
      if (refusal) throw refusal
      if (input.kind === 'transfer') done.push(`${network} ${input.token} ${input.amount}`)
      return { transaction: 'f'.repeat(64), status: 'accepted' }
    }
  const clients = {
    alpha: { broadcast: broadcast('alpha') },
    delta: { broadcast: broadcast('delta') },
  }
  const random = createRandom('waits')
  const { pay, ...rest } = createFaucet(faucet!, { ...(clients as Clients), clock, random })
  return { pay, ...rest, clock, done, attempts: () => attempts, most: () => most }
}

test('pays on the network of the account, in the order in which it was asked, one at a time', async () => {
  const { pay, clock, done, most, verdict, settled } = faucetOn()
  pay(ada!.ax, 'AX', 1n)
  pay(ada!.dx, 'DX', 2n)
  pay(ada!.dx, 'AX', 3n)
  await clock.until(settled())
  expect([done, most()]).toEqual([['alpha AX 1', 'delta DX 2', 'delta AX 3'], 1])
  expect(await verdict()).toMatchObject({ ok: true, detail: expect.stringMatching(/^3 of 3 /) })
})

test('tries again where somebody else was faster, and gives up when that does not end', async () => {
  const often = faucetOn((attempt) => (attempt < 15 ? conflict : undefined))
  often.pay(ada!.ax, 'AX', 1n)
  expect(await often.clock.until(often.verdict())).toMatchObject({ ok: true })
  const never = faucetOn(() => conflict)
  never.pay(ada!.ax, 'AX', 1n)
  never.pay(ada!.ax, 'AX', 2n)
  expect(await never.clock.until(never.verdict())).toMatchObject({
    ok: false,
    detail: expect.stringMatching(/^0 of 2 .* \(The nonce must be above 7\)$/),
  })
  expect(never.attempts()).toBe(40)
})

test('does not pay twice what may have been paid', async () => {
  const { pay, clock, verdict, attempts } = faucetOn(
    () => new AdnetError('ERR_ADNET_TIMEOUT', 'It took too long'),
  )
  pay(ada!.ax, 'AX', 1n)
  expect(await clock.until(verdict())).toMatchObject({ ok: false })
  expect(attempts()).toBe(1)
})

test('pays nothing more once it is stopped', async () => {
  const { pay, clock, done, stop, verdict } = faucetOn()
  for (let amount = 1n; amount <= 1_000n; amount++) pay(ada!.ax, 'AX', amount)
  clock.schedule(1_500, stop)
  expect(await clock.until(verdict())).toMatchObject({
    ok: false,
    detail: expect.stringMatching(/^2 of 1000 .* \(the run was ended\)$/),
  })
  expect([done.length, clock.now()]).toEqual([2, 2_000])
})
