import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { botIdentities } from '@bzzz/bot-framework'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { findScenario, scenarioNames } from '../src/library.ts'
import { readScenario } from '../src/read-scenario.ts'
import type { Scenario } from '../src/scenario.ts'
import { start, type StartInit } from '../src/start.ts'
import { secretOf } from '../src/targets/faucet.ts'
import { deltaosOf, targetAt } from '../src/targets/spec.ts'
import { call } from './call.ts'
import { scenarioText } from './play-on.ts'
import { servedNetworks } from './serve-devnet.ts'

const { signal } = new AbortController()

const scenarios = scenarioNames()
  .map((name) => findScenario(name))
  .filter((found) => found.ok)
  .map(({ scenario }) => scenario)
  .filter(({ target, limits, phases }) => {
    const isCalm = phases.every(({ faults }) => Object.keys(faults).length === 0)
    return target.kind === 'devnet' && isCalm && !limits
  })
const ofKind = (kind: Scenario['kind']) => scenarios.filter((each) => each.kind === kind)

let runs = 0

type Networks = Awaited<ReturnType<typeof servedNetworks>>

/** Plays a scenario there for a moment. How fast a machine is that does other things too is no question here. */
async function play(
  scenario: Scenario,
  { target }: Pick<Networks, 'target'>,
  { seconds = 0.6, ...rest }: Partial<StartInit> & { readonly seconds?: number } = {},
) {
  const phases = scenario.phases.map((phase) => ({ ...phase, seconds }))
  const thresholds = scenario.thresholds.filter(({ metric }) => metric === 'errorRate')
  // Some of these runs begin in the same moment.
  const by = { pid: ++runs, host: 'here' }
  return start({ scenario: { ...scenario, target, phases, thresholds }, signal, by, ...rest })
}

const wrongIn = ({ verdicts }: Awaited<ReturnType<typeof play>>) => verdicts.filter(({ ok }) => !ok)

describe('networks of another process', { timeout: 30_000 }, () => {
  let [sound, accepting, refusing]: Networks[] = []
  beforeAll(async () => {
    ;[sound, accepting, refusing] = await Promise.all([
      servedNetworks(),
      servedNetworks('--break', 'accepts-everything'),
      servedNetworks('--break', 'refuses-everything'),
    ])
  })
  afterAll(async () => {
    await Promise.all([sound!.end(), accepting!.end(), refusing!.end()])
  })

  test('are what a scenario is run on that was written for a devnet', async () => {
    const found = await call('run', 'replayed-transfers', '--target', sound!.flag)
    expect([found.status, found.text]).toEqual([
      0,
      expect.stringMatching(/✓ bots were given their money: 20 of 20[^]*each was paid once: \d+\n/),
    ])
  })

  test.concurrent.each(ofKind('legitimate'))(
    'pass $name, and not where they refuse all',
    async (scenario) => {
      expect(wrongIn(await play(scenario, sound!, { seconds: 2 }))).toEqual([])
      expect((await play(scenario, refusing!)).passed).toBe(false)
    },
  )

  test.concurrent.each(ofKind('adversarial'))(
    'pass $name, and not where they accept all',
    async (scenario) => {
      expect(wrongIn(await play(scenario, sound!))).toEqual([])
      const through = wrongIn(await play(scenario, accepting!)).filter(({ name }) =>
        name.endsWith(' was refused'),
      )
      expect(through.map(({ detail }) => detail)).toEqual([
        expect.stringMatching(/^[1-9]\d* got through$/),
      ])
    },
  )

  const replayed = scenarios.find(({ name }) => name === 'replayed-transfers')!

  test('are played on again with the same seed: nobody has what was left of the last run', async () => {
    expect(wrongIn(await play(replayed, sound!))).toEqual([])
    expect(wrongIn(await play(replayed, sound!))).toEqual([])
  })

  test('are played on by several at once, with one faucet', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 3 }, async () => play(replayed, sound!)),
    )
    expect(outcomes.map(wrongIn)).toEqual([[], [], []])
  })

  test('pay out of the account whose key is given, and say what it could not pay', async () => {
    const [rich, poor] = botIdentities('faucets', 2)
    const money = `${rich!.ax}:AX:1000000000`
    const own = await servedNetworks('--fund', money, '--fund', money.replace(rich!.ax, rich!.dx))
    onTestFinished(own.end)
    const attackers = { ...replayed, roles: replayed.roles.slice(0, 1) }
    expect(wrongIn(await play(attackers, own, { faucetKey: secretOf(rich!) }))).toEqual([])
    expect(wrongIn(await play(attackers, own, { faucetKey: secretOf(poor!) }))).toContainEqual({
      name: 'bots were given their money',
      ok: false,
      detail: expect.stringMatching(
        new RegExp(`^0 of 5 payments from ${poor!.ax} .*The account has 0 AX, and 1000000 are`),
      ),
    })
  })

  test('are not broken from here', async () => {
    const args = ['run', 'daily-users', '--target', sound!.flag, '--break', 'accepts-everything']
    expect(await call(...args)).toMatchObject({
      text: '',
      warned: expect.stringContaining('devnet --break'),
      status: 2,
    })
  })

  test('are told where they are the wrong way round', async () => {
    const { alphaos, deltaos } = sound!.target
    expect(await call('run', 'daily-users', '--target', `${deltaos},${alphaos}`)).toMatchObject({
      warned: `ERR_ADNET_OPTION: Expected AlphaOS at ${deltaos}, got DeltaOS\n`,
      status: 2,
    })
  })

  test.each([
    ['flaky-network', /flaky-network\.yaml:14:15: phases\.0\.faults: Only a devnet/],
    ['chatty-pollers', /chatty-pollers\.yaml:5:9: limits: Only a devnet/],
  ])('are no target for %s, where the place is told', async (name, warned) => {
    expect(await call('run', name, '--target', sound!.flag)).toMatchObject({
      text: '',
      warned: expect.stringMatching(warned),
      status: 2,
    })
  })
})

