import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { runProgram } from '../src/program.ts'
import { createAuthor, sent } from './author.ts'
import { postgresStorages } from './postgres-server.ts'

const postgres = postgresStorages()
const TOKENS = { read: 'r'.repeat(16), deliver: 'd'.repeat(16), administer: 'a'.repeat(16) }

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bzzz-slurp-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Runs the command; it is ended with the test, or by what it gives. */
function run(args: readonly string[], database?: string) {
  const stop = new AbortController()
  const seen = { said: '', warned: '', status: 0 }
  const world = {
    signal: stop.signal,
    database,
    say: (text: string) => void (seen.said += text),
    warn: (line: string) => void (seen.warned += `${line}\n`),
    fail: (status: number) => void (seen.status = status),
  }
  const done = runProgram(world, args)
  const end = async (): Promise<void> => {
    stop.abort()
    await done
  }
  onTestFinished(end)
  return { seen, done, end }
}

/** The address of a service that was started. */
async function urlOf({ seen }: ReturnType<typeof run>): Promise<string> {
  await vi.waitFor(() => expect(seen.said).toContain('http'), { timeout: 10_000 })
  return seen.said.trim()
}

async function post(url: string, token?: string): Promise<number> {
  const delivery = sent(await createAuthor().publish('pay'))
  const headers = {
    'content-type': 'application/json',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  }
  const init = { method: 'POST', headers, body: JSON.stringify(delivery) }
  return (await fetch(`${url}/decisions`, init)).status
}

test('it serves a file, and what it took in is there when it is started again', async () => {
  const args = ['--file', join(folder, 'a.db'), '--port', '0', '--durability', 'full']
  const first = run(args)
  expect(await post(await urlOf(first))).toBe(201)
  await first.end()
  const second = run([...args, '--json'])
  await vi.waitFor(() => expect(second.seen.said).toContain('{'))
  const { url } = JSON.parse(second.seen.said) as { url: string }
  expect(await (await fetch(`${url}/counts`)).json()).toMatchObject({ versions: 1 })
  await second.end()
  expect([first.seen.status, second.seen.status, second.seen.warned]).toEqual([0, 0, ''])
})

test('each token lets in as far as its level', async () => {
  const lines = Object.entries(TOKENS).map(([level, token]) => `${level} ${token}`)
  const tokens = join(folder, 'tokens.txt')
  writeFileSync(tokens, `# who may do what\n\n${lines.join('\n')}\n`)
  const url = await urlOf(run(['--file', join(folder, 'a.db'), '--port', '0', '--tokens', tokens]))
  const get = async (path: string, token: string): Promise<number> =>
    (await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } })).status
  expect([await post(url), await post(url, 'x'.repeat(16))]).toEqual([401, 401])
  expect([await post(url, TOKENS.read), await post(url, TOKENS.deliver)]).toEqual([403, 201])
  const all = [TOKENS.read, TOKENS.deliver, TOKENS.administer]
  const status = async (path: string): Promise<number[]> =>
    Promise.all(all.map(async (token) => get(path, token)))
  expect(await status('/counts')).toEqual([200, 200, 200])
  expect(await status('/webhooks')).toEqual([403, 403, 200])
})

test('what is wrong is said in a line, with its status, and no token', async () => {
  const file = join(folder, 'a.db')
  const tokens = join(folder, 'tokens.txt')
  writeFileSync(tokens, `read ${TOKENS.read}\nwrite ${TOKENS.deliver}\n`)
  const asked: [string[], number, RegExp][] = [
    [['--port', 'x'], 2, /Expected a port from 0 to 65535/],
    [['--file', file, '--database', 'postgres://x/y'], 2, /cannot be used with/],
    [['--durability', 'some'], 2, /normal, full/],
    [['--file', file, '--host', '0.0.0.0'], 1, /^ERR_SLURP_BIND: /],
    [['--file', join(folder, 'no', 'a.db')], 1, /^ERR_SLURP_FILE: /],
    [['--file', file, '--tokens', join(folder, 'none.txt')], 1, /^ENOENT: /],
    [['--file', file, '--tokens', tokens], 1, /^Line 2 of the tokens: expected read, deliver/],
    [['--database', 'postgres://slurp:secret@127.0.0.1:1/x'], 1, /^ERR_SLURP_BUSY: /],
  ]
  for (const [args, status, message] of asked) {
    const { seen, done } = run(args)
    await done
    expect([seen.status, seen.said], args.join(' ')).toEqual([status, ''])
    expect(seen.warned).toMatch(message)
    expect(seen.warned).not.toMatch(/secret|dddd/)
  }
  const help = run(['--help'])
  await help.done
  expect(help.seen.status).toBe(0)
  expect(help.seen.said).toContain('Examples:')
})

test('two on one database answer from what either took in', async (context) => {
  context.skip(postgres.problem !== undefined, postgres.problem)
  const args = ['--schema', 'two', '--port', '0']
  const one = run([...args, '--database', postgres.server.url])
  const other = run(args, postgres.server.url)
  expect(await post(await urlOf(one))).toBe(201)
  const { status } = await fetch(`${await urlOf(other)}/decisions?q=pay`)
  expect(status).toBe(200)
  expect(await (await fetch(`${await urlOf(other)}/counts`)).json()).toMatchObject({ versions: 1 })
})

test('as a process it is ended by a signal, and leaves nothing half done', async () => {
  const flags = ['--conditions=@bzzz/source', '--disable-warning=ExperimentalWarning']
  const main = resolve(import.meta.dirname, '../src/main.ts')
  const child = spawn(process.execPath, [...flags, main, '--port', '0'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  child.stdout.setEncoding('utf8')
  const [line] = (await once(child.stdout, 'data')) as [string]
  expect(await post(line.trim())).toBe(201)
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
  expect(existsSync(join(folder, 'decisions.db'))).toBe(true)
  expect(existsSync(join(folder, 'decisions.db-wal'))).toBe(false)
})
