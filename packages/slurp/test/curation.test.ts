import { createMemoryStore } from '@bzzz/context-store'
import {
  createCurator,
  defaultRules,
  type CurationExplanation,
  type CurationRule,
} from '@bzzz/decision-schema/curation'
import { identityFromSeed } from '@bzzz/identity'
import {
  createMemoryState,
  createSlurpClient,
  type SlurpClient,
  type SlurpClientEvent,
} from '@bzzz/slurp-client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSqliteStorage } from '../src/sqlite.ts'
import { address, clock, createAuthor, sent, START } from './author.ts'
import { problemIn, serve, type Served } from './serve.ts'

const incidents: CurationRule = {
  name: 'incidents',
  judge: ({ decision }) =>
    decision?.decision_type === 'incident'
      ? { verdict: 'hold', reason: 'a person looks at incidents' }
      : { verdict: 'keep', reason: 'no incident' },
}

const ends: (() => Promise<void>)[] = []
beforeEach(() => {
  clock.now = START
})
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
})

/** An agent whose client delivers to a service. */
function agent(
  { url }: Served,
  rules: readonly CurationRule[] = [],
): { client: SlurpClient; events: SlurpClientEvent[] } {
  const identity = identityFromSeed(new Uint8Array(32).fill(150))
  const now = (): number => clock.now
  const store = createMemoryStore({ writer: identity, now, schedule: () => () => {} })
  const events: SlurpClientEvent[] = []
  const client = createSlurpClient({
    store,
    identity,
    state: createMemoryState(),
    url,
    now,
    curator: createCurator([...defaultRules({ unsigned: 'keep' }), ...rules]),
    onEvent: (event) => events.push(event),
  })
  ends.push(async () => client.close())
  return { client, events }
}

const said = (name: string, decision_type = 'incident') => ({
  ucxl_address: address(name),
  agent_id: 'claude',
  decision_type,
  title: name,
})
const states = (events: readonly SlurpClientEvent[]): unknown[] =>
  events.flatMap((event) => (event.type === 'delivered' ? event.state : []))
const path = (name: string): string => `/decisions/${encodeURIComponent(address(name))}`

interface HeldPage {
  readonly items: readonly { readonly record_id: string; readonly reason: string }[]
  readonly next?: string
}

test('what the service holds is delivered, found by nobody, and a person lets it go or turns it away', async () => {
  const served = await serve({ rules: [incidents] })
  const { fetch, post } = served
  const { client, events } = agent(served)
  await client.publish(said('fire'))
  await client.publish(said('drill'))
  await client.publish(said('policy', 'policy'))
  await client.flush()
  // It is safe there: the agent has nothing more to do, and nothing is a dead letter.
  expect(states(events)).toEqual(['held', 'held', 'accepted'])
  expect(await problemIn(await fetch(path('fire')))).toEqual([404, 'ERR_SLURP_UNKNOWN'])
  expect(await (await fetch('/counts')).json()).toMatchObject({ versions: 1, held: 2 })

  const { items, next } = (await (await fetch('/held?limit=1')).json()) as HeldPage
  const rest = (await (await fetch(`/held?after=${next}`)).json()) as HeldPage
  const [fire, drill] = [...items, ...rest.items].map(({ record_id: id }) => id)
  expect(items[0]?.reason).toBe('a person looks at incidents')
  const accepted = await fetch(`/held/${fire}/accept`, { method: 'POST' })
  expect([accepted.status, await accepted.json()]).toEqual([
    200,
    expect.objectContaining({ state: 'accepted', record_id: fire }),
  ])
  expect(await (await fetch(path('fire'))).json()).toMatchObject({ title: 'fire' })
  expect((await post(`/held/${drill}/reject`, { reason: 'a drill' })).status).toBe(204)
  expect(await problemIn(await fetch(path('drill')))).toEqual([404, 'ERR_SLURP_UNKNOWN'])
  // Each is settled once.
  for (const id of [fire, drill]) {
    const again = await fetch(`/held/${id}/accept`, { method: 'POST' })
    expect(await problemIn(again)).toEqual([404, 'ERR_SLURP_UNKNOWN'])
    const more = await post(`/held/${id}/reject`, { reason: 'again' })
    expect(await problemIn(more)).toEqual([404, 'ERR_SLURP_UNKNOWN'])
  }
  expect(await (await fetch('/counts')).json()).toMatchObject({ versions: 2, held: 0 })
})

