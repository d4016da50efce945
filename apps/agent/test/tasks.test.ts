import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { appArguments } from '../../../test/app.ts'

// Real agents, each in a process of its own. Starting one takes a second or more: the tests share them.

const node = appArguments('agent')

/** A handler that does what the task says, and tells in a file who began what. */
const HANDLER = `
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
let text = ''
for await (const chunk of process.stdin) text += chunk
const { task, inputs, attempt } = JSON.parse(text)
const isFirst = !existsSync('begun') || !readFileSync('begun', 'utf8').includes(task.title + ' ')
appendFileSync('begun', task.title + ' ' + process.ppid + ' ' + process.pid + '\\n')
console.error('attempt', attempt)
const { mode, ms = 0 } = task.data ?? {}
if (mode === 'flood') for (;;) console.log('x'.repeat(10_000))
if (mode === 'hang') { process.on('SIGTERM', () => {}); for (;;); }
if (mode === 'nonsense') { console.log('Sure!'); process.exit() }
await new Promise((resolve) => setTimeout(resolve, isFirst ? ms : 0))
const secrets = Object.keys(process.env).filter((name) => name.startsWith('BZZZ_'))
console.log(JSON.stringify({ result: { read: inputs.map(({ text }) => text), attempt, secrets } }))
`

interface Agent {
  readonly home: string
  readonly child: ChildProcess
  readonly url: string
  readonly health: string
  readonly addresses: readonly string[]
}

interface Said {
  readonly state: string
  readonly lease: number
  readonly attempt: number
  readonly code?: string
  readonly result?: string
  readonly decision?: string
  readonly log?: string
}

let folder = ''
let agents: Agent[] = []
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bzzz-agent-tasks-'))
  writeFileSync(join(folder, 'handler.mjs'), HANDLER)
  const first = await start('a')
  agents = [first, await start('b', '--mesh-bootstrap', first.addresses.join(','))]
  await joined(agents[1]!)
})
afterAll(async () => {
  for (const { child } of agents) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  rmSync(folder, { recursive: true })
})

async function start(home: string, ...args: string[]): Promise<Agent> {
  const free = ['--http-port', '0', '--health-port', '0']
  const program = ['--worker-command', process.execPath, '--worker-args', 'handler.mjs']
  const limits = ['--worker-time-limit-ms', '3000', '--worker-output-bytes', '100000']
  const lease = [
    '--worker-lease-ms',
    '2000',
    '--worker-settle-ms',
    '1500',
    '--worker-parallel',
    '4',
  ]
  const settings = ['--worker-handler', 'program', '--worker-projects', 'shop']
  const all = ['run', '--home', home, '--name', home, ...free, ...settings, ...program, ...limits]
  const env = {
    PATH: process.env['PATH'] ?? '',
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '',
    HOME: folder,
    BZZZ_SLURP_TOKEN: 'hunter2',
  }
  const options = { env, cwd: folder, stdio: 'pipe' } as const
  const child = spawn(process.execPath, [...node, ...all, ...lease, ...args], options)
  const lines = createInterface({ input: child.stderr })
  return new Promise((found, failed) => {
    child.once('exit', () => failed(new Error('It ended before it was ready')))
    // Read on to the end: what nobody reads would hold it up.
    lines.on('line', (line) => {
      const entry = JSON.parse(line) as Omit<Agent, 'child' | 'home'> & { readonly msg: string }
      if (entry.msg === 'ready') found({ ...entry, home, child })
    })
  })
}

async function joined(agent: Agent): Promise<void> {
  const look = async (): Promise<void> => {
    const { peers } = (await health(agent)).services.mesh.details
    if (peers !== 1) throw new Error(`It has ${peers} peers`)
  }
  await vi.waitFor(look, { timeout: 20_000 })
}

/** Posts a task that takes long; who works on it, and who does not. */
async function holderOf(task: string): Promise<[holder: Agent, other: Agent]> {
  await post(task, { data: { ms: 60_000 } })
  await expect.poll(() => begun(task), { timeout: 20_000 }).toHaveLength(1)
  const pid = begun(task)[0]?.agent
  const [first, second] = agents as [Agent, Agent]
  return first.child.pid === pid ? [first, second] : [second, first]
}

async function health({ health: url }: Agent) {
  const answer = await (await fetch(`${url}/health`)).json()
  return answer as {
    status: string
    services: Record<string, { details: Record<string, unknown> }>
  } & {
    services: { mesh: { details: { peers: number } } }
  }
}

/** Posts a task as anybody would: by writing it, under one name through one node. */
async function post(task: string, body: object): Promise<void> {
  const to = agents.find(({ home }) => home === 'a')!
  const response = await fetch(`${to.url}/ucxl/ada:lead@shop:${task}/task.json`, {
    method: 'PUT',
    headers: { 'content-type': 'application/vnd.ucxl.task+json' },
    body: JSON.stringify({ title: task, ...body }),
  })
  expect(response.ok).toBe(true)
}

/** What an agent says of a task, as a node sees it. */
async function said(name: string, task: string, at = agents[0]!): Promise<Said | undefined> {
  const url = `${at.url}/ucxl/${name}:worker@shop:${task}/ada/lead/claim.json`
  const response = await fetch(url)
  return response.ok ? ((await response.json()) as Said) : undefined
}

