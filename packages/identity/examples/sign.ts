import assert from 'node:assert/strict'
import { canonicalBytes, identityFromSeed, verifySignature } from '@bzzz/identity'

const identity = identityFromSeed(new Uint8Array(32).fill(1))
const bytes = canonicalBytes({ title: 'Use SQLite', chosen: true })
const signature = identity.sign(bytes)

assert.ok(verifySignature(identity.did, bytes, signature))
assert.match(identity.did, /^did:key:z6Mk/)
assert.match(identity.peerId, /^12D3Koo/)
assert.ok(!verifySignature(identity.did, canonicalBytes({ title: 'Use files' }), signature))
