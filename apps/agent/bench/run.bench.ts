import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { median, type Bench, type Figure } from '../../../scripts/bench-harness.ts'

const main = resolve(import.meta.dirname, '../dist/main.js')
const bare = resolve(import.meta.dirname, '../../../packages/mesh/bench/start-one.ts')
const STARTS = 7
const WRITES = 10_000
const CALM_MS = 5000

interface Ready {
  readonly child: ChildProcess
  readonly url: string
  /** Milliseconds from the spawn to its word that it is ready. */
  readonly ms: number
}

/** The built agent, as a process of its own. */
const bench: Bench = {
  package: 'agent',
  async run() {
    const folder = mkdtempSync(join(tmpdir(), 'bzzz-bench-'))
    try {
      return [...(await starting(folder)), ...(await working(folder))]
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}
export default bench

async function starting(folder: string): Promise<Figure[]> {
  const starts: number[] = []
  const references: number[] = []
  for (let round = 0; round < STARTS; round++) {
    const began = performance.now()
    execFileSync(process.execPath, ['-e', '0'])
    const empty = performance.now() - began
    references.push(empty + (await bareStart()).ms)
    const { child, ms } = await start(join(folder, 'start'))
    starts.push(ms)
    await end(child)
  }
  const value = median(starts)
  const reference = median(references)
  return [
    {
      what: 'start an agent, until it is ready',
      value,
      unit: 'ms',
      reference: { what: "node -e 0, and libp2p's own start", value: reference },
      ratio: reference / value,
      goal: '>= 0.5 x, and < 1,000 ms',
      met: value < 1000 && value <= 2 * reference,
    },
  ]
}

async function working(folder: string): Promise<Figure[]> {
  const { child, url } = await start(join(folder, 'work'))
  await setTimeout(CALM_MS)
  const idle = resident(child)
  const { after } = await bareStart()
  const body = 'x'.repeat(1024)
  const began = performance.now()
  for (let count = 0; count < WRITES; count += 32)
    await Promise.all(
      Array.from({ length: Math.min(32, WRITES - count) }, async (_, at) => {
        const request = { method: 'PUT', body: `${count + at} ${body}` }
        const response = await fetch(`${url}/ucxl/ada:lead@shop:load/${count + at}.txt`, request)
        if (!response.ok) throw new Error(`It answered ${response.status}`)
        await response.arrayBuffer()
      }),
    )
  const perSecond = (WRITES / (performance.now() - began)) * 1000
  await setTimeout(CALM_MS)
  const worked = resident(child)
  const { ms, answered } = await endUnderLoad(child, url)
  return [
    {
      what: 'resident memory of an agent that waits',
      value: idle,
      unit: 'MiB',
      reference: { what: 'libp2p alone', value: after / 1024 / 1024 },
      ratio: after / 1024 / 1024 / idle,
      goal: '>= 0.67 x, and < 150 MiB',
      met: idle < 150 && idle <= (1.5 * after) / 1024 / 1024,
    },
    {
      what: `the same after ${WRITES.toLocaleString('en')} writes over HTTP (${Math.round(perSecond)}/s)`,
      value: worked,
      unit: 'MiB',
    },
    {
      what: `from SIGTERM to its end, while 4 clients write (${answered} more were acknowledged)`,
      value: ms,
      unit: 'ms',
    },
  ]
}

async function endUnderLoad(
  child: ChildProcess,
  url: string,
): Promise<{ readonly ms: number; readonly answered: number }> {
  let answered = 0
  const over = new AbortController()
  let began = 0
  const write = async (writer: number): Promise<void> => {
    for (let count = 0; !over.signal.aborted; count++) {
      try {
        const request = { method: 'PUT', body: `${count}` }
        const { ok } = await fetch(`${url}/ucxl/ada:lead@shop:end/${writer}-${count}.txt`, request)
        if (ok && began > 0) answered++
      } catch {
        return
      }
    }
  }
  const writers = [0, 1, 2, 3].map(async (writer) => write(writer))
  await setTimeout(500)
  began = performance.now()
  await end(child)
  over.abort()
  const ms = performance.now() - began
  await Promise.all(writers)
  return { ms, answered }
}

async function start(home: string): Promise<Ready> {
  const began = performance.now()
  const flags = ['--home', home, '--http-port', '0', '--health-port', '0']
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', main, 'run', ...flags],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  return new Promise((found, failed) => {
    child.once('exit', () => failed(new Error('It ended before it was ready')))
    createInterface({ input: child.stderr }).on('line', (line) => {
      const said = JSON.parse(line) as { readonly msg: string; readonly url: string }
      if (said.msg === 'ready') found({ child, url: said.url, ms: performance.now() - began })
    })
  })
}

async function end(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM')
  await once(child, 'exit')
}

/** libp2p with a DHT, in a process of its own. */
async function bareStart(): Promise<{ readonly ms: number; readonly after: number }> {
  const flags = ['--conditions=@bzzz/source', '--disable-warning=ExperimentalWarning']
  const child = spawn(process.execPath, [...flags, '--expose-gc', bare, 'bare'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  child.stdin.end()
  await once(child, 'exit')
  return JSON.parse(String(line)) as { ms: number; after: number }
}

/** MiB, as the system counts them. */
function resident({ pid }: ChildProcess): number {
  const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kib) / 1024
}