test('of a clock with fractions the whole milliseconds count', async () => {
  const storage = openSqliteStorage({ file: ':memory:' })
  const { fetch, post } = await serve({ rules: [incidents], storage, now: () => START + 0.75 })
  const fire = await createAuthor().publish('fire', { decision_type: 'incident' })
  expect((await post('/decisions', sent(fire))).status).toBe(201)
  const { items } = (await (await fetch('/held')).json()) as HeldPage
  expect(items).toMatchObject([{ since: '2025-08-01T00:00:00Z' }])
  expect(await (await fetch('/state')).json()).toMatchObject({ at: '2025-08-01T00:00:00Z' })
})

test('what was held is checked again before it is taken in: its place may be taken by then', async () => {
  const served = await serve({ rules: [incidents] })
  const [one, other] = [createAuthor(), createAuthor()]
  await served.post('/decisions', sent(await one.publish('fire', { decision_type: 'incident' })))
  await served.post('/decisions', sent(await other.publish('fire')))
  const { items } = (await (await served.fetch('/held')).json()) as HeldPage
  const accept = await served.fetch(`/held/${items[0]?.record_id}/accept`, { method: 'POST' })
  expect(await problemIn(accept)).toEqual([409, 'ERR_SLURP_CONFLICT'])
  // It still waits: a person may turn it away.
  expect(await (await served.fetch('/held')).json()).toMatchObject({ items: [{}] })
})

test('what the agent’s own rules hold is sent when it is released, and never when it is dismissed', async () => {
  const served = await serve()
  const { client, events } = agent(served, [incidents])
  const fire = await client.publish(said('fire'))
  const drill = await client.publish(said('drill'))
  expect([fire.status, drill.status]).toEqual(['held', 'held'])
  await client.flush()
  expect(states(events)).toEqual([])
  await client.release(fire.id)
  await client.dismiss(drill.id)
  await client.flush()
  expect(states(events)).toEqual(['accepted'])
  expect((await served.slurp.get(address('fire'))).version).toBe(1)
  expect(await served.slurp.counts()).toMatchObject({ versions: 1, held: 0 })
})

test('a dry run says what each rule says, there and here, and keeps nothing', async () => {
  const served = await serve({ rules: [incidents] })
  const { client } = agent(served, [incidents])
  const { node } = await createAuthor().publish('fire', { decision_type: 'incident' })
  const explain = async (body: unknown): Promise<CurationExplanation> =>
    (await (await served.post('/explain', body)).json()) as CurationExplanation
  const there = await explain(node)
  const here = await client.explain(said('fire'))
  const hold = { verdict: 'hold', rule: 'incidents', reason: 'a person looks at incidents' }
  for (const explanation of [there, here]) {
    expect(explanation).toMatchObject(hold)
    expect(explanation.opinions.at(-1)).toEqual(hold)
    for (const { verdict, rule, reason } of explanation.opinions.slice(0, -1))
      expect([verdict, reason, rule]).toEqual(['keep', expect.stringMatching(/./), rule])
  }
  const house = ['schema', 'decision-type', 'ephemeral', 'size', 'signed', 'duplicate']
  expect(there.opinions.map(({ rule }) => rule)).toEqual([...house, 'citations', 'incidents'])
  expect(here.opinions.map(({ rule }) => rule)).toEqual([...house, 'incidents'])
  // One that drops goes before one that holds, and what is no decision is explained as well.
  const { proof: _proof, ...unsigned } = node
  expect(await explain(unsigned)).toMatchObject({ verdict: 'drop', rule: 'signed' })
  expect(await explain({ title: 'x' })).toMatchObject({ verdict: 'drop', rule: 'schema' })
  expect(await served.slurp.counts()).toMatchObject({ versions: 0, held: 0 })
})
