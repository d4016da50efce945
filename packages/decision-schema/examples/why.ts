import assert from 'node:assert/strict'
import { createDecision } from '@bzzz/decision-schema'
import { createDecisionGraph, pinCitations, why } from '@bzzz/decision-schema/chains'
import { signDecision } from '@bzzz/decision-schema/signing'
import { generateIdentity } from '@bzzz/identity'
import { verifyProofs as verify } from '@bzzz/identity/proofs'

const clock = { now: () => Date.UTC(2025, 7, 1, 12, 30) }
const shop = 'claude:architect@shop:checkout'
const graph = createDecisionGraph() // or a store, a node, a service: anything that can read
graph.addDocument(`${shop}/plan.md`, 'Never store card numbers.', { version: 1, time: 0 })

const ucxl_address = `ucxl://${shop}/*^/decisions/payment.json`
const plan = {
  type: 'justified_by',
  ucxl_address: `ucxl://${shop}/*^/plan.md`,
  excerpt: 'Never store',
}
const said = {
  title: 'Pay with Stripe',
  decision_type: 'policy',
  agent_id: 'claude',
  citations: [plan],
}
const draft = createDecision({ ucxl_address, ...said }, clock)
const { decision } = await pinCitations(draft, graph) // what floats is fixed to version 1
graph.add(signDecision(decision, generateIdentity(), clock), { version: 1 })

const { links } = await why(ucxl_address, graph, { verify })
assert.equal(links[0]?.to, `ucxl://${shop}/*~/plan.md`)
assert.deepEqual(links[0].verdict, { status: 'verified' })
