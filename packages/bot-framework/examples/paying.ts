import assert from 'node:assert/strict'
import * as bots from '@bzzz/bot-framework'
import { createMetrics, observationOf } from '@bzzz/bot-framework/metrics'

const clock = bots.createVirtualClock() // bots.systemClock, where time is to pass by itself
const metrics = createMetrics({ startedAt: clock.now() })

const payer: bots.Bot = {
  setup: async ({ wallet }) => wallet.credit('AX', 500n),
  executeBehavior: async (_behavior, { wallet }) => {
    wallet.debit('AX', 9n) // here it would talk to the network under test
    return bots.success()
  },
}
const context = bots.createContext({
  id: 'alice',
  identity: bots.botIdentities('a seed', 1)[0]!,
  clock,
  bus: bots.createMessageBus({ clock }),
  random: bots.createRandom('a seed'),
})
const onExecution = (execution: bots.Execution): void => metrics.observe(observationOf(execution))
const alice = bots.hostBot({ id: 'alice', bot: payer, context, onExecution })

await alice.prepare()
alice.run()
const scheduler = bots.createScheduler({ clock })
scheduler.cron('* * * * *', async ({ dueAt }) => {
  await alice.execute('pay', { intendedAt: dueAt })
})
await clock.advance(3_600_000) // an hour, in a few milliseconds
await scheduler.stop()
await alice.stop()

const { total } = metrics.summary()
assert.deepEqual([total.count, total.errors], [60, { ERR_BOT_BALANCE: 5 }])
assert.equal(context.wallet.balance('AX').available, 5n)
assert.equal(alice.state, 'stopped')
