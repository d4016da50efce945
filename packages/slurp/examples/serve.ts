import assert from 'node:assert/strict'
import { createMemoryStore } from '@bzzz/context-store'
import { createDecision, decisionBytes } from '@bzzz/decision-schema'
import { signDecision } from '@bzzz/decision-schema/signing'
import { generateIdentity } from '@bzzz/identity'
import { createMemoryStorage, startSlurp } from '@bzzz/slurp'

const service = await startSlurp({ storage: createMemoryStorage() })
// An agent decides, signs and delivers: `@bzzz/slurp-client` does all of it, and never gives up.
const identity = generateIdentity()
const store = createMemoryStore({ writer: identity })
const address = 'ucxl://claude:architect@shop:checkout/*^/decisions/payment.json'
const said = { title: 'Pay with Stripe', decision_type: 'policy', agent_id: 'claude' }
const clock = { now: Date.now }
const draft = createDecision({ ucxl_address: address, ...said }, clock)
const node = signDecision(draft, identity, clock)
const { record } = await store.put({ address, content: decisionBytes(node) })
await service.slurp.ingest({ record, node }) // over HTTP: POST /decisions
const page = await fetch(`${service.url}/decisions?q=stripe+type:policy`)
assert.match(await page.text(), /"title":"Pay with Stripe"/)
const { nodes } = await service.slurp.why(address)
assert.equal(nodes[0]?.signature?.status, 'valid')
await service.close()
