import type { VersionRecord } from '@bzzz/context-store'
import { canonicalBytes, type Identity } from '@bzzz/identity'
import { beforeEach, expect, test } from 'vitest'
import { createSlurp } from '../src/create-slurp.ts'
import { createMemoryStorage } from '../src/memory.ts'
import { address, clock, codeOf, createAuthor, DAY, sent, START } from './author.ts'

beforeEach(() => {
  clock.now = START
})

/** A record with other fields, signed as its writer would have. */
function signedWith(
  { signature: _signature, ...record }: VersionRecord,
  fields: Partial<VersionRecord>,
  identity: Identity,
): VersionRecord {
  const changed = { ...record, ...fields }
  const signature = Buffer.from(identity.sign(canonicalBytes(changed))).toString('base64url')
  return { ...changed, signature }
}

test('a record that its writer signed is held to its decision all the same', async () => {
  const slurp = createSlurp({ storage: createMemoryStorage(), now: () => clock.now })
  const author = createAuthor()
  const { identity } = author
  const { record, node } = await author.publish('pay')
  const wrong: [Partial<VersionRecord>, string][] = [
    [{ size: record.size + 1 }, 'ERR_SLURP_CONTENT'],
    [{ key: record.key.replace('pay', 'other') }, 'ERR_SLURP_CONTENT'],
    [{ encryption: { method: 'aes', key: 'k' } }, 'ERR_SLURP_CONTENT'],
  ]
  for (const [fields, code] of wrong) {
    const delivery = { record: signedWith(record, fields, identity), node }
    expect(await codeOf(slurp.ingest(sent(delivery)))).toBe(code)
  }
  const same = { record: signedWith(record, {}, identity), node }
  expect(await slurp.ingest(sent(same))).toMatchObject({ state: 'accepted' })
})

test('who may write is asked of the moment at which it was written', async () => {
  const asked: object[] = []
  const writers = { refusal: (question: object) => void asked.push(question) }
  const slurp = createSlurp({ storage: createMemoryStorage(), now: () => clock.now, writers })
  const author = createAuthor()
  const delivery = sent(await author.publish('pay'))
  clock.now = START + DAY
  await slurp.ingest(delivery)
  const key = delivery.record['key']
  expect(asked).toEqual([{ writer: author.identity.did, key, at: START, operation: 'write' }])
})

test('what was taken in is known, whatever rules there are by now', async () => {
  const storage = createMemoryStorage()
  const init = { storage, now: () => clock.now }
  const delivery = sent(await createAuthor().publish('pay'))
  await createSlurp(init).ingest(delivery)
  for (const verdict of ['hold', 'drop'] as const) {
    const rules = [{ name: 'new', judge: () => ({ verdict, reason: 'a new rule' }) }]
    const later = createSlurp({ ...init, rules })
    expect(await later.ingest(delivery)).toMatchObject({ state: 'known', isNew: false })
    expect(await later.held()).toEqual([])
    expect((await later.get(address('pay'))).version).toBe(1)
  }
})
