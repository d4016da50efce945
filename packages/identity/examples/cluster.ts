import assert from 'node:assert/strict'
import { generateIdentity, verifySignature } from '@bzzz/identity'
import { createCluster, createClusterView, requestJoin } from '@bzzz/identity/cluster'
import { createKeyRing } from '@bzzz/identity/contents'

const now = Date.now
const [admin, claude, bob] = [generateIdentity(), generateIdentity(), generateIdentity()]
const cluster = createCluster({ name: 'shop', admin, now })
for (const [name, identity] of Object.entries({ claude, bob })) {
  const { token } = cluster.invite({ name, roles: ['architect'], capabilities: [], kind: 'agent' })
  cluster.join(requestJoin({ token, identity, nonce: cluster.challenge() }))
}
const view = createClusterView({ cluster: admin.did, statements: cluster.view.statements() })

// Claude writes what only architects can read, and signs what is stored.
const key = 'claude:architect@shop:cart/plan.md'
const writer = createKeyRing({ identity: claude, now })
const wrapped = await writer.newPeriod('architect', view.recipientsOf('architect', now()))
const stored = writer.seal('architect', { key, bytes: Buffer.from('Use SQLite') })
const signature = claude.sign(stored.bytes)

// Bob knows the cluster, checks who wrote it, and reads.
assert.ok(verifySignature(claude.did, stored.bytes, signature))
const author = { did: claude.did, name: 'claude', role: 'architect', at: now() }
assert.equal(view.check(author).status, 'valid')
const reader = createKeyRing({ identity: bob, now })
await reader.add(wrapped)
assert.equal(Buffer.from(reader.open(stored)).toString(), 'Use SQLite')
