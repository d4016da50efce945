import { systemClock } from '@bzzz/bot-framework'
import type { ContextStore } from '@bzzz/context-store'
import { createMesh, type Mesh } from '@bzzz/mesh'
import { describe, expect, test } from 'vitest'
import { readScenario } from '../src/read-scenario.ts'
import { MESH_ROLES } from '../src/roles/table.ts'
import { run, type Outcome } from '../src/run.ts'
import { makingOf, SOUND, type Making } from '../src/targets/mesh-making.ts'
import { meshTarget } from '../src/targets/mesh.ts'
import { withChanged } from '../src/targets/with-changed.ts'
import { call } from './call.ts'
import { scenarioText } from './play-on.ts'

const { signal } = new AbortController()

/** Has roles played on a small mesh that is made in some way. */
async function runOn(making: Making, roles: string, perBot = 3): Promise<Outcome> {
  const read = readScenario(scenarioText(roles, '{ kind: mesh, nodes: 2, spreadMs: 1000 }'))
  if (!read.ok) throw new Error(JSON.stringify(read.flaws))
  const { scenario } = read
  const phases = scenario.phases.map((phase) => ({
    ...phase,
    load: { model: 'iterations' as const, perBot },
  }))
  if (scenario.target.kind !== 'mesh') throw new Error('Expected a mesh')
  const clock = systemClock
  const target = await meshTarget(scenario, scenario.target, { clock, making })
  try {
    return await run({
      scenario: { ...scenario, phases, timeoutMs: 30_000 },
      target,
      clock,
      signal,
    })
  } finally {
    await target.close()
  }
}

const wrongIn = ({ verdicts }: Outcome): string[] =>
  verdicts.filter(({ ok }) => !ok).map(({ name }) => name)

describe('who attacks a mesh', () => {
  const attacks = (['record-forger', 'impostor', 'poisoner'] as const).flatMap((role) =>
    Object.keys(MESH_ROLES[role].behaviors)
      .filter((behavior) => behavior !== 'read')
      .map((behavior): [string, string] => [role, behavior]),
  )
  test.each(attacks)('by %s in %s comes through where all is believed', async (role, behavior) => {
    const played = `${role}, bots: 1, behaviors: { ${behavior}: 1 }`
    const naive = await runOn(makingOf('accepts-everything'), played)
    expect(naive.passed).toBe(false)
    expect(naive.verdicts).toContainEqual({
      name: expect.stringMatching(/ was refused$/),
      ok: false,
      detail: expect.stringMatching(/^[1-9] got through$/),
    })
    expect(naive.summary.total.errors['accepted']).toBeGreaterThan(0)
  })
})

describe('a mesh that is wrong is found out', () => {
  const nodes = (change: (mesh: Mesh) => Partial<Mesh>): Making => ({
    ...SOUND,
    mesh: async (init) => {
      const mesh = await createMesh(init)
      return withChanged(mesh, change(mesh))
    },
  })
  const stores = (change: (store: ContextStore) => Partial<ContextStore>): Making => ({
    ...SOUND,
    store: (store) => withChanged(store, change(store)),
  })
  const first = (mesh: Mesh): Partial<Mesh> => {
    let kept: ReturnType<Mesh['get']> | undefined
    return { get: async (...args) => (kept ??= mesh.get(...args)) }
  }
  /** Nodes ask for a part of a timeline, and are given it: only who asks for all is not. */
  const holes = (store: ContextStore): Partial<ContextStore> => ({
    history: (key, options) => store.history(key, options ?? { from: 2 }),
  })

  test('where it says that others keep copies, which they do not', async () => {
    const boastful = nodes(() => ({
      follow: () => ({ pattern: '', stop: () => {}, settled: async () => {} }),
      replicate: async () => ({ copies: 1, wanted: 1, holders: ['somebody'] }),
    }))
    const outcome = await runOn(boastful, 'publisher, bots: 2')
    expect(wrongIn(outcome)).toEqual(['what was published is with all who follow it'])
  })

  test('where it keeps something else than was written', async () => {
    const other = stores((store) => ({
      put: async (write, options) =>
        store.put({ ...write, content: new TextEncoder().encode('else') }, options),
    }))
    const outcome = await runOn(other, 'publisher, bots: 1')
    expect(outcome.summary.total.errors).toEqual({ 'wrong-answer': 3 })
  })

  const played = 'follower, bots: 2, behaviors: '
  test.each<[string, Making]>([
    ['read', nodes(first)],
    ['history', stores(holes)],
    ['find', nodes((mesh) => ({ query: (pattern) => mesh.query(pattern, { limit: 1 }) }))],
  ])('by a follower in %s', async (behavior, making) => {
    const well = await runOn(SOUND, `${played}{ ${behavior}: 1 }`)
    expect(wrongIn(well)).toEqual([])
    const ill = await runOn(making, `${played}{ ${behavior}: 1 }`)
    expect(wrongIn(ill)).toContain('no answer was wrong')
  })

  test('where nodes are apart', async () => {
    const apart = nodes(() => ({ presence: () => [] }))
    expect(wrongIn(await runOn(apart, 'follower, bots: 1, behaviors: { read: 1 }'))).toEqual([
      'the nodes still talk to each other',
    ])
  })
})

describe('a scenario that does not fit a mesh', () => {
  test.each([
    ['a role of nodes', scenarioText('author, bots: 1', '{ kind: mesh }'), 6, 13],
    ['a mesh of one', scenarioText('follower, bots: 1', '{ kind: mesh, nodes: 1 }'), 4, 30],
    [
      'faults',
      scenarioText('follower, bots: 1', '{ kind: mesh }', ', faults: { isHalted: true }'),
      9,
      81,
    ],
  ])('by %s is refused with line and column', (_what, text, line, column) => {
    const read = readScenario(text)
    expect(read.ok ? [] : read.flaws).toEqual([{ line, column, message: expect.any(String) }])
  })

  test('cannot be run elsewhere', async () => {
    expect(await call('run', 'shared-work', '--target', 'http://127.0.0.1:1')).toMatchObject({
      warned: expect.stringContaining('shared-work cannot be run on http://127.0.0.1:1'),
      status: 2,
    })
  })
})
