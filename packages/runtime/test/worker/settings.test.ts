import { describe, expect, test } from 'vitest'
import { agentSchema, participantSchema, DEFAULTS, readConfiguration } from '../../src/index.ts'
import { nameOf } from '../../src/worker/settings.ts'

const read = (flags: Record<string, unknown>) =>
  readConfiguration(agentSchema(), { prefix: 'BZZZ', flags }).value.worker

describe('the settings of a worker', () => {
  test('take no tasks unless they say so', () => {
    expect(read({})).toEqual({
      handler: 'none',
      projects: [],
      posters: [],
      args: [],
      askTo: [],
      parallel: 1,
      timeLimitMs: 600_000,
      outputBytes: 1_048_576,
      leaseMs: 30_000,
      settleMs: 2000,
    })
  })

  test.each([
    ['program', 'worker.command: Expected it, since the handler is program'],
    ['http', 'worker.url: Expected it, since the handler is http'],
    ['module', 'worker.module: Expected it, since the handler is module'],
  ])('of a %s need what it is', (handler, why) => {
    expect(() => read({ 'worker.handler': handler })).toThrow(why)
    expect(() => read({ 'worker.handler': handler })).toThrow(
      'worker.projects: Expected the projects',
    )
  })

  test.each([
    [{ 'worker.projects': ['any'] }, 'Expected a name as in addresses'],
    [{ 'worker.projects': ['shop:x'] }, 'Expected a name as in addresses'],
    [{ name: 'a/b' }, 'Expected a name as in addresses'],
    [{ 'worker.posters': ['ada'] }, 'Expected a did:key'],
    [{ 'worker.url': 'file:///etc/passwd' }, 'worker.url'],
    [{ 'worker.leaseMs': 10 }, 'worker.leaseMs'],
  ])('%# that are wrong are refused', (flags, why) => {
    expect(() => read(flags)).toThrow(why)
  })

  test('are none of a portal, and the key of an endpoint is a secret', () => {
    const portal = participantSchema(DEFAULTS.human)
    const flags = { worker: { handler: 'none' } }
    const file = { name: 'hap.yaml', value: flags, at: () => ({ line: 1, column: 1 }) }
    expect(() => readConfiguration(portal, { prefix: 'BZZZ', file })).toThrow(
      'there is no such key',
    )
    const { settings } = readConfiguration(agentSchema(), { prefix: 'BZZZ' })
    expect(settings.filter(({ isSecret }) => isSecret).map(({ variable }) => variable)).toEqual([
      'BZZZ_SLURP_TOKEN',
      'BZZZ_WORKER_API_KEY',
    ])
  })
})

test('an agent without a name has one of its key, and the first role that can stand in an address', () => {
  const did = 'did:key:z6MkA'
  const made = nameOf({ name: undefined, roles: ['Lead Architect', 'Coder'], did })
  expect(made).toEqual({ agent: expect.stringMatching(/^agent-[0-9a-f]{12}$/), role: 'coder' })
  expect(nameOf({ name: undefined, roles: [], did })).toEqual({ ...made, role: 'worker' })
  expect(nameOf({ name: 'Builder', roles: [], did }).agent).toBe('builder')
  expect(nameOf({ name: undefined, roles: [], did: 'did:key:z6MkB' }).agent).not.toBe(made.agent)
})
