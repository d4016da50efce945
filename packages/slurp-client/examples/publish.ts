import assert from 'node:assert/strict'
import { createMemoryStore } from '@bzzz/context-store'
import { generateIdentity } from '@bzzz/identity'
import { createMemoryState, createSlurpClient, type DeliveryOutcome } from '@bzzz/slurp-client'

const identity = generateIdentity()
const store = createMemoryStore({ writer: identity }) // openSqliteStore: in a file
const state = createMemoryState() // openSqliteState: in a file beside it
const down: DeliveryOutcome[] = [{ outcome: 'failed', reason: 'it is down' }]
const seen: string[] = []
const client = createSlurpClient({
  store,
  identity,
  state,
  // Mostly url: 'https://slurp.example'. This stands for a service that is down at first.
  deliver: async () => down.pop() ?? { outcome: 'delivered', state: 'accepted' },
  onEvent: ({ type }) => seen.push(type),
})

const said = { agent_id: 'claude', decision_type: 'policy', title: 'Pay with Stripe' }
const ucxl_address = 'ucxl://claude:architect@shop:checkout/*^/decisions/payment.json'
const result = await client.publish({ ucxl_address, ...said })
assert.equal(result.status, 'published') // signed and stored: safe from here on
await client.flush()
assert.deepEqual(seen, ['queued', 'retrying', 'delivered'])
await client.close()
