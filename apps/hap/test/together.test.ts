import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { claimsOf, findClashes, loadConfiguration } from '@bzzz/runtime'

// An agent and a person's portal, each a process of its own, on the loopback: what they do together, and what
// is left where one of them is killed.

const apps = resolve(import.meta.dirname, '../..')
const node = ['--conditions=@bzzz/source', '--disable-warning=ExperimentalWarning']
const TASK = 'ucxl://ada:lead@shop:paint/task.json'
const WAIT = { timeout: 30_000, interval: 200 }

/** Asks for a colour, and says which one it took. */
const HANDLER = `
let text = ''
for await (const chunk of process.stdin) text += chunk
const { answers } = JSON.parse(text)
const [given] = answers
console.log(JSON.stringify(given
  ? { result: 'Painted ' + given.answer, summary: 'It is ' + given.answer + ' now.' }
  : { ask: { to: 'ada', question: 'Which colour?', choices: ['red', 'blue'] } }))
`

interface Running {
  readonly child: ChildProcess
  readonly url: string
  readonly addresses: readonly string[]
}

let folder = ''
const running = new Set<ChildProcess>()
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bzzz-together-'))
  writeFileSync(join(folder, 'handler.mjs'), HANDLER)
  await hap('init', '--name', 'ada', '--role', 'lead', '--project', 'shop')
})
afterAll(async () => {
  for (const child of running) await kill(child)
  rmSync(folder, { recursive: true, force: true })
})

function environment(): NodeJS.ProcessEnv {
  const { PATH, NODE_COMPILE_CACHE } = process.env
  return { PATH, NODE_COMPILE_CACHE, HOME: folder }
}

async function start(app: string, ...args: string[]): Promise<Running> {
  const main = join(apps, app, 'src/main.ts')
  const options = { env: environment(), cwd: folder, stdio: 'pipe' } as const
  const child = spawn(process.execPath, [...node, main, ...args], options)
  running.add(child)
  const lines = createInterface({ input: child.stderr })
  return new Promise((found, failed) => {
    child.once('exit', () => failed(new Error('It ended before it was ready')))
    lines.on('line', (line) => {
      const entry = JSON.parse(line) as Omit<Running, 'child'> & { readonly msg: string }
      if (entry.msg === 'ready') found({ ...entry, child })
    })
  })
}

/** A portal without a screen, as it is by default: at 8090, beside an agent at 8080. */
async function portal(...args: string[]): Promise<Running> {
  return start('hap', '-d', join(folder, 'ada'), 'run', ...args)
}

async function agent(join_: Running): Promise<Running> {
  const worker = ['--worker-handler', 'program', '--worker-projects', 'shop']
  const program = ['--worker-command', process.execPath, '--worker-args', 'handler.mjs']
  const lease = ['--worker-lease-ms', '2000', '--worker-settle-ms', '500']
  const where = ['--home', join(folder, 'builder'), '--mesh-bootstrap', join_.addresses[0]!]
  const ports = ['--http-port', '0', '--health-port', '0']
  const who = ['--name', 'builder', '--about-roles', 'coder']
  return start('agent', 'run', ...who, ...where, ...ports, ...worker, ...program, ...lease)
}

async function kill(child: ChildProcess): Promise<void> {
  running.delete(child)
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

async function hap(...args: string[]): Promise<string> {
  const main = join(apps, 'hap/src/main.ts')
  const all = [...node, main, '-d', join(folder, 'ada'), ...args]
  return new Promise((done, failed) => {
    const options = { env: environment(), cwd: folder }
    execFile(process.execPath, all, options, (error, stdout, stderr) => {
      if (error) failed(new Error(stderr, { cause: error }))
      else done(stdout)
    })
  })
}

async function post(name: string): Promise<void> {
  const file = join(folder, 'task.json')
  writeFileSync(file, JSON.stringify({ title: 'Paint the door', attempts: 5 }))
  await hap('put', TASK.replace('paint', name), file)
}

async function textAt({ url }: Running, address: string): Promise<string> {
  const response = await fetch(`${url}/ucxl/${address.replace('ucxl://', '')}`)
  return response.ok ? response.text() : ''
}

test('an agent asks, the person answers, the agent decides, the person objects, and both see both', async () => {
  const ada = await portal('--http-port', '0', '--health-port', '0')
  const builder = await agent(ada)
  await post('paint')
  await expect.poll(async () => hap('inbox'), WAIT).toContain('Which colour?')
  await hap('answer', 'Which colour', 'red')

  const decision = 'ucxl://builder:coder@shop:paint/ada/lead/decision.json'
  await expect.poll(async () => textAt(ada, decision), WAIT).toContain('It is red now.')
  const why = await hap('why', decision)
  expect(why).toMatch(/informed_by .*\[verified\]/)
  expect(await hap('inbox')).toBe('Nothing waits for you.\n')

  const objection = 'ucxl://ada:lead@shop:paint/decisions/not-red.json'
  await hap('decide', objection, 'It hurts.', '-t', 'Not red', '--contradicts', decision)
  await expect.poll(async () => textAt(builder, objection), WAIT).toContain('It hurts.')
  expect(await textAt(builder, decision)).toContain('It is red now.')
  expect(await hap('why', decision)).toContain('It is contradicted by not-red: Not red')
  await kill(builder.child)
  await kill(ada.child)
}, 120_000)

test('killed at any time, neither loses what was acknowledged', async () => {
  const first = await portal('--http-port', '0', '--health-port', '0')
  const builder = await agent(first)
  await post('again')
  await expect.poll(async () => hap('inbox'), WAIT).toContain('Which colour?')
  // The agent dies while it waits; the portal as soon as the answer is acknowledged.
  await kill(builder.child)
  await hap('answer', 'Which colour', 'blue')
  await kill(first.child)

  const second = await portal('--http-port', '0', '--health-port', '0')
  expect(await hap('inbox')).toBe('Nothing waits for you.\n')
  await agent(second)
  const decision = 'ucxl://builder:coder@shop:again/ada/lead/decision.json'
  await expect.poll(async () => textAt(second, decision), WAIT).toContain('It is blue now.')
}, 120_000)

test('with default settings they do not collide', async () => {
  for (const child of running) await kill(child)
  const agents = (await loadConfiguration({ kind: 'agent' })).value
  const people = (await loadConfiguration({ kind: 'human' })).value
  expect(findClashes([claimsOf('agent', agents), claimsOf('hap', people)])).toEqual([])
})
