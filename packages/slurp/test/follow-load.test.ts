import { createMemoryStore } from '@bzzz/context-store'
import { DECISION_MEDIA_TYPE, decisionBytes } from '@bzzz/decision-schema'
import { expect, test } from 'vitest'
import { loadChange } from '../src/follow-load.ts'
import { address, clock, createAuthor, DAY, START } from './author.ts'

const maxBytes = 100_000

test('a change that lost its place between two looks is passed over, and not waited for', async () => {
  clock.now = START + DAY
  const ada = createAuthor('ada')
  const late = await ada.publish('a')
  const now = (): number => clock.now
  const store = createMemoryStore({ now, schedule: () => () => {} })
  await store.append([late.record])
  const [change] = await store.changes()
  if (!change) throw new Error('it did not come')
  expect(await loadChange(change, { store, maxBytes })).toEqual({ state: 'missing' })
  // Bytes that came from elsewhere are used where they are the right ones.
  const bytes = decisionBytes(late.node)
  expect(await loadChange(change, { store, maxBytes }, bytes)).toMatchObject({ state: 'loaded' })
  const others = bytes.slice(1)
  expect(await loadChange(change, { store, maxBytes }, others)).toEqual({ state: 'missing' })

  const rival = createMemoryStore({ writer: ada.identity, now: () => START })
  const { record } = await rival.put({
    address: address('a', 'ada'),
    content: bytes.slice(2),
    contentType: DECISION_MEDIA_TYPE,
  })
  await store.append([record])
  expect(await loadChange(change, { store, maxBytes }, bytes)).toEqual({ state: 'passed' })
})

test('what a record says of its size is not believed', async () => {
  const author = createAuthor()
  const { record, node } = await author.publish('a', { summary: 'x'.repeat(5000) })
  const small = { ...record, size: 10 }
  const change = { sequence: 1, id: 'x', record: small }
  const load = loadChange(change, { store: author.store, maxBytes: 1000 })
  await expect(load).rejects.toMatchObject({ code: 'ERR_SLURP_TOO_LARGE' })
  const roomy = await loadChange(change, { store: author.store, maxBytes })
  expect(roomy).toMatchObject({ state: 'loaded', size: decisionBytes(node).length })
})
