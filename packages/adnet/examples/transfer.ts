import assert from 'node:assert/strict'
import { createAlphaClient } from '@bzzz/adnet'
import { createDevnet } from '@bzzz/adnet/devnet'
import { botIdentities, createRandom, createVirtualClock } from '@bzzz/bot-framework'

const clock = createVirtualClock() // systemClock, where time is to pass by itself
const devnet = createDevnet({ clock, seed: 1 })
const [ada, bob] = botIdentities('example', 2)
devnet.fund(ada!.ax, 'AX', 1_000n)

// For a network elsewhere: httpTransport({ url: 'http://127.0.0.1:3030/v2' }).transport
const { call } = createAlphaClient({
  transport: devnet.alpha,
  clock,
  random: createRandom(1),
  identity: ada!,
})
const payment = { kind: 'transfer', to: bob!.ax, token: 'AX' } as const
const { transaction } = await call.broadcast({ ...payment, amount: 400n })
await assert.rejects(call.broadcast({ ...payment, amount: 700n }), { code: 'ERR_ADNET_CONFLICT' })

await clock.advance(5_000) // a block is made
assert.equal((await call.confirmedTransaction({ transaction })).height, 1)
const { outputs } = await call.view({
  program: 'credits.alpha',
  fn: 'balance_of',
  inputs: [bob!.ax],
})
assert.deepEqual(outputs, ['400'])
assert.deepEqual(devnet.audit(), { isSound: true, flaws: [] })
await devnet.close()
