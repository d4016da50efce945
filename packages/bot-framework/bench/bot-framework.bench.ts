import { execFile } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { join } from 'node:path'
import { createHistogram } from 'node:perf_hooks'
import { promisify } from 'node:util'
import * as hdr from 'hdr-histogram-js'
import { compare, type Bench, type Figure } from '../../../scripts/bench-harness.ts'
import {
  createMessageBus,
  createRandom,
  createScheduler,
  createVirtualClock,
  createWallet,
} from '../src/index.ts'
import { createMetrics, Histogram } from '../src/metrics.ts'

const execute = promisify(execFile)
const BATCH = 1_000
const random = createRandom('bench')
const values = Array.from({ length: BATCH }, () => Math.round(random.exponential(20_000)))

async function wallets(): Promise<Figure[]> {
  const wallet = createWallet({ balances: { AX: 10n ** 12n }, keep: 100 })
  let bare = 10n ** 12n
  const turns = (run: () => void) => () => {
    for (let turn = 0; turn < BATCH; turn++) run()
  }
  return [
    await compare({
      what: 'a debit and a credit of a wallet, with history',
      subject: turns(() => {
        wallet.debit('AX', 7n)
        wallet.credit('AX', 7n)
      }),
      reference: {
        what: 'the same on a bare bigint, pushed to an array of 100',
        run: turns(() => {
          const log: unknown[] = []
          if (bare >= 7n) bare -= 7n
          log.push({ kind: 'debit', amount: 7n, bare })
          bare += 7n
          log.push({ kind: 'credit', amount: 7n, bare })
          return log
        }),
      },
      atLeast: 0.1,
      operations: 2 * BATCH,
    }),
  ]
}

async function buses(): Promise<Figure[]> {
  const clock = createVirtualClock()
  const bus = createMessageBus({ clock })
  const [alice, bob] = [bus.join('alice'), bus.join('bob')]
  const answering = (async () => {
    const carol = bus.join('carol')
    for await (const message of carol) await carol.reply(message, message.body)
  })()
  const bare = bareQueue()
  const echo = new EventEmitter()
  echo.on('carol', (message: { id: number; body: unknown }) => echo.emit('answer', message))
  const figures = [
    await compare({
      what: 'send and receive a message, awaited one by one',
      subject: async () => {
        for (const body of values) {
          await alice.send('bob', body)
          await bob.receive()
        }
      },
      reference: {
        what: 'an array behind two async functions',
        run: async () => {
          for (const body of values) {
            await bare.put(body)
            await bare.take()
          }
        },
      },
      atLeast: 0.3,
      operations: BATCH,
    }),
    await compare({
      what: 'a request and its response, with a deadline',
      subject: async () => {
        for (const body of values) await alice.request('carol', body)
      },
      reference: {
        what: 'two events and a timer, without queues',
        run: async () => {
          for (const [id, body] of values.entries()) await bareRequest(echo, id, body)
        },
      },
      atLeast: 0.3,
      operations: BATCH,
    }),
  ]
  bus.close()
  await answering
  return figures
}

function bareQueue() {
  const queue: unknown[] = []
  let id = 0
  return {
    put: async (body: unknown) => void queue.push({ id: ++id, from: 'alice', to: 'bob', body }),
    take: async () => queue.shift(),
  }
}

/** What one would write by hand: who answers is asked by an event, and a timer is the deadline. */
async function bareRequest(echo: EventEmitter, id: number, body: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(reject, 5_000, new Error('late'))
    echo.once('answer', (message: { id: number; body: unknown }) => {
      clearTimeout(timer)
      resolve(message.body)
    })
    echo.emit('carol', { id, body })
  })
}

async function histograms(): Promise<Figure[]> {
  const own = new Histogram()
  const node = createHistogram({ lowest: 1, highest: 60_000_000, figures: 3 })
  const other = hdr.build({ highestTrackableValue: 60_000_000, numberOfSignificantValueDigits: 3 })
  const metrics = createMetrics({ startedAt: 0 })
  let now = 0
  const record = () => {
    for (const value of values) own.record(value)
  }
  return [
    await compare({
      what: 'record a value',
      subject: record,
      reference: {
        what: 'node:perf_hooks',
        run: () => {
          for (const value of values) node.record(value + 1)
        },
      },
      atLeast: 1,
      operations: BATCH,
    }),
    await compare({
      what: 'the same',
      subject: record,
      reference: {
        what: 'hdr-histogram-js',
        run: () => {
          for (const value of values) other.recordValue(value)
        },
      },
      atLeast: 1,
      operations: BATCH,
    }),
    await compare({
      what: 'observe an operation: five histograms, rates, errors',
      subject: () => {
        for (const value of values) {
          now += 0.01
          metrics.observe({
            behavior: 'pay',
            bot: 'alice',
            intendedAt: now - value / 1_000,
            startedAt: now,
            endedAt: now,
          })
        }
      },
      reference: {
        what: 'one record in node:perf_hooks',
        run: () => {
          for (const value of values) node.record(value + 1)
        },
      },
      atLeast: 0.2,
      operations: BATCH,
    }),
  ]
}

/** Bots that are ready and have nothing to do: what each of them costs, keys included. */
async function idle(count: number): Promise<Figure[]> {
  const own = ['--conditions=@bzzz/source', '--disable-warning=ExperimentalWarning', '--expose-gc']
  const program = join(import.meta.dirname, 'idle-bots.ts')
  const { stdout } = await execute(process.execPath, [...own, program, String(count)])
  const measured = JSON.parse(stdout) as Record<'running' | 'ms' | 'heap' | 'resident', number>
  const { running, ms, heap, resident } = measured
  const each = (bytes: number): number => bytes / 1_000 / running
  return [
    {
      what: `bots with keys made, used and set running, of ${running}`,
      value: (running / ms) * 1_000,
      unit: 'bots/s',
    },
    {
      what: 'heap of an idle bot, keys included',
      value: each(heap),
      unit: 'kB',
      goal: '<= 10 kB',
      met: running === count && each(heap) <= 10,
    },
    { what: 'resident memory of it, in a process of its own', value: each(resident), unit: 'kB' },
    { what: 'idle bots in a gigabyte of that', value: 1e6 / each(resident), unit: 'bots' },
  ]
}

async function hour(): Promise<Figure> {
  const clock = createVirtualClock()
  const scheduler = createScheduler({ clock })
  const task = scheduler.cron('* * * * *', () => {})
  const begun = performance.now()
  await clock.advance(3_600_000)
  const ms = performance.now() - begun
  const met = task.counts.runs === 60 && ms < 100
  return {
    what: `an hour of cron, ${task.counts.runs} runs`,
    value: ms,
    unit: 'ms',
    goal: '< 100 ms',
    met,
  }
}

const bench: Bench = {
  package: 'bot-framework',
  run: async () => [
    ...(await wallets()),
    ...(await buses()),
    ...(await histograms()),
    ...(await idle(10_000)),
    await hour(),
  ],
}
export default bench
