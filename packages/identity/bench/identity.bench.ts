import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import * as noble from '@noble/ed25519'
import { sha512 } from '@noble/hashes/sha2.js'
import nacl from 'tweetnacl'
import { compare, median, type Bench, type Figure } from '../../../scripts/bench-harness.ts'
import {
  canonicalBytes,
  exportSeed,
  identitiesFromSeed,
  identityFromSeed,
  verifyBatch,
  verifySignature,
} from '../src/index.ts'
import { record } from './samples.ts'

noble.hashes.sha512 = sha512
const HEAD = Buffer.from('302e020100300506032b657004220420', 'hex')
const COUNT = 10_000
const identity = identityFromSeed(new Uint8Array(32).fill(1))
const seed = exportSeed(identity)
const privateKey = keyOf(seed)
const publicKey = createPublicKey(privateKey)
const unsigned = record(identity.did)
const bytes = canonicalBytes(unsigned)
const signature = identity.sign(bytes)
const plainBytes = Uint8Array.from(bytes)
const { secretKey } = nacl.sign.keyPair.fromSeed(seed)
const batch = (size: number): { did: string; bytes: Uint8Array; signature: Uint8Array }[] =>
  Array.from({ length: size }, () => ({ did: identity.did, bytes, signature }))
const [few, many] = [batch(32), batch(1000)]

function keyOf(of: Uint8Array): ReturnType<typeof createPrivateKey> {
  return createPrivateKey({ key: Buffer.concat([HEAD, of]), format: 'der', type: 'pkcs8' })
}

const signRecord = (): unknown => identity.sign(canonicalBytes(unsigned))
const verifyRecord = (): unknown =>
  verifySignature(identity.did, canonicalBytes(unsigned), signature)

const bench: Bench = {
  package: 'identity',
  run: async () => [
    await compare({
      what: 'sign a record, canonical bytes included',
      subject: signRecord,
      reference: { what: 'node:crypto sign alone', run: () => sign(null, bytes, privateKey) },
      atLeast: 0.8,
    }),
    await compare({
      what: 'the same',
      subject: signRecord,
      reference: { what: '@noble/ed25519', run: () => noble.sign(plainBytes, seed) },
      atLeast: 5,
    }),
    await compare({
      what: 'the same',
      subject: signRecord,
      reference: { what: 'tweetnacl', run: () => nacl.sign.detached(plainBytes, secretKey) },
      atLeast: 20,
    }),
    await compare({
      what: 'verify a record, canonical bytes included',
      subject: verifyRecord,
      reference: {
        what: 'node:crypto verify alone',
        run: () => verify(null, bytes, publicKey, signature),
      },
      atLeast: 0.8,
    }),
    await compare({
      what: 'the same',
      subject: verifyRecord,
      reference: {
        what: '@noble/ed25519',
        run: () => noble.verify(signature, plainBytes, identity.publicKey, { zip215: false }),
      },
      atLeast: 5,
    }),
    await compare({
      what: 'the same',
      subject: verifyRecord,
      reference: {
        what: 'tweetnacl',
        run: () =>
          nacl.sign.detached.verify(plainBytes, Uint8Array.from(signature), identity.publicKey),
      },
      atLeast: 20,
    }),
    await compare({
      what: 'verify 32 in a batch',
      subject: async () => verifyBatch(few),
      reference: { what: 'one after the other', run: () => few.map(verifyOne) },
      atLeast: 0.8,
      operations: 32,
    }),
    await compare({
      what: 'verify 1000 in a batch',
      subject: async () => verifyBatch(many),
      reference: { what: 'one after the other', run: () => many.map(verifyOne) },
      atLeast: 0.8,
      operations: 1000,
    }),
    tenThousand(),
  ],
}
export default bench

function verifyOne({ did, bytes: of, signature: by }: (typeof few)[number]): boolean {
  return verifySignature(did, of, by)
}

/** Half a second for each side and round is enough to see. */
function tenThousand(): Figure {
  const rounds = [1, 2, 3].map(() => [
    perSecond(() => identitiesFromSeed(seed, COUNT)),
    perSecond(() => bareKeys()),
  ])
  const [value, reference] = [0, 1].map((side) => median(rounds.map((round) => round[side] ?? 0)))
  const ratio = (value ?? 0) / (reference ?? 1)
  return {
    what: '10,000 identities from one seed, none asked for its names',
    value: value ?? 0,
    unit: 'ops/s',
    reference: { what: 'node:crypto keys alone', value: reference ?? 0 },
    ratio,
    goal: '>= 0.7 x',
    met: ratio >= 0.7,
  }
}

function perSecond(make: () => readonly unknown[]): number {
  const start = process.hrtime.bigint()
  const { length } = make()
  return (length * 1e9) / Number(process.hrtime.bigint() - start)
}

function bareKeys(): unknown[] {
  return Array.from({ length: COUNT }, () => {
    const key = keyOf(seed)
    return [key, createPublicKey(key).export({ format: 'jwk' })]
  })
}
