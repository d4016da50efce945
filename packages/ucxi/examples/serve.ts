import assert from 'node:assert/strict'
import { createMemoryStore } from '@bzzz/context-store'
import { generateIdentity } from '@bzzz/identity'
import { createUcxi, startUcxiServer } from '@bzzz/ucxi'

const store = createMemoryStore({ writer: generateIdentity() })
const server = await startUcxiServer({ ucxi: createUcxi({ store }) })
const url = `${server.url}/ucxl/claude:architect@shop:checkout/plan.md`

await fetch(url, { method: 'PUT', body: 'Pay by card.', headers: { 'content-type': 'text/plain' } })
await fetch(url, {
  method: 'PUT',
  body: 'Pay by invoice.',
  headers: { 'content-type': 'text/plain' },
})

assert.equal(await (await fetch(url)).text(), 'Pay by invoice.')
const first = await fetch(url.replace('/plan.md', '/*~1/plan.md'))
assert.equal(await first.text(), 'Pay by card.')
await server.close()
