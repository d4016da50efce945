import assert from 'node:assert/strict'
import { createMemoryStore } from '@bzzz/context-store'
import { generateIdentity } from '@bzzz/identity'
import { createUcxi, startUcxiServer } from '@bzzz/ucxi'
import { createUcxiClient } from '@bzzz/ucxi/client'

const store = createMemoryStore({ writer: generateIdentity() })
const server = await startUcxiServer({ ucxi: createUcxi({ store }) })
const client = createUcxiClient({ url: server.url })

const plan = 'ucxl://claude:architect@shop:checkout/plan.md'
const first = await client.put(plan, 'Pay by card.')
await client.put(plan, 'Pay by invoice.')

assert.equal(await (await client.get(plan)).text(), 'Pay by invoice.')
assert.equal(await (await client.get(first.address)).text(), 'Pay by card.')
for await (const { id, data } of client.subscribe({ lastEventId: 0 })) {
  assert.equal(data.address, first.address)
  console.log(`${id}: ${data.address} was written at ${data.time}`)
  break
}
await server.close()
