import assert from 'node:assert/strict'
import { createMemoryStore } from '@bzzz/context-store'
import { generateIdentity } from '@bzzz/identity'
import { createUcxi } from '@bzzz/ucxi'
import { localMemory, serveOverHttp } from '@bzzz/ucxi-mcp'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'

const identity = generateIdentity()
const store = createMemoryStore({ writer: identity }) // openMemory({ folder }): in files
const memory = localMemory({ ucxi: createUcxi({ store }), identity })
const place = 'claude:architect@shop:checkout' // where decisions go if nothing else is said
const door = await serveOverHttp({ memory, place, version: '1.0.0', now: Date.now })
const agent = new Client({ name: 'agent', version: '1.0.0' })
await agent.connect(new StreamableHTTPClientTransport(new URL(door.url)))
const plan = `ucxl://${place}/plan.md`
const write = { address: plan, body: 'Never store card numbers.' }
await agent.callTool({ name: 'ucxl_put', arguments: write })
const citations = [{ address: plan, excerpt: 'Never store card numbers.' }]
const said = { title: 'Pay with Stripe', reasoning: 'Card data stays away.', citations }
const { isError, content } = await agent.callTool({ name: 'decision_publish', arguments: said })
assert.ok(!isError, JSON.stringify(content)) // its quote stands in the plan
await Promise.all([agent.close(), door.close()])
