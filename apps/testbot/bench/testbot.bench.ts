import { httpTransport, createAlphaClient } from '@bzzz/adnet'
import { createDevnet } from '@bzzz/adnet/devnet'
import { createRandom, systemClock } from '@bzzz/bot-framework'
import type { Bench, Figure } from '../../../scripts/bench-harness.ts'
import { readScenario } from '../src/read-scenario.ts'
import type { Scenario } from '../src/scenario.ts'
import { start } from '../src/start.ts'

const { signal } = new AbortController()

function scenarioOf(bots: number, phase: string): Scenario {
  const read = readScenario(`name: bench
about: Reads
kind: legitimate
roles: [{ role: user, bots: ${bots}, behaviors: { look: 1 } }]
phases: [${phase}]
`)
  if (!read.ok) throw new Error(JSON.stringify(read.flaws))
  return read.scenario
}

/** What one core does when time does not wait: bots, client, devnet and metrics together. */
async function speed(): Promise<Figure> {
  const scenario = scenarioOf(
    100,
    '{ name: a, seconds: 5, load: { model: constant-rate, rate: 2000 } }',
  )
  const begun = process.cpuUsage()
  const { summary } = await start({ scenario, signal })
  const { user, system } = process.cpuUsage(begun)
  const each = ((user + system) / 1e6 / summary.total.count) * 1e6
  const bare = await bareCalls()
  return {
    what: 'processor time of an operation: bot, client, devnet, metrics, trace',
    value: each,
    unit: 'µs',
    reference: { what: 'a client’s call of the same devnet alone', value: bare },
    ratio: bare / each,
    goal: '>= 0.25 x',
    met: bare / each >= 0.25,
  }
}

async function bareCalls(): Promise<number> {
  const devnet = createDevnet({ clock: systemClock, seed: 1 })
  const { call } = createAlphaClient({
    transport: devnet.alpha,
    clock: systemClock,
    random: createRandom(1),
  })
  const count = 10_000
  const begun = process.cpuUsage()
  for (let turn = 0; turn < count; turn++) {
    await call.view({ program: 'credits.alpha', fn: 'balance_of', inputs: [`ax1${turn}`] })
  }
  const { user, system } = process.cpuUsage(begun)
  await devnet.close()
  return (user + system) / count
}

/** How far what is measured is from what is known: a target that takes 50 ms, over real time. */
async function error(): Promise<Figure> {
  const scenario = scenarioOf(
    100,
    '{ name: a, seconds: 5, load: { model: constant-rate, rate: 100 }, faults: { latencyMs: 50 } }',
  )
  const { summary } = await start({ scenario, signal, isRealTime: true })
  const measured = summary.total.latency.p50
  const off = Math.abs(measured - 50)
  return {
    what: `median latency of ${summary.total.count} operations at 100/s, real time`,
    value: measured,
    unit: 'ms',
    reference: { what: 'the delay of the target', value: 50 },
    ratio: 50 / measured,
    goal: 'within 3 ms',
    met: off <= 3,
  }
}

/** The same over sockets: how many a runner and its devnet do in one process. */
async function sockets(): Promise<Figure> {
  const devnet = createDevnet({ clock: systemClock, seed: 1 })
  const { alpha: url } = await devnet.listen()
  const http = httpTransport({ url, connections: 16 })
  const { call } = createAlphaClient({
    transport: http.transport,
    clock: systemClock,
    random: createRandom(1),
  })
  const begun = performance.now()
  let count = 0
  const loop = async (): Promise<void> => {
    while (performance.now() - begun < 2_000) {
      await call.latestHeight()
      count++
    }
  }
  await Promise.all(Array.from({ length: 16 }, loop))
  const seconds = (performance.now() - begun) / 1_000
  http.close()
  await devnet.close()
  return {
    what: 'requests over HTTP, client and devnet on one core',
    value: count / seconds,
    unit: 'requests/s',
  }
}

const bench: Bench = {
  package: 'testbot',
  run: async () => [await speed(), await error(), await sockets()],
}
export default bench
