import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { httpTransport, createAlphaClient } from '@bzzz/adnet'
import { createDevnet } from '@bzzz/adnet/devnet'
import { createRandom, sleep, systemClock } from '@bzzz/bot-framework'
import { Histogram } from '@bzzz/bot-framework/metrics'
import autocannon from 'autocannon'
import { median, type Bench, type Figure } from '../../../scripts/bench-harness.ts'
import { artillery } from './artillery.ts'
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

/** A server in a process of its own that answers as fast as it can, or after a delay. */
async function serverOf(delayMs: number): Promise<{ url: string; close(): void }> {
  const source = `require('node:http').createServer((_, response) => {
    const answer = () => response.end('7')
    ${delayMs > 0 ? `setTimeout(answer, ${delayMs})` : 'answer()'}
  }).listen(0, '127.0.0.1', function () { console.log(this.address().port) })`
  const child = spawn(process.execPath, ['-e', source], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [port] = (await once(child.stdout, 'data')) as [Buffer]
  return { url: `http://127.0.0.1:${String(port).trim()}`, close: () => child.kill() }
}

const CONNECTIONS = 16

/**
 * Requests that one core makes of a server in another process, each checked: beside a tool that sends the same
 * bytes on bare sockets and only counts what comes back, and one that plays scenarios as this one does.
 */
async function sockets(): Promise<Figure[]> {
  const server = await serverOf(0)
  const { url } = server
  const http = httpTransport({ url, connections: CONNECTIONS })
  const random = createRandom(1)
  const { call } = createAlphaClient({ transport: http.transport, clock: systemClock, random })
  const own: number[] = []
  const cost: number[] = []
  const otherCost: number[] = []
  const other: number[] = []
  // The first round warms up.
  for (let round = 0; round < 4; round++) {
    const begun = performance.now()
    const used = process.cpuUsage()
    let count = 0
    const loop = async (): Promise<void> => {
      while (performance.now() - begun < 2_000) {
        await call.latestHeight()
        count++
      }
    }
    await Promise.all(Array.from({ length: CONNECTIONS }, loop))
    own.push((count / (performance.now() - begun)) * 1_000)
    cost.push(micros(process.cpuUsage(used)) / count)
    const usedThen = process.cpuUsage()
    const { requests } = await autocannon({ url, connections: CONNECTIONS, duration: 2 })
    otherCost.push(micros(process.cpuUsage(usedThen)) / requests.total)
    other.push(requests.average)
  }
  http.close()
  const third = await artillery(url, { connections: CONNECTIONS, requests: 8_000 })
  server.close()
  const value = median(own.slice(1))
  const [each, bare] = [median(cost.slice(1)), median(otherCost.slice(1))]
  const beside = (what: string, reference: number, least: number): Figure => ({
    what: 'requests that one core makes, each answer checked',
    value,
    unit: 'requests/s',
    reference: { what, value: reference },
    ratio: value / reference,
    goal: `>= ${least} x`,
    met: value / reference >= least,
  })
  return [
    beside('autocannon', median(other.slice(1)), 0.5),
    ...(third === undefined ? [] : [beside('Artillery 2', third, 2)]),
    // What else the machine does meets the rates, and not these.
    {
      what: 'processor time of such a request',
      value: each,
      unit: 'µs',
      reference: { what: 'autocannon', value: bare },
      ratio: bare / each,
    },
  ]
}

function micros({ user, system }: NodeJS.CpuUsage): number {
  return user + system
}

/** The latency that both measure of a server whose delay is known, at a fixed rate. */
async function knownDelay(): Promise<Figure> {
  const delay = 40
  const server = await serverOf(delay)
  const { url } = server
  const http = httpTransport({ url, connections: CONNECTIONS })
  const random = createRandom(1)
  const { call } = createAlphaClient({ transport: http.transport, clock: systemClock, random })
  const histogram = new Histogram()
  const timed = async (intended: number): Promise<void> => {
    await call.latestHeight()
    histogram.record((systemClock.now() - intended) * 1_000)
  }
  const going: Promise<void>[] = []
  const begun = systemClock.now()
  for (let number = 0; number < 200; number++) {
    const intended = begun + number * 10
    if (intended > systemClock.now()) await sleep(systemClock, intended - systemClock.now())
    going.push(timed(intended))
  }
  await Promise.all(going)
  const { latency } = await autocannon({
    url,
    connections: CONNECTIONS,
    duration: 2,
    overallRate: 100,
    ignoreCoordinatedOmission: true,
  })
  http.close()
  server.close()
  const [value, reference] = [histogram.percentile(50) / 1_000, latency.p50]
  return {
    what: `median latency of a server that takes ${delay} ms, 100/s, over HTTP`,
    value,
    unit: 'ms',
    reference: { what: 'autocannon', value: reference },
    ratio: reference / value,
    goal: 'within 5 ms',
    met: Math.abs(value - delay) <= 5,
  }
}

const bench: Bench = {
  package: 'testbot',
  run: async () => [await speed(), await error(), ...(await sockets()), await knownDelay()],
}
export default bench
