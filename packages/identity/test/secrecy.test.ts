import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'
import { inspect } from 'node:util'
import { serialize } from 'node:v8'
import { describe, expect, test } from 'vitest'
import { exportSeed, identityFromSeed, importIdentity, type Identity } from '../src/index.ts'

const seed = Uint8Array.from({ length: 32 }, (_, place) => 0xa0 + place)
const identity = identityFromSeed(seed)
const bytes = Buffer.from(seed)
const secrets = [
  bytes.toString('hex'),
  bytes.toString('base64').slice(0, 40),
  bytes.toString('base64url').slice(0, 40),
  bytes.toString('latin1'),
  [...seed.subarray(0, 6)].join(','),
  [...seed.subarray(0, 6)].join(', '),
  'a0 a1 a2 a3',
]

function everyProperty(value: object): string {
  const chain: object[] = []
  for (let at: object | null = value; at !== null; at = Object.getPrototypeOf(at) as object | null)
    chain.push(at)
  return chain
    .flatMap((at) =>
      Reflect.ownKeys(at).map((key) => [key, Object.getOwnPropertyDescriptor(at, key)]),
    )
    .map((entry) => inspect(entry, { depth: 9, showHidden: true }))
    .join('\\n')
}

function posted(value: unknown): unknown {
  const { port1, port2 } = new MessageChannel()
  port1.postMessage(value)
  const received: unknown = receiveMessageOnPort(port2)?.message
  port1.close()
  return received
}

const ways: Record<string, (identity: Identity) => unknown> = {
  JSON: (it) => JSON.stringify({ it }),
  'a template': (it) => `${Object.prototype.toString.call(it)} ${it as unknown as string}`,
  inspect: (it) => inspect(it),
  'inspect with what is hidden': (it) => inspect(it, { showHidden: true, depth: Infinity }),
  'inspect without its own words': (it) =>
    inspect(it, { showHidden: true, depth: Infinity, customInspect: false, getters: true }),
  'a list of it': (it) => inspect([it, new Map([[it, it]])], { showHidden: true, depth: 9 }),
  spread: (it) => inspect({ ...it }, { showHidden: true, depth: 9, customInspect: false }),
  'Object.assign': (it) => JSON.stringify(Object.assign({}, it)),
  'every property of it and of its kind': everyProperty,
  structuredClone: (it) => inspect(structuredClone(it), { showHidden: true, depth: 9 }),
  'v8.serialize': (it) => serialize(it).toString('latin1'),
  'a message to a thread': (it) => inspect(posted(it), { showHidden: true, depth: 9 }),
  'an error and its cause': (it) =>
    inspect(new Error('failed', { cause: it }), { showHidden: true, depth: 9 }),
}

describe('a private key', () => {
  test.each(Object.entries(ways))('does not show in %s', (_, show) => {
    const shown = String(show(identity))
    for (const secret of secrets) expect(shown).not.toContain(secret)
  })

  test('does not come along in a clone: a clone cannot sign', () => {
    expect((structuredClone(identity) as Partial<Identity>).sign).toBeUndefined()
    expect('sign' in { ...identity }).toBe(false)
  })

  test('does not show in an error about it, its cause or its stack', () => {
    const refused = [bytes.toString('hex').slice(1), bytes.toString('base64')]
    for (const material of refused) {
      try {
        importIdentity(material)
        expect.unreachable()
      } catch (error) {
        const shown = inspect(error, { showHidden: true, depth: 9 })
        for (const secret of secrets) expect(shown).not.toContain(secret.slice(1))
      }
    }
  })

  test('is read by who asks for it by name, as a copy', () => {
    const copy = exportSeed(identity)
    expect(copy).toEqual(seed)
    copy.fill(0)
    expect(exportSeed(identity)).toEqual(seed)
  })

  test('is copied: what happens to the seed later does not matter', () => {
    const mine = seed.slice()
    const made = identityFromSeed(mine)
    mine.fill(0)
    expect(exportSeed(made)).toEqual(seed)
  })
})

describe('the names of an identity', () => {
  test('are of its key, also where somebody wrote into the key that it shows', () => {
    const spoilt = identityFromSeed(seed)
    spoilt.publicKey.fill(0)
    expect(spoilt.did).toBe(identity.did)
    expect(spoilt.peerId).toBe(identity.peerId)
    expect(spoilt.ax).toBe(identity.ax)
  })
})
