import { createMemoryStore } from '@bzzz/context-store'
import { decisionHash, parseDecision } from '@bzzz/decision-schema'
import { approveDecision, signDecision } from '@bzzz/decision-schema/signing'
import { verifyProofs } from '@bzzz/identity/proofs'
import { expect, test } from 'vitest'
import { DECISION_MEDIA_TYPE } from '../src/index.ts'
import {
  all,
  addressOf,
  bench,
  decision,
  draft,
  identity,
  keyOf,
  recorder,
  stranger,
} from './fixtures.ts'

const now = (): number => Date.UTC(2025, 7, 1)
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (content: Uint8Array): string => new TextDecoder().decode(content)
const PLAN = 'ucxl://claude:architect@shop:checkout/*^/plan.md'

test('a draft becomes a decision that is signed, stored and delivered', async () => {
  const { deliver, titles } = recorder()
  const { client, store, events, until } = bench({
    deliver,
    uuid: () => '01987654-3210-7abc-8def-0123456789ab',
  })
  const result = await client.publish(draft('payment'))
  expect(result).toMatchObject({ status: 'published', known: false, citations: [] })
  const { record, content } = await store.get(addressOf('payment'))
  expect(record).toMatchObject({
    key: keyOf('payment'),
    version: 1,
    content_type: DECISION_MEDIA_TYPE,
    writer: identity.did,
  })
  const stored = parseDecision(text(content))
  expect(stored).toMatchObject({
    decision_id: '01987654-3210-7abc-8def-0123456789ab',
    timestamp: '2025-08-01T00:00:00.000Z',
    title: 'payment',
  })
  expect(verifyProofs(stored)).toMatchObject({ verified: true, signers: [identity.did] })
  await until('delivered')
  expect(titles).toEqual(['payment'])
  expect(events.map(({ type }) => type)).toEqual(['queued', 'delivered'])
  expect(await all(client.pending())).toEqual([])
  await client.close()
})

test('what is wrong with a decision is told before anything is stored', async () => {
  const { client, store } = bench(recorder())
  await expect(
    client.publish({ ...draft('payment'), ucxl_address: 'payment.json' }),
  ).rejects.toMatchObject({ code: 'ERR_DECISION_INVALID', path: '/ucxl_address' })
  await expect(client.publish(undefined as never)).rejects.toMatchObject({
    code: 'ERR_DECISION_JSON',
  })
  await expect(client.publish(draft('payment', { agent_id: 'maria' }))).rejects.toThrowError(
    expect.objectContaining({
      code: 'ERR_PUBLISH_AGENT',
      message: 'Expected an agent_id that is the agent of the address, such as claude, got "maria"',
    }),
  )
  expect((await store.stats()).versions).toBe(0)
  await client.close()
})

test('an agent_id in capitals is that of the address, which is in lower case', async () => {
  const { client } = bench(recorder())
  const result = await client.publish(draft('payment', { agent_id: 'Claude' }))
  expect(result.status).toBe('published')
  await client.close()
})

test('citations are pinned to the version that they mean now', async () => {
  const { client, store } = bench(recorder())
  await store.put({ address: PLAN, content: bytes('Pay by card.') })
  await store.put({ address: PLAN, content: bytes('Never store card numbers.') })
  const cited = { type: 'justified_by', ucxl_address: PLAN, excerpt: 'Never store' }
  const result = await client.publish(draft('payment', { citations: [cited] }))
  expect(result).toMatchObject({
    citations: [{ status: 'verified' }],
    decision: {
      citations: [
        {
          ...cited,
          version: 2,
          content_id: 'bafkreigc6tum2uy4wyeni3pe7xb7rdfyd7bos2kfet57titvwkksvfpyma',
        },
      ],
    },
  })
  await client.close()
})

test.each([
  [
    'a passage that does not stand there',
    { ucxl_address: PLAN, excerpt: 'Always store' },
    'ERR_EXCERPT_NOT_FOUND',
  ],
  [
    'a version that does not exist',
    { ucxl_address: PLAN.replace('*^', '*~9') },
    'ERR_CITATION_NOT_FOUND',
  ],
  [
    'a context of its own that does not exist',
    { ucxl_address: PLAN.replace('plan', 'plam') },
    'ERR_CITATION_NOT_FOUND',
  ],
])('a citation of %s is refused, and nothing is stored', async (_, cited, code) => {
  const { client, store } = bench(recorder())
  await store.put({ address: PLAN, content: bytes('Never store card numbers.') })
  const citations = [{ type: 'justified_by', ...cited }]
  await expect(client.publish(draft('payment', { citations }))).rejects.toMatchObject({ code })
  expect((await store.stats()).versions).toBe(1)
  await client.close()
})

