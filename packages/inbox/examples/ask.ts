import assert from 'node:assert/strict'
import { createMemoryStore } from '@bzzz/context-store'
import { generateIdentity } from '@bzzz/identity'
import { createInbox } from '@bzzz/inbox'

const store = createMemoryStore({ writer: generateIdentity() }) // openSqliteStore: in a file
const agent = createInbox({ store, self: { name: 'builder', roles: ['coder'] } })
const person = createInbox({ store, self: { name: 'ada', roles: ['lead'] } })

const plan = 'ucxl://builder:coder@shop:checkout/plan.md'
await store.put({ address: plan, content: Buffer.from('Store no card numbers.') })
const at = { project: 'shop', task: 'checkout' }
const sent = await agent.send({
  ...at,
  kind: 'proposal',
  to: ['ada'],
  title: 'May I?',
  about: [plan],
})

const [item] = await person.items() // what awaits her, with the exact version that she is shown
assert.equal(item?.message.title, 'May I?')
assert.equal(
  item.message.about[0]?.content,
  (await store.head('builder:coder@shop:checkout/plan.md'))?.record.content,
)
await person.reply(item.address, { kind: 'approved', content: item.content })

const { standing } = await agent.item(sent.address)
assert.equal(standing.status, 'approved')
agent.close()
person.close()
await store.close()
