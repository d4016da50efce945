import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { openHome } from '@bzzz/runtime'
import { median, type Bench, type Figure } from '../../../scripts/bench-harness.ts'
import { builtOf, startOnPty, whyNoPty, type Terminal } from '../../../test/pty.ts'

const PORTAL = builtOf('hap')
const CONTEXTS = 10_000
const RATE = 100
const KEYS = 300
const STARTS = 7
const CONFIGURATION = 'name: ada\nhttp: { port: 0 }\nhealth: { port: 0 }\n'

/** Through a real pseudo-terminal, on the screen that a person would see. */
const bench: Bench = {
  package: 'hap',
  async run() {
    const why = await whyNoPty(PORTAL)
    if (why !== undefined) {
      console.log(`  Skipped: ${why}`)
      return []
    }
    const folder = mkdtempSync(join(tmpdir(), 'bzzz-bench-'))
    await fill(folder)
    writeFileSync(join(folder, 'hap.yaml'), CONFIGURATION)
    const figures = [...(await starting(folder)), ...(await pressing(folder))]
    rmSync(folder, { recursive: true })
    return figures
  },
}
export default bench

async function fill(folder: string): Promise<void> {
  const home = await openHome(folder)
  const writes = Array.from({ length: CONTEXTS }, (_, at) => ({
    address: `ucxl://ada:author@shop:checkout/${at}.md`,
    content: Buffer.from(`context ${at}`),
  }))
  await home.store.putAll(writes)
  await home.close()
}

async function start(folder: string): Promise<Terminal> {
  return startOnPty({
    program: PORTAL,
    args: ['--data', folder, 'portal', '-c', join(folder, 'hap.yaml')],
  })
}

async function starting(folder: string): Promise<Figure[]> {
  const first: number[] = []
  const joined: number[] = []
  const bare: number[] = []
  for (let round = 0; round < STARTS; round++) {
    let began = performance.now()
    execFileSync(process.execPath, ['--disable-warning=ExperimentalWarning', PORTAL, '--help'])
    bare.push(performance.now() - began)
    began = performance.now()
    const terminal = await start(folder)
    await terminal.until('Nothing awaits you.')
    first.push(performance.now() - began)
    await terminal.until('mesh: 0 peers')
    joined.push(performance.now() - began)
    terminal.press('q')
    await terminal.exited
  }
  const reference = { what: 'bzzz-hap --help', value: median(bare) }
  return [
    {
      what: 'start to the first screen with its contents',
      value: median(first),
      unit: 'ms',
      reference,
      ratio: median(first) / median(bare),
    },
    {
      what: 'start to being on the mesh, shown',
      value: median(joined),
      unit: 'ms',
      reference,
      ratio: median(joined) / median(bare),
    },
  ]
}

async function pressing(folder: string): Promise<Figure[]> {
  const terminal = await start(folder)
  await terminal.until('mesh: 0 peers')
  const still = await times(terminal)
  const writer = write(folder)
  terminal.press('5')
  await terminal.until('following  1/')
  const before = await countOf(terminal)
  const began = performance.now()
  const busy = await times(terminal)
  const log = await typing(terminal)
  const seconds = (performance.now() - began) / 1000
  const arrived = (await countOf(terminal)) - before
  terminal.press('q')
  await terminal.exited
  writer.kill()
  await once(writer, 'exit')
  return [
    {
      what: 'changes that arrived meanwhile, as the log has them',
      value: arrived / seconds,
      unit: '/s',
    },
    ...figuresOf('a key in a list of 10,000, nothing arrives', still),
    ...figuresOf(`a key in a list of 10,000, ${RATE} changes/s arrive`, busy),
    ...figuresOf(`a sign in the filter of the log, ${RATE} changes/s arrive`, log),
  ]
}

/** How many changes the log has. */
async function countOf(terminal: Terminal): Promise<number> {
  const count = /following +1\/(\d+)/
  return Number(count.exec(await terminal.until(count))?.[1])
}

/** From one row to the next: each key until its row is the chosen one on the screen. */
async function times(terminal: Terminal): Promise<number[]> {
  terminal.press('2')
  await terminal.until(`/${CONTEXTS}`)
  terminal.press('g')
  await terminal.until(` 1/${CONTEXTS}`)
  return measured(async (at) => {
    const began = performance.now()
    terminal.press('j')
    await terminal.until(` ${at + 2}/${CONTEXTS}`)
    return performance.now() - began
  })
}

async function typing(terminal: Terminal): Promise<number[]> {
  terminal.press('5')
  await terminal.until('What happened')
  terminal.press('/')
  await terminal.until(/\n \/\s*$/)
  const taken = await measured(async (at) => {
    // Signs, and away with them again.
    const isSign = at % 8 < 4
    const length = isSign ? (at % 8) + 1 : 7 - (at % 8)
    const began = performance.now()
    terminal.press(isSign ? '1' : 'backspace')
    await terminal.until(new RegExp(`\\n /${'1'.repeat(length)}\\s*$`))
    return performance.now() - began
  })
  terminal.press('escape')
  await terminal.until('? help')
  return taken
}

/** People do not type in time with anything: the waits between are of many lengths. */
async function measured(once_: (at: number) => Promise<number>): Promise<number[]> {
  const taken: number[] = []
  for (let at = 0; at < KEYS; at++) {
    taken.push(await once_(at))
    await new Promise((done) => setTimeout(done, 5 + ((at * 7) % 31)))
  }
  return taken
}

function figuresOf(what: string, taken: readonly number[]): Figure[] {
  const sorted = taken.toSorted((one, other) => one - other)
  const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? Number.NaN
  const p99 = at(0.99)
  return [
    { what: `${what}: to the screen, p50`, value: at(0.5), unit: 'ms' },
    { what: `${what}: p99`, value: p99, unit: 'ms', goal: '< 50 ms', met: p99 < 50 },
  ]
}

function write(folder: string): ChildProcess {
  const script = resolve(import.meta.dirname, 'write.ts')
  const flags = ['--conditions=@bzzz/source', '--disable-warning=ExperimentalWarning']
  return spawn(process.execPath, [...flags, script, folder, String(CONTEXTS), String(RATE)], {
    stdio: 'inherit',
  })
}
