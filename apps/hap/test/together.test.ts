import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { claimsOf, findClashes, loadConfiguration } from '@bzzz/runtime'
import { processes, type Processes, type Running } from './processes.ts'

// An agent and a person's portal, each a process of its own, on the loopback: what they do together, and what
// is left where one of them is killed.

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

let all: Processes
beforeAll(async () => {
  all = processes('together')
  writeFileSync(join(all.folder, 'handler.mjs'), HANDLER)
  await hap('init', '--name', 'ada', '--role', 'lead', '--project', 'shop')
})
afterAll(async () => all.end())

const PORTS = ['--http-port', '0', '--health-port', '0']

/** A portal without a screen. */
async function portal(): Promise<Running> {
  return all.start('hap', '-d', join(all.folder, 'ada'), 'run', ...PORTS)
}

async function agent(to: Running): Promise<Running> {
  const worker = ['--worker-handler', 'program', '--worker-projects', 'shop']
  const program = ['--worker-command', process.execPath, '--worker-args', 'handler.mjs']
  const lease = ['--worker-lease-ms', '2000', '--worker-settle-ms', '500']
  const where = ['--home', join(all.folder, 'builder'), '--mesh-bootstrap', to.addresses[0]!]
  const who = ['--name', 'builder', '--about-roles', 'coder']
  return all.start('agent', 'run', ...who, ...where, ...PORTS, ...worker, ...program, ...lease)
}

async function hap(...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await all.run('hap', '-d', join(all.folder, 'ada'), ...args)
  if (status !== 0) throw new Error(stderr)
  return stdout
}

async function post(name: string): Promise<void> {
  const file = join(all.folder, 'task.json')
  writeFileSync(file, JSON.stringify({ title: 'Paint the door', attempts: 5 }))
  await hap('put', TASK.replace('paint', name), file)
}

async function textAt({ url }: Running, address: string): Promise<string> {
  const response = await fetch(`${url}/ucxl/${address.replace('ucxl://', '')}`)
  return response.ok ? response.text() : ''
}

test('an agent asks, the person answers, the agent decides, the person objects, and both see both', async () => {
  const ada = await portal()
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
  await all.kill(builder)
  await all.kill(ada)
}, 120_000)

test('killed at any time, neither loses what was acknowledged', async () => {
  const first = await portal()
  const builder = await agent(first)
  await post('again')
  await expect.poll(async () => hap('inbox'), WAIT).toContain('Which colour?')
  // The agent dies while it waits; the portal as soon as the answer is acknowledged.
  await all.kill(builder)
  await hap('answer', 'Which colour', 'blue')
  await all.kill(first)

  const second = await portal()
  expect(await hap('inbox')).toBe('Nothing waits for you.\n')
  await agent(second)
  const decision = 'ucxl://builder:coder@shop:again/ada/lead/decision.json'
  await expect.poll(async () => textAt(second, decision), WAIT).toContain('It is blue now.')
}, 120_000)

test('with default settings they do not collide', async () => {
  const agents = (await loadConfiguration({ kind: 'agent' })).value
  const people = (await loadConfiguration({ kind: 'human' })).value
  expect(findClashes([claimsOf('agent', agents), claimsOf('hap', people)])).toEqual([])
})
