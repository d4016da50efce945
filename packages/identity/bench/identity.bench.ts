import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { compare, type Bench } from '../../../scripts/bench-harness.ts'
import { canonicalBytes, exportSeed, identityFromSeed, verifySignature } from '../src/index.ts'

const identity = identityFromSeed(new Uint8Array(32).fill(1))
const privateKey = createPrivateKey({
  key: Buffer.concat([
    Buffer.from('302e020100300506032b657004220420', 'hex'),
    exportSeed(identity),
  ]),
  format: 'der',
  type: 'pkcs8',
})
const publicKey = createPublicKey(privateKey)
const record = {
  key: 'claude:architect@shop:checkout/decisions/payment.json',
  version: 7,
  time: '2025-08-01T12:00:00Z',
  previous: 'bafkreidwslb22nkaxoadyaqlhlxgntmiq4jdenhkbrxhcq6avxlt75br5u',
  content: 'bafkreidwslb22nkaxoadyaqlhlxgntmiq4jdenhkbrxhcq6avxlt75br5u',
  content_type: 'application/json',
  size: 1021,
  tags: ['payment', 'decision'],
  provenance: { source: 'git', commit: '9a6a8d6', author: 'Guido van Rossum' },
  writer: identity.did,
}
const bytes = canonicalBytes(record)
const signature = identity.sign(bytes)

const bench: Bench = {
  package: 'identity',
  run: async () => [
    await compare({
      what: 'sign a record, canonical bytes included',
      subject: () => identity.sign(canonicalBytes(record)),
      reference: { what: 'node:crypto sign alone', run: () => sign(null, bytes, privateKey) },
      atLeast: 0.8,
    }),
    await compare({
      what: 'verify a record, canonical bytes included',
      subject: () => verifySignature(identity.did, canonicalBytes(record), signature),
      reference: {
        what: 'node:crypto verify alone',
        run: () => verify(null, bytes, publicKey, signature),
      },
      atLeast: 0.8,
    }),
  ],
}
export default bench
