import { createCurator, defaultRules, type CurationRule } from '@bzzz/decision-schema/curation'
import { decisionHash } from '@bzzz/decision-schema'
import { expect, test } from 'vitest'
import { addressOf, all, bench, decision, draft, keyOf, recorder } from './fixtures.ts'

const holdIncidents: CurationRule = {
  name: 'incidents',
  judge: ({ decision: said }) =>
    said?.decision_type === 'incident'
      ? { verdict: 'hold', reason: 'a person is to look first' }
      : { verdict: 'keep', reason: 'no incident' },
}
const curator = createCurator([...defaultRules({ unsigned: 'keep' }), holdIncidents])
const incident = { decision_type: 'incident' }

test('what a rule drops is not stored, and the rule and its reason are told', async () => {
  const { client, store, events } = bench(recorder())
  const said = decision('chatter', { ephemeral: true })
  const result = await client.publish(said)
  expect(result).toMatchObject({
    status: 'dropped',
    id: decisionHash(said),
    rule: 'ephemeral',
    reason: 'it is marked ephemeral',
  })
  expect((await store.stats()).versions).toBe(0)
  expect(events).toEqual([
    {
      type: 'dropped',
      id: decisionHash(said),
      decisionId: said.decision_id,
      rule: 'ephemeral',
      reason: 'it is marked ephemeral',
    },
  ])
  await client.close()
})

test('more than 256 KiB is dropped by the rules of the house', async () => {
  const { client } = bench(recorder())
  const pros = Array.from({ length: 100 }, () => 'x'.repeat(4000))
  const result = await client.publish(draft('long', { options: [{ name: 'Stripe', pros }] }))
  expect(result).toMatchObject({ status: 'dropped', rule: 'size' })
  await client.close()
})

test('a held decision waits for a person, also through a restart, and is published when released', async () => {
  const { deliver, titles } = recorder()
  const first = bench({ deliver, curator })
  const said = decision('outage', incident)
  const result = await first.client.publish(said)
  expect(result).toMatchObject({
    status: 'held',
    id: decisionHash(said),
    rule: 'incidents',
    reason: 'a person is to look first',
  })
  await first.client.close()
  const { client, store, until } = first.again()
  expect(await all(client.held())).toEqual([
    {
      id: decisionHash(said),
      decision: said,
      rule: 'incidents',
      reason: 'a person is to look first',
      at: Date.UTC(2025, 7, 1),
    },
  ])
  expect((await store.stats()).versions).toBe(0)
  const released = await client.release(result.id)
  expect(released).toMatchObject({ status: 'published', known: false, record: { version: 1 } })
  await until('delivered')
  expect(titles).toEqual(['outage'])
  expect(await all(client.held())).toEqual([])
  await expect(client.release(result.id)).rejects.toMatchObject({ code: 'ERR_PUBLISH_NOT_FOUND' })
  await client.close()
})

test('a release that was cut off between storing and forgetting stores nothing twice', async () => {
  const { client, store, state } = bench({ ...recorder(), curator })
  const { id } = await client.publish(decision('outage', incident))
  const entry = await state.get('held', id)
  if (!entry) throw new Error('it is not held')
  await client.release(id)
  await state.save({ put: [{ list: 'held', entry }] })
  expect(await client.release(id)).toMatchObject({ known: true })
  expect((await store.head(keyOf('outage')))?.record.version).toBe(1)
  expect(await all(client.held())).toEqual([])
  await client.close()
})

test('a decision that is held twice is on the list once', async () => {
  const { client } = bench({ ...recorder(), curator })
  const said = decision('outage', incident)
  await client.publish(said)
  await client.publish(said)
  expect(await all(client.held())).toHaveLength(1)
  await client.close()
})

test('a release that fails leaves it held', async () => {
  const { client } = bench({ ...recorder(), curator })
  const citations = [{ type: 'justified_by', ucxl_address: addressOf('nothing') }]
  const { id } = await client.publish(decision('outage', { ...incident, citations }))
  await expect(client.release(id)).rejects.toMatchObject({ code: 'ERR_CITATION_NOT_FOUND' })
  expect(await all(client.held())).toHaveLength(1)
  await client.close()
})

test('a held decision that is dismissed is gone, and was never stored', async () => {
  const { client, store, events } = bench({ ...recorder(), curator })
  const { id } = await client.publish(decision('outage', incident))
  await client.dismiss(id)
  expect(await all(client.held())).toEqual([])
  expect((await store.stats()).versions).toBe(0)
  expect(events.map(({ type }) => type)).toEqual(['held', 'dismissed'])
  await expect(client.dismiss(id)).rejects.toMatchObject({ code: 'ERR_PUBLISH_NOT_FOUND' })
  await client.close()
})

test('what the rules say is explained, each with its verdict and reason, and nothing is kept', async () => {
  const { client, store, events } = bench({ ...recorder(), curator })
  const { verdict, rule, reason, opinions } = await client.explain(draft('outage', incident))
  expect([verdict, rule, reason]).toEqual(['hold', 'incidents', 'a person is to look first'])
  expect(opinions.map((opinion) => [opinion.rule, opinion.verdict])).toEqual([
    ['schema', 'keep'],
    ['decision-type', 'keep'],
    ['ephemeral', 'keep'],
    ['size', 'keep'],
    ['signed', 'keep'],
    ['duplicate', 'keep'],
    ['incidents', 'hold'],
  ])
  const fine = await client.explain(decision('fine'))
  expect([fine.verdict, fine.opinions.at(-1)?.reason]).toEqual(['keep', 'no incident'])
  // All are asked, also behind one that drops.
  const chatter = await client.explain(draft('chatter', { ...incident, ephemeral: true }))
  expect(chatter).toMatchObject({ verdict: 'drop', rule: 'ephemeral' })
  expect(chatter.opinions.at(-1)).toMatchObject({ rule: 'incidents', verdict: 'hold' })
  expect((await store.stats()).versions).toBe(0)
  expect(await all(client.held())).toEqual([])
  expect(events).toEqual([])
  await client.close()
})

test('what is no decision is explained too, and not thrown', async () => {
  const { client } = bench({ ...recorder(), curator })
  const { verdict, rule, reason } = await client.explain(draft('x', { status: 'maybe' }))
  expect([verdict, rule]).toEqual(['drop', 'schema'])
  expect(reason).toMatch(/at \/status/)
  expect(await client.explain('{' as never)).toMatchObject({ verdict: 'drop', rule: 'schema' })
  await client.close()
  await expect(client.explain(draft('x'))).rejects.toMatchObject({ code: 'ERR_PUBLISH_CLOSED' })
})
