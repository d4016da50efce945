import { createUcxi } from '@bzzz/ucxi'
import { describe, expect, test } from 'vitest'
import { readScenario } from '../src/read-scenario.ts'
import { call } from './call.ts'
import { newStore, runOn, scenarioText, serve } from './play-on.ts'

describe('a scenario that does not fit its target', () => {
  test.each([
    ['a role of the networks on a node', scenarioText('user, bots: 1', '{ kind: node }'), 6, 13],
    ['a role of nodes on a devnet', scenarioText('author, bots: 1', '{ kind: devnet }'), 6, 13],
    [
      'faults',
      scenarioText('author, bots: 1', '{ kind: node }', ', faults: { isHalted: true }'),
      9,
      81,
    ],
    [
      'limits',
      `${scenarioText('author, bots: 1', '{ kind: node }')}limits: { perSecond: 1, burst: 1 }\n`,
      10,
      9,
    ],
    ['a URL of nothing', scenarioText('author, bots: 1', '{ kind: node, url: shop }'), 4, 28],
    ['a kind that is none', scenarioText('author, bots: 1', '{ kind: moon }'), 4, 17],
  ])('by %s is refused with line and column', (_what, text, line, column) => {
    const read = readScenario(text)
    expect(read.ok ? [] : read.flaws).toEqual([{ line, column, message: expect.any(String) }])
  })
})

describe('a node that runs elsewhere', () => {
  test('is played on, and left as it runs', async () => {
    const store = newStore()
    const url = await serve(createUcxi({ store }))
    const { text, status } = await call('run', 'authors-at-work', '--target', url)
    expect([status, text]).toEqual([0, expect.stringContaining('PASSED')])
    expect((await store.stats()).versions).toBeGreaterThan(50)
    expect((await fetch(`${url}/ucxi/health`)).status).toBe(200)
  })

  test.each([
    'author, bots: 1',
    'browser, bots: 1',
    'mangler, bots: 2',
    'time-traveller, bots: 1',
    'decider, bots: 1',
  ])('that asks for a token is played on with one, and not without: %s', async (role) => {
    const url = await serve(createUcxi({ store: newStore() }), 'secret')
    const { passed, summary } = await runOn(url, role, { token: 'secret' })
    expect([passed, summary.total.errors]).toEqual([true, {}])
    expect((await runOn(url, role)).passed).toBe(false)
  })

  test.each([
    ['daily-users', 'shop'],
    ['daily-users', 'http://127.0.0.1'],
    ['daily-users', 'http://a.test:1,http://b.test:1,http://c.test:1'],
    ['browsing', 'shop'],
    ['browsing', 'http://127.0.0.1:1,http://127.0.0.1:2'],
  ])('is no target for %s, nor are networks, at %s', async (name, url) => {
    expect(await call('run', name, '--target', url)).toMatchObject({
      warned: expect.stringContaining(`${name} cannot be run on ${url}`),
      status: 2,
    })
  })
})
