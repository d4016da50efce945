import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Handler, Input, Work } from '../../src/handlers/handler.ts'
import { httpHandler } from '../../src/handlers/http.ts'
import { moduleHandler } from '../../src/handlers/module.ts'
import { programHandler } from '../../src/handlers/program.ts'
import { HANDLER_CASES, resultOf, SECRET, WORK, type Behaviour } from './handler-cases.ts'

// Waits are a tenth of what they are.
const schedule = (run: () => void, ms: number) => {
  const timer = setTimeout(run, ms / 10)
  return () => clearTimeout(timer)
}
const outputBytes = 64 * 1024

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bzzz-handlers-'))
})
afterAll(() => rmSync(folder, { recursive: true }))
const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections()
})

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const READ = `let text = ''; for await (const chunk of process.stdin) text += chunk
const { task, inputs, answers } = JSON.parse(text)
`
const ASK = `{ ask: { to: 'ada', question: 'Which colour?', choices: ['red', 'blue'] } }`
const ANSWER = `answers.length === 0 ? ${ASK} : { result: 'It is ' + answers[0].answer }`
const PROGRAMS: Readonly<Record<Behaviour, string>> = {
  works: `${READ}
    console.error('begun')
    console.log(JSON.stringify({ log: 'half' }))
    console.log(JSON.stringify({ result: task.title + ': ' + inputs[0].text, content_type: 'text/markdown' }))`,
  fails: `console.error('out of luck'); process.exit(3)`,
  hangs: `process.on('SIGTERM', () => {}); process.on('SIGINT', () => {}); console.error('begun'); setInterval(() => {}, 1000)`,
  floods: `process.stdout.on('error', () => {}); setInterval(() => { for (let i = 0; i < 100; i++) console.log('x'.repeat(10_000)) }, 0)`,
  'answers nonsense': `console.log('Sure! Here you are.')`,
  asks: `${READ}
    console.log(JSON.stringify(${ANSWER}))`,
}
const MODULES: Readonly<Record<Behaviour, string>> = {
  works: `export async function handle({ task, inputs }) {
    console.error('begun'); console.log('half')
    return { result: task.title + ': ' + inputs[0].text, content_type: 'text/markdown' }
  }`,
  fails: `export async function handle() { throw new Error('out of luck') }`,
  hangs: `export function handle() { for (;;); }`,
  floods: `export const handle = async () => 'x'.repeat(1_000_000)`,
  'answers nonsense': `export const handle = async () => ({ answer: 42 })`,
  asks: `export const handle = async ({ answers }) => (${ANSWER})`,
}
const ENDPOINTS: Readonly<Record<Behaviour, RequestListener>> = {
  works: (request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk))
    request.on('end', () => {
      const { messages } = JSON.parse(text) as { messages: { content: string }[] }
      const [title] = /(?<=# ).*/.exec(messages[1]!.content)!
      const input = /"text":"(.*?)"/.exec(messages[1]!.content)![1]
      const message = { role: 'assistant', content: `${title}: ${input}` }
      response.end(JSON.stringify({ model: 'm', choices: [{ message, finish_reason: 'stop' }] }))
    })
  },
  fails: (request, response) => {
    const message = `out of luck with ${request.headers.authorization}`
    response.writeHead(400).end(JSON.stringify({ error: { message } }))
  },
  hangs: () => {},
  floods: (_, response) => {
    const more = (): void => {
      while (response.write('x'.repeat(10_000)));
    }
    response.on('drain', more)
    more()
  },
  'answers nonsense': (_, response) => void response.end('<html>Welcome</html>'),
  asks: (request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk))
    request.on('end', () => {
      const { messages, tools } = JSON.parse(text) as {
        messages: { content: string }[]
        tools: object[]
      }
      const answer = /"answer":"(.*?)"/.exec(messages[1]!.content)?.[1]
      const args = JSON.stringify({ question: 'Which colour?', choices: ['red', 'blue'] })
      const call = { id: '1', type: 'function', function: { name: 'ask', arguments: args } }
      const message = answer
        ? { content: `It is ${answer}` }
        : { content: null, tool_calls: tools && [call] }
      response.end(JSON.stringify({ model: 'm', choices: [{ message, finish_reason: 'stop' }] }))
    })
  },
}

