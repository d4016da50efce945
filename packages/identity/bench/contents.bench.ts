import { createCipheriv, createSecretKey, randomBytes } from 'node:crypto'
import { Encrypter } from 'age-encryption'
import { compare, type Bench, type Figure } from '../../../scripts/bench-harness.ts'
import { createKeyRing } from '../src/contents.ts'
import { identitiesFromSeed, identityFromSeed, recipientOf } from '../src/index.ts'

const KEY = 'claude:architect@shop:checkout/decisions/payment.json'
const identity = identityFromSeed(new Uint8Array(32).fill(1))
const recipients = identitiesFromSeed(new Uint8Array(32), 50).map((member) => recipientOf(member))
const content = randomBytes(1024)
const secret = createSecretKey(randomBytes(32))
const ring = createKeyRing({
  identity,
  now: () => 0,
  maxRecords: 2 ** 30,
})

const bench: Bench = {
  package: 'identity',
  run: async () => {
    const { key } = await ring.newPeriod('architect', [])
    const stored = ring.seal('architect', { key: KEY, bytes: content })
    const bare = bareEncrypt()
    return [
      await compare({
        what: 'encrypt a content of 1 KB, the role’s key at hand',
        subject: () => ring.seal('architect', { key: KEY, bytes: content }),
        reference: { what: 'AES-256-GCM alone', run: bareEncrypt },
        atLeast: 0.7,
      }),
      await compare({
        what: 'decrypt it',
        subject: () => ring.open(stored),
        reference: { what: 'encrypting it with AES-256-GCM alone', run: bareEncrypt },
        atLeast: 0.6,
      }),
      await wrapping(key, 1),
      await wrapping(key, 5),
      await wrapping(key, 50),
    ].filter(() => bare.length > 0)
  },
}
export default bench

function bareEncrypt(): Buffer {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', secret, nonce)
  const body = cipher.update(content)
  cipher.final()
  return Buffer.concat([nonce, body, cipher.getAuthTag()])
}

async function wrapping(key: string, count: number): Promise<Figure> {
  const members = recipients.slice(0, count)
  return compare({
    what: `wrap a content key for ${count} member${count === 1 ? '' : 's'}, signed`,
    subject: async () => ring.wrapFor(key, members),
    reference: {
      what: 'age alone',
      run: async () => {
        const encrypter = new Encrypter()
        for (const recipient of members) encrypter.addRecipient(recipient)
        return encrypter.encrypt(content.subarray(0, 32))
      },
    },
    atLeast: 0.8,
  })
}
