/**
 * The conformance suite of the state of a client: every implementation runs it.
 *
 * ```ts
 * for (const { name, run } of stateConformance(setup)) test(name, run)
 * ```
 *
 * @packageDocumentation
 */
import assert from 'node:assert/strict'
import type { Decision } from '@bzzz/decision-schema'
import { entriesOf, type DeadLetter, type HeldDecision, type OutboxState } from './state.ts'

/** Makes an empty state. Each is closed at the end of its case, by the case or by the suite. */
export type StateSetup = () => Promise<OutboxState>

/** One case, for any test runner: `run` rejects where the implementation does not conform. */
export interface ConformanceCase {
  readonly name: string
  readonly run: () => Promise<void>
}

/** The cases. */
export function stateConformance(setup: StateSetup): ConformanceCase[] {
  const cases: Record<string, (state: OutboxState) => Promise<void>> = {
    ...progressCases,
    ...listCases,
    ...endCases,
    'two states know nothing of one another': async (state) => {
      const other = await setup()
      try {
        await state.save({ progress: PROGRESS, put: [{ list: 'dead', entry: letter('a') }] })
        assert.deepEqual(await other.progress(), { cursor: null, attempts: null })
        assert.deepEqual(await other.page('dead'), [])
      } finally {
        await other.close()
      }
    },
  }
  return Object.entries(cases).map(([name, body]) => ({
    name,
    run: async () => {
      const state = await setup()
      try {
        await body(state)
      } finally {
        await state.close()
      }
    },
  }))
}

type Cases = Record<string, (state: OutboxState) => Promise<void>>

const PROGRESS = {
  cursor: { sequence: 7, record: 'bafkrei7' },
  attempts: { record: 'bafkrei8', count: 2, answered: 1, nextAt: 1_754_051_400_000, asked: true },
}

const progressCases: Cases = {
  'at first there is no progress, and nothing on any list': async (state) => {
    assert.deepEqual(await state.progress(), { cursor: null, attempts: null })
    for (const list of ['dead', 'again', 'held'] as const) {
      assert.deepEqual(await state.page(list), [])
      assert.equal(await state.get(list, 'a'), undefined)
    }
  },
  'progress comes back as it was saved, and is left alone by other changes': async (state) => {
    await state.save({ progress: PROGRESS })
    await state.save({ put: [{ list: 'dead', entry: letter('a') }] })
    assert.deepEqual(await state.progress(), PROGRESS)
    await state.save({ progress: { cursor: PROGRESS.cursor, attempts: null } })
    assert.deepEqual(await state.progress(), { cursor: PROGRESS.cursor, attempts: null })
  },
}

const listCases: Cases = {
  'entries come back whole, by their id and list': async (state) => {
    const held = holding('a')
    const dead = { ...letter('a'), decisionId: 'd', status: 422, code: 'ERR_X' }
    await state.save({ put: [{ list: 'held', entry: held }] })
    await state.save({ put: [{ list: 'dead', entry: dead }] })
    assert.deepEqual(await state.get('held', 'a'), held)
    assert.deepEqual(await state.get('dead', 'a'), dead)
    assert.equal(await state.get('again', 'a'), undefined)
  },
  'a list is in the order in which its entries first came, and is read in pages': async (state) => {
    for (const id of ['c', 'a', 'b']) await put(state, id)
    await put(state, 'c', 'once more')
    const first = await state.page('dead', { limit: 2 })
    assert.deepEqual(
      first.map(({ entry }) => [entry.id, entry.reason]),
      [
        ['c', 'once more'],
        ['a', 'no'],
      ],
    )
    const rest = await state.page('dead', { after: first.at(-1)?.place ?? 0, limit: 2 })
    assert.deepEqual(
      rest.map(({ entry }) => entry.id),
      ['b'],
    )
  },
  'a list that is longer than a page is read to its end': async (state) => {
    const ids = Array.from({ length: 250 }, (_, number) => `id-${number}`)
    await state.save({ put: ids.map((id) => ({ list: 'dead', entry: letter(id) })) })
    const found: string[] = []
    for await (const { id } of entriesOf(state, 'dead')) found.push(id)
    assert.deepEqual(found, ids)
  },
  'one change moves an entry from a list to another': async (state) => {
    await put(state, 'a')
    await state.save({
      remove: [{ list: 'dead', id: 'a' }],
      put: [{ list: 'again', entry: letter('a') }],
    })
    assert.equal(await state.get('dead', 'a'), undefined)
    assert.deepEqual(await state.get('again', 'a'), letter('a'))
  },
  'taking away what is not there is no error': async (state) => {
    await state.save({ remove: [{ list: 'held', id: 'nobody' }] })
    assert.deepEqual(await state.page('held'), [])
  },
  'an entry that was taken away and put again is the last of its list': async (state) => {
    for (const id of ['a', 'b']) await put(state, id)
    await state.save({
      remove: [{ list: 'dead', id: 'a' }],
      put: [{ list: 'dead', entry: letter('a') }],
    })
    const page = await state.page('dead')
    assert.deepEqual(
      page.map(({ entry }) => entry.id),
      ['b', 'a'],
    )
  },
}

const endCases: Cases = {
  'many changes at once are all kept': async (state) => {
    const ids = Array.from({ length: 50 }, (_, number) => `id-${number}`)
    await Promise.all(ids.map(async (id) => put(state, id)))
    assert.equal((await state.page('dead')).length, 50)
  },
  'after it is closed every call says so, and closing again is fine': async (state) => {
    await state.close()
    await state.close()
    await rejects(state.progress())
    await rejects(state.save({ progress: PROGRESS }))
    await rejects(state.get('dead', 'a'))
    await rejects(state.page('held'))
  },
}

async function put(state: OutboxState, id: string, reason = 'no'): Promise<void> {
  await state.save({ put: [{ list: 'dead', entry: { ...letter(id), reason } }] })
}

function letter(id: string): DeadLetter {
  return { id, key: 'a:b@c:d/e', version: 1, reason: 'no', attempts: 1, at: 1_754_051_400_000 }
}

function holding(id: string): HeldDecision {
  const decision: Decision = {
    decision_id: '01987654-3210-7abc-8def-0123456789ab',
    ucxl_address: 'ucxl://a:b@c:d/*^/e',
    timestamp: '2025-08-01T12:30:00Z',
    agent_id: 'a',
    decision_type: 'policy',
    title: 'Zürich, 🎉',
  }
  return { id, decision, rule: 'incidents', reason: 'a person is to look', at: 1_754_051_400_000 }
}

async function rejects(promise: Promise<unknown>): Promise<void> {
  await assert.rejects(promise, { code: 'ERR_PUBLISH_CLOSED' })
}