test('networks that are not there are told, and what is there but is none', async () => {
  const server = createServer((_, answer) => void answer.writeHead(404).end()).listen(
    0,
    '127.0.0.1',
  )
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const none = await call('run', 'daily-users', '--target', url)
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
  const dead = await call('run', 'daily-users', '--target', url)
  expect([none, dead]).toEqual([
    {
      text: '',
      warned: `ERR_ADNET_NOT_FOUND: ${url} does not answer as AlphaOS: The network answered 404\n`,
      status: 2,
    },
    {
      text: '',
      warned: expect.stringMatching(
        `^ERR_ADNET_UNREACHABLE: ${url} does not answer as AlphaOS: .*ECONNREFUSED`,
      ),
      status: 2,
    },
  ])
})

test('a key that is none is refused, and not repeated', async () => {
  const faucetKey = 'secret'
  const init = { ...findScenario('daily-users'), target: { alphaos: 'http://127.0.0.1:1' } }
  if (!init.ok) throw new Error('daily-users')
  const target = { kind: 'networks', ...init.target, deltaos: 'http://127.0.0.1:2' } as const
  const failed = start({ scenario: { ...init.scenario, target }, signal, faucetKey })
  await expect(failed).rejects.toThrow('64 hexadecimal digits, got 6 characters')
  await expect(failed).rejects.not.toThrow(faucetKey)
})

describe('networks in a scenario', () => {
  const text = (target: string, role = 'user, bots: 1', rest = '') =>
    scenarioText(role, `{ kind: networks, ${target} }`, rest)
  const both = 'alphaos: "http://a.test:1/v2", deltaos: "https://d.test"'

  test('are named by both URLs, or by that of AlphaOS alone', () => {
    const targetOf = (target: string) => {
      const read = readScenario(text(target))
      if (!read.ok || read.scenario.target.kind !== 'networks') throw new Error(text(target))
      return deltaosOf(read.scenario.target)
    }
    expect(targetOf(both)).toBe('https://d.test')
    expect(targetOf('alphaos: "http://a.test:3030/v2/devnet"')).toBe('http://a.test:3031/v2/devnet')
    const moved = targetAt(
      { kind: 'networks', alphaos: 'http://old.test:1' },
      { url: 'http://a.test:7' },
    )
    expect(moved).toEqual({ kind: 'networks', alphaos: 'http://a.test:7' })
  })

  test.each([
    ['a URL that is none', text('alphaos: there'), 4, 36],
    ['no port that another one follows', text('alphaos: "http://a.test"'), 4, 9],
    ['no next port', text('alphaos: "http://a.test:65535"'), 4, 9],
    ['faults', text(both, 'user, bots: 1', ', faults: { isHalted: true }'), 9, 81],
    ['limits', `${text(both)}limits: { perSecond: 1, burst: 1 }\n`, 10, 9],
    ['a role of nodes', text(both, 'author, bots: 1'), 6, 13],
  ])('with %s are refused with line and column', (_what, wrong, line, column) => {
    const read = readScenario(wrong)
    expect(read.ok ? [] : read.flaws).toEqual([{ line, column, message: expect.any(String) }])
  })
})
