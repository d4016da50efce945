import assert from 'node:assert/strict'
import { createMemoryStore } from '@bzzz/context-store'
import { generateIdentity } from '@bzzz/identity'

const clock = { now: Date.UTC(2025, 7, 1) }
const store = createMemoryStore({ writer: generateIdentity(), now: () => clock.now })
const address = 'ucxl://claude:architect@shop:checkout/*^/plan.md'
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

await store.put({ address, content: bytes('Pay by card.'), contentType: 'text/markdown' })
clock.now += 86_400_000
await store.put({
  address,
  content: bytes('Pay by card or invoice.'),
  contentType: 'text/markdown',
})

const then = await store.get('ucxl://claude:architect@shop:checkout/2025-08-01T12:00:00Z/plan.md')
assert.equal(new TextDecoder().decode(then.content), 'Pay by card.')
assert.equal((await store.get(address)).record.version, 2)
await store.close()
