import assert from 'node:assert/strict'
import { createMemoryStore } from '@bzzz/context-store'
import { generateIdentity } from '@bzzz/identity'
import { createMesh } from '@bzzz/mesh'

const start = async () => {
  const identity = generateIdentity()
  const store = createMemoryStore({ writer: identity })
  return { store, mesh: await createMesh({ identity, store }) }
}
const [claude, gpt] = [await start(), await start()]
await gpt.mesh.join(claude.mesh.addresses[0]!)

const address = 'ucxl://claude:architect@shop:checkout/*^/plan.md'
await claude.store.put({ address, content: new TextEncoder().encode('Pay by card.') })
await claude.mesh.publish('claude@shop')

const { content, source } = await gpt.mesh.get(address)
assert.equal(new TextDecoder().decode(content), 'Pay by card.')
assert.equal(source, claude.mesh.peerId)
await Promise.all([claude.mesh.stop(), gpt.mesh.stop()])