async function endpoint(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  servers.push(server)
  await new Promise((resolve) => server.once('listening', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
}

function program(name: string, text: string): Handler {
  const args = [file(`${name.replaceAll(' ', '-')}.program.mjs`, text)]
  const environment = { PATH: process.env['PATH'] }
  return programHandler({ command: process.execPath, args, environment, outputBytes, schedule })
}

function module(name: string, text: string): Handler {
  const path = file(`${name.replaceAll(' ', '-')}.module.mjs`, text)
  return moduleHandler({ path, outputBytes, memoryMiB: 32, schedule })
}

async function http(listener: RequestListener): Promise<Handler> {
  const url = await endpoint(listener)
  return httpHandler({
    url,
    model: 'm',
    apiKey: SECRET,
    askTo: ['ada'],
    outputBytes,
    schedule,
    now: Date.now,
  })
}

const KINDS: Readonly<Record<string, (behaviour: Behaviour) => Handler | Promise<Handler>>> = {
  program: (behaviour) => program(behaviour, PROGRAMS[behaviour]),
  module: (behaviour) => module(behaviour, MODULES[behaviour]),
  http: async (behaviour) => http(ENDPOINTS[behaviour]),
}

describe.each(Object.entries(KINDS))('a %s', (_, make) => {
  for (const { name, run } of HANDLER_CASES) test(name, async () => run(make))
})

/** Lets a handler work, and keeps what it printed. */
async function handle(
  handler: Handler,
  {
    work = WORK,
    signal = new AbortController().signal,
    onPrinted,
  }: { work?: Work; signal?: AbortSignal; onPrinted?: (text: string) => void } = {},
) {
  const printed: string[] = []
  const read = async (address: string): Promise<Input> => ({
    address,
    contentType: 'text/plain',
    content: Buffer.from('read later'),
  })
  const log = (text: string): void => {
    printed.push(text)
    onPrinted?.(text)
  }
  const result = resultOf(await handler.handle(work, { signal, log, read }))
  return { result, text: Buffer.from(result.content).toString(), printed: printed.join('') }
}

describe('a program', () => {
  test('what it prints is kept, and what it logs', async () => {
    const { printed } = await handle(program('works', PROGRAMS.works))
    expect(printed).toBe('begun\nhalf\n')
  })

  test('that does not exist is said', async () => {
    const none = join(folder, 'nowhere')
    const init = { command: none, args: [], environment: {}, outputBytes, schedule }
    await expect(handle(programHandler(init))).rejects.toMatchObject({
      code: 'ERR_RUNTIME_HANDLER',
      message: expect.stringContaining('could not be run'),
    })
  })

  test('that need not read what it is given may answer all the same', async () => {
    const { text } = await handle(
      program('deaf', `process.stdin.destroy(); console.log('{"result":{"a":1}}')`),
      {
        work: { ...WORK, instructions: 'x'.repeat(1_000_000) },
      },
    )
    expect(text).toBe('{"a":1}')
  })

  test('is ended with what it started', async () => {
    const pidFile = join(folder, 'pid')
    const child = `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)`
    const text = `import { spawn } from 'node:child_process'; import { writeFileSync } from 'node:fs'
      const child = spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { stdio: 'inherit' })
      writeFileSync(${JSON.stringify(pidFile)}, String(child.pid))
      console.log('{"result":"left a child behind"}'); process.exit(0)`
    await handle(program('parent', text))
    const pid = Number(readFileSync(pidFile, 'utf8'))
    const isAlive = (): boolean => {
      try {
        // A child that nobody waited for stays in the table of processes, as a zombie.
        return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
      } catch {
        return false
      }
    }
    await expect.poll(isAlive).toBe(false)
  })
})

describe('a module', () => {
  test('reads more, is told to end, and may return a text', async () => {
    const text = `export const handle = async (_, { read }) => (await read('ucxl://a:b@c:d/e')).text`
    expect((await handle(module('reads', text))).text).toBe('read later')
    const stop = new AbortController()
    const waits = `export const handle = (_, { signal }) => new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve('late')); console.log('begun') })`
    const onPrinted = (): void => stop.abort(new Error('enough'))
    const waiting = handle(module('waits', waits), { signal: stop.signal, onPrinted })
    await expect(waiting).rejects.toThrow('enough')
  })

  test.each([
    ['exports nothing', 'export default 1', 'exports no function called handle'],
    ['ends itself', 'export const handle = () => process.exit(1)', 'It ended with 1'],
    ['is no module', 'export const =', 'Unexpected token'],
    [
      'eats memory',
      `export const handle = () => { const all = []; for (;;) all.push(new Array(1e5).fill(all)) }`,
      'memory',
    ],
  ])('that %s fails alone', async (name, text, why) => {
    await expect(handle(module(name, text))).rejects.toMatchObject({
      code: 'ERR_RUNTIME_HANDLER',
      message: expect.stringContaining(why),
    })
  })
})

describe('an endpoint', () => {
  test('is asked again where it said that it did nothing, and not where nobody knows', async () => {
    let asked = 0
    const busy: RequestListener = (request, response) => {
      if (++asked < 3) response.writeHead(429, { 'retry-after': '0' }).end('{}')
      else ENDPOINTS.works(request, response)
    }
    const { text, printed, result } = await handle(await http(busy))
    expect(text).toBe('Fix login: the plan')
    expect(result.model).toBe('m')
    expect(printed).toBe('Asked again in 0 ms: it answered 429\n'.repeat(2))
    asked = 0
    const breaks: RequestListener = (request) => {
      asked++
      request.socket.destroy()
    }
    await expect(handle(await http(breaks))).rejects.toMatchObject({ code: 'ERR_RUNTIME_HANDLER' })
    expect(asked).toBe(1)
  })

  test('that fails five times in a row is left alone for half a minute, then tried once', async () => {
    let time = 1000
    let asked = 0
    let isWell = false
    const url = await endpoint((request, response) => {
      asked++
      if (isWell) ENDPOINTS.works(request, response)
      else response.writeHead(500).end('{}')
    })
    const handler = httpHandler({ url, model: 'm', outputBytes, schedule, now: () => time })
    const fails = async (): Promise<void> =>
      expect(handle(handler)).rejects.toMatchObject({ code: 'ERR_RUNTIME_HANDLER' })
    for (let times = 0; times < 5; times++) {
      expect(handler.circuit?.()).toEqual({ state: 'closed' })
      await fails()
    }
    expect(handler.circuit?.()).toEqual({ state: 'open', until: 31_000 })
    await fails()
    expect(asked).toBe(5)
    time = 31_000
    expect(handler.circuit?.()).toEqual({ state: 'half-open' })
    await fails()
    expect(handler.circuit?.()).toEqual({ state: 'open', until: 61_000 })
    isWell = true
    time = 61_000
    expect((await handle(handler)).text).toBe('Fix login: the plan')
    expect(handler.circuit?.()).toEqual({ state: 'closed' })
    expect(asked).toBe(7)
  })

  test('that says it is asked too much, or that the request is wrong, is not left alone', async () => {
    const handler = await http((_, response) => void response.writeHead(400).end('{}'))
    for (let times = 0; times < 6; times++) await expect(handle(handler)).rejects.toThrow('400')
    expect(handler.circuit?.()).toEqual({ state: 'closed' })
  })

  test('that is not there is said; so is an answer that was cut short', async () => {
    const url = await endpoint(ENDPOINTS.hangs)
    servers.pop()?.close()
    await expect(
      handle(httpHandler({ url, model: 'm', outputBytes, schedule, now: Date.now })),
    ).rejects.toThrow('ECONNREFUSED')
    const cut: RequestListener = (_, response) => {
      const choices = [{ message: { content: 'Half of' }, finish_reason: 'length' }]
      response.end(JSON.stringify({ choices }))
    }
    await expect(handle(await http(cut))).rejects.toThrow('cut short: length')
  })
})