/** How it came out, and who did it, once somebody says so. */
async function outcome(
  task: string,
  { at = agents[0]!, ends = ['done', 'failed', 'released'] } = {},
): Promise<Said & { readonly by: string }> {
  let found: (Said & { readonly by: string }) | undefined
  const look = async (): Promise<boolean> => {
    for (const by of ['a', 'b']) {
      const one = await said(by, task, at)
      if (one && ends.includes(one.state)) found = { ...one, by }
    }
    return found !== undefined
  }
  await expect.poll(look, { timeout: 20_000 }).toBe(true)
  return found!
}

async function read(address: string, at = agents[0]!): Promise<string> {
  return (await fetch(`${at.url}/${address.replace('ucxl://', 'ucxl/')}`)).text()
}

/** Process ids of the agents that began a task, and of what they began. */
function begun(task: string): { readonly agent: number; readonly program: number }[] {
  const file = join(folder, 'begun')
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
  return lines
    .map((line) => line.split(' '))
    .filter(([title]) => title === task)
    .map(([, agent, program]) => ({ agent: Number(agent), program: Number(program) }))
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('two agents', { timeout: 60_000 }, () => {
  test('a task that is posted over HTTP is done by one of them, with a decision that cites what it read', async () => {
    const plan = `${agents[0]!.url}/ucxl/ada:lead@shop:spec/plan.md`
    await fetch(plan, { method: 'PUT', body: 'the plan' })
    await post('work', { inputs: ['ucxl://ada:lead@shop:spec/plan.md'], data: { ms: 1000 } })
    const { by, state, result, decision, log } = await outcome('work')
    expect(state).toBe('done')
    expect(begun('work')).toHaveLength(1)
    expect(JSON.parse(await read(result!))).toEqual({ read: ['the plan'], attempt: 1, secrets: [] })
    expect(await read(log!)).toBe('attempt 1\n')
    expect(JSON.parse(await read(decision!))).toMatchObject({
      agent_id: by,
      decision_type: 'task_completion',
      citations: [
        { ucxl_address: 'ucxl://ada:lead@shop:work/*~/task.json', version: 1 },
        { ucxl_address: 'ucxl://ada:lead@shop:spec/*~/plan.md', version: 1 },
      ],
      proof: {},
    })
    // The other node has all of it as well.
    expect(await outcome('work', { at: agents[1]! })).toMatchObject({ by, state: 'done' })
  })

  test('what is cancelled, past its deadline, or handled badly is ended and said, and both go on', async () => {
    const deadline = new Date(Date.now() + 3000).toISOString()
    await post('cancelled', { data: { ms: 60_000 } })
    await expect.poll(() => begun('cancelled'), { timeout: 20_000 }).toHaveLength(1)
    await post('late', { data: { ms: 60_000 }, deadline })
    await post('cancelled', { status: 'cancelled' })
    expect(await outcome('cancelled')).toMatchObject({ state: 'released' })
    expect(isAlive(begun('cancelled')[0]!.program)).toBe(false)
    for (const mode of ['flood', 'nonsense', 'hang'])
      await post(mode, { attempts: 1, data: { mode } })
    const codes = { flood: 'FLOOD', nonsense: 'ANSWER', hang: 'LATE', late: 'LATE' }
    for (const [task, code] of Object.entries(codes)) {
      const how = { state: 'failed', code: `ERR_RUNTIME_HANDLER_${code}` }
      expect(await outcome(task)).toMatchObject(how)
      for (const { program } of begun(task)) expect(isAlive(program)).toBe(false)
    }
    const metrics = await Promise.all(
      agents.map(async (agent) => (await fetch(`${agent.health}/metrics`)).text()),
    )
    for (const text of metrics) expect(text).toContain('bzzz_tasks{status="cancelled"} 1')
    for (const agent of agents) {
      expect(await health(agent)).toMatchObject({
        status: 'ok',
        services: { worker: { details: { running: [] } } },
      })
    }
  })

  test('one that is told to end hands back what it cannot finish, and the other one does it', async () => {
    const [holder, other] = await holderOf('handed-back')
    holder.child.kill('SIGTERM')
    expect(await once(holder.child, 'exit')).toEqual([0, null])
    expect(await outcome('handed-back', { at: other, ends: ['done'] })).toMatchObject({
      state: 'done',
      lease: 2,
      attempt: 1,
    })
    agents = [other, await start(holder.home, '--mesh-bootstrap', other.addresses.join(','))]
    await joined(agents[1]!)
  })

  test('when the one that holds a task is killed, the other one does it', async () => {
    const [holder, other] = await holderOf('survives')
    holder.child.kill('SIGKILL')
    // A program that outlives its agent has nobody to tell: it is not what counts.
    process.kill(begun('survives')[0]!.program, 'SIGKILL')
    expect(await outcome('survives', { at: other })).toMatchObject({
      state: 'done',
      lease: 2,
      attempt: 2,
    })
    expect(begun('survives')).toHaveLength(2)
  })
})