test('a citation of what another agent may have elsewhere is published, and said to be unverified', async () => {
  const { client } = bench(recorder())
  const citations = [
    { type: 'informed_by', ucxl_address: 'ucxl://maria:owner@shop:checkout/*^/note.md' },
  ]
  const result = await client.publish(draft('payment', { citations }))
  expect(result).toMatchObject({
    status: 'published',
    citations: [{ status: 'unverified', reason: 'unavailable' }],
    decision: { citations },
  })
  await client.close()
})

test('the same decision published again is the version that is there', async () => {
  const { deliver, titles } = recorder()
  const { client, store, until } = bench({ deliver })
  await store.put({ address: PLAN, content: bytes('Never store card numbers.') })
  const citations = [{ type: 'justified_by', ucxl_address: PLAN }]
  const said = decision('payment', { citations })
  const first = await client.publish(said)
  // What the citation means has changed since; what was published has not.
  await store.put({ address: PLAN, content: bytes('Something else.') })
  const second = await client.publish(said)
  expect(second).toMatchObject({
    status: 'published',
    known: true,
    id: (first as { id: string }).id,
  })
  expect((await store.head(keyOf('payment')))?.record.version).toBe(1)
  await until('delivered')
  await client.flush()
  expect(titles).toEqual(['payment'])
  await client.close()
})

test('the same decision published at once from many sides is stored once', async () => {
  const { client, store } = bench(recorder())
  const said = decision('payment')
  const results = await Promise.all(Array.from({ length: 8 }, async () => client.publish(said)))
  expect(new Set(results.map((result) => result.id)).size).toBe(1)
  expect(results.filter((result) => result.status === 'published' && !result.known)).toHaveLength(1)
  expect((await store.stats()).versions).toBe(1)
  await client.close()
})

test('different decisions at one address at once become versions, and none is lost', async () => {
  const { deliver, titles } = recorder()
  const { client, store, until } = bench({ deliver })
  const versions = Array.from({ length: 8 }, (_, number) =>
    decision('payment', { summary: `The ${number}th try.` }),
  )
  await Promise.all(versions.map(async (version) => client.publish(version)))
  expect((await store.head(keyOf('payment')))?.record.version).toBe(8)
  await until('delivered', 8)
  expect(titles).toHaveLength(8)
  await client.close()
})

test('a decision that was changed is a new version, and one that was approved too', async () => {
  const { client } = bench(recorder())
  const said = decision('payment')
  await client.publish(said)
  const changed = await client.publish({ ...said, summary: 'By card.' })
  if (changed.status !== 'published') throw new Error('it was not published')
  const approved = await client.publish(approveDecision(changed.decision, stranger, { now }))
  expect(approved).toMatchObject({ known: false, record: { version: 3 } })
  expect(decisionHash(approved.decision)).toBe(decisionHash(changed.decision))
  expect(await client.publish(approved.decision)).toMatchObject({ known: true })
  await client.close()
})

test('a decision that is signed by others alone, or wrongly, is refused', async () => {
  const { client, store } = bench(recorder())
  const said = decision('payment')
  await expect(client.publish(signDecision(said, stranger, { now }))).rejects.toMatchObject({
    code: 'ERR_PUBLISH_SIGNER',
    message: expect.stringContaining(stranger.did),
  })
  const forged = { ...signDecision(said, identity, { now }), title: 'Pay cash' }
  await expect(client.publish(forged)).rejects.toMatchObject({ code: 'ERR_PUBLISH_SIGNER' })
  expect((await store.stats()).versions).toBe(0)
  await client.close()
})

test('a store that signs with another key is found out', async () => {
  const store = createMemoryStore({ writer: stranger, now })
  const { client } = bench(recorder(), { store })
  await expect(client.publish(draft('payment'))).rejects.toMatchObject({
    code: 'ERR_PUBLISH_SIGNER',
  })
  await client.close()
})

test('a timeline of another writer is refused by the store, in its own words', async () => {
  const { client, store } = bench(recorder())
  const other = createMemoryStore({ writer: stranger, now })
  const { record } = await other.put({ address: addressOf('payment'), content: bytes('{}') })
  await store.append([record])
  await expect(client.publish(draft('payment'))).rejects.toMatchObject({ code: 'ERR_STORE_WRITER' })
  await client.close()
})

test('a signal that fired already is heeded by every call, and so is closing', async () => {
  const { client } = bench(recorder())
  const reason = new Error('not wanted any more')
  const options = { signal: AbortSignal.abort(reason) }
  const calls = (given?: typeof options): Promise<unknown>[] => [
    client.publish(draft('payment'), given),
    all(client.pending(given)),
    client.flush(given),
    all(client.deadLetters(given)),
    client.retry('x', given),
    all(client.held(given)),
    client.release('x', given),
    client.dismiss('x', given),
  ]
  for (const call of calls(options)) await expect(call).rejects.toBe(reason)
  await client.close()
  await client.close()
  for (const call of calls())
    await expect(call).rejects.toMatchObject({ code: 'ERR_PUBLISH_CLOSED' })
})
