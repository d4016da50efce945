import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { openSqliteStore } from '@bzzz/context-store/sqlite'
import { identityFromSeed } from '@bzzz/identity'
import { median, type Bench, type Figure } from '../../../scripts/bench-harness.ts'
import { createUcxi, startUcxiServer } from '../src/index.ts'
import { headersOf, startBare, startConstant, type Bare } from './bare.ts'
import { ADDRESS, KIBIBYTE } from './subject.ts'

const REQUESTS = 4000
const ROUNDS = 5
// Compiled code is several times as fast: a server that runs has long been warm.
const WARM_UP = 4
const CLIENTS = 1000
const PATH = '/ucxl/claude:architect@shop:checkout/plan.md'
const run = promisify(execFile)

/** What one load comes to: microseconds of each. */
interface Load {
  readonly cpu: number
  readonly p50: number
  readonly p99: number
}

const bench: Bench = {
  package: 'ucxi',
  async run() {
    const folder = await mkdtemp(join(tmpdir(), 'bzzz-ucxi-bench-'))
    const writer = identityFromSeed(new Uint8Array(32).fill(1))
    const store = openSqliteStore({ file: join(folder, 'contexts.db'), writer })
    await store.put({ address: ADDRESS, content: KIBIBYTE, contentType: 'text/plain' })
    const server = await startUcxiServer({ ucxi: createUcxi({ store }) })
    const bare = await startBare(store)
    const constant = await startConstant()
    const ours = `${server.url}${PATH}`
    // Validators, links and times cost their bytes whoever sends them.
    const equal = await startBare(store, await headersOf(ours))
    try {
      return [
        await cpu('GET', ours, {
          what: 'bare node:http on the same store, the same answer',
          bare: equal,
          goal: 1.3,
        }),
        await cpu('GET', ours, { what: 'the same, with no header but the type', bare }),
        await cpu('GET', ours, { what: 'bare node:http, a constant', bare: constant }),
        await cpu('PUT', ours, { what: 'bare node:http on the same store', bare, goal: 1.3 }),
        ...(await crowd(ours, bare)),
      ]
    } finally {
      for (const part of [bare, equal, constant, server, store]) await part.close()
      await rm(folder, { recursive: true })
    }
  },
}
export default bench

interface Beside {
  readonly what: string
  readonly bare: Bare
  readonly goal?: number
}

/** Processor time of this process for each request; the load comes from another one. */
async function cpu(method: string, ours: string, { what, bare, goal }: Beside): Promise<Figure> {
  const [subject, reference]: [number[], number[]] = [[], []]
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    const one = await load(method, ours, { requests: REQUESTS })
    const other = await load(method, bare.url, { requests: REQUESTS })
    if (round < WARM_UP) continue
    subject.push(one.cpu)
    reference.push(other.cpu)
  }
  const value = median(subject)
  const beside = median(reference)
  const ratio = value / beside
  return {
    what: `${method} of 1 KB over HTTP, processor time for each request`,
    value,
    unit: 'µs',
    reference: { what, value: beside },
    ratio,
    ...(goal === undefined ? {} : { goal: `<= ${goal} x`, met: ratio <= goal }),
  }
}

/** How long the answers take where a thousand ask at once. */
async function crowd(ours: string, bare: Bare): Promise<Figure[]> {
  const [subject, reference]: [Load[], Load[]] = [[], []]
  for (let round = 0; round < ROUNDS; round++) {
    subject.push(await load('GET', ours, { requests: 2 * REQUESTS, clients: CLIENTS }))
    reference.push(await load('GET', bare.url, { requests: 2 * REQUESTS, clients: CLIENTS }))
  }
  return (['p50', 'p99'] as const).map((name) => {
    const value = median(subject.map((one) => one[name])) / 1000
    const beside = median(reference.map((one) => one[name])) / 1000
    return {
      what: `GET of 1 KB, ${CLIENTS} clients at once, ${name}`,
      value,
      unit: 'ms',
      reference: { what: 'bare node:http on the same store', value: beside },
      ratio: value / beside,
    }
  })
}

async function load(
  method: string,
  url: string,
  { requests, clients = 16 }: { readonly requests: number; readonly clients?: number },
): Promise<Load> {
  const script = resolve(import.meta.dirname, 'load.ts')
  const before = process.cpuUsage()
  const args = [script, method, url, String(requests), String(clients)]
  const { stdout } = await run(process.execPath, args)
  const { user, system } = process.cpuUsage(before)
  const { p50, p99 } = JSON.parse(stdout) as { p50: number; p99: number }
  return { cpu: (user + system) / requests, p50, p99 }
}
