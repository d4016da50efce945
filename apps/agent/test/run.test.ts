import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { appArguments } from '../../../test/app.ts'

const node = appArguments('agent')

let folder = ''
const running: ChildProcess[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bzzz-agent-run-'))
})
afterEach(async () => {
  for (const child of running.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  rmSync(folder, { recursive: true })
})

function start(args: readonly string[], environment: Record<string, string> = {}): ChildProcess {
  const env = {
    PATH: process.env['PATH'] ?? '',
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '',
    NO_COLOR: '1',
    HOME: folder,
    ...environment,
  }
  const child = spawn(process.execPath, [...node, ...args], { env, cwd: folder, stdio: 'pipe' })
  running.push(child)
  return child
}

/** Runs a command to its end. */
async function run(args: readonly string[], environment?: Record<string, string>) {
  const child = start(args, environment)
  const text = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.on('data', (chunk: Buffer) => (text[name] += chunk))
  const [status] = (await once(child, 'close')) as [number]
  return { status, ...text }
}

interface Ready {
  readonly child: ChildProcess
  readonly url: string
  readonly health: string
  readonly addresses: readonly string[]
  readonly ms: number
}

/** An agent that runs on free ports, once it says that it is ready. */
async function agent(home: string, ...args: string[]): Promise<Ready> {
  const free = ['--http-port', '0', '--health-port', '0']
  const child = start(['run', '--home', home, ...free, ...args])
  for await (const line of createInterface({ input: child.stderr! })) {
    const said = JSON.parse(line) as Omit<Ready, 'child'> & { readonly msg: string }
    if (said.msg === 'ready') return { ...said, child }
  }
  throw new Error('It ended before it was ready')
}

describe('bzzz-agent run', { timeout: 60_000 }, () => {
  test('serves, says how it is, ends when it is told to, and keeps what it was given', async () => {
    const first = await agent('a')
    const plan = '/ucxl/claude:architect@shop:checkout/plan.md'
    expect((await fetch(`${first.url}${plan}`, { method: 'PUT', body: 'one' })).status).toBe(201)
    const port = new URL(first.health).port
    const status = await run(['status', '--health-port', port])
    expect(status).toMatchObject({ status: 0, stderr: '' })
    expect(status.stdout).toMatch(/^mesh +ok$/m)
    const json = await run(['status', '--health-port', port, '--json'])
    expect(JSON.parse(json.stdout)).toMatchObject({ status: 'ok' })
    first.child.kill('SIGTERM')
    expect(await once(first.child, 'exit')).toEqual([0, null])
    const again = await agent('a')
    expect(await (await fetch(`${again.url}${plan}`)).text()).toBe('one')
    // What was killed gives its folder back.
    again.child.kill('SIGKILL')
    await once(again.child, 'exit')
    await agent('a')
  })

  test('told to end while it is written to, it loses nothing that it acknowledged', async () => {
    const first = await agent('a')
    const acknowledged = new Set<string>()
    const over = new AbortController()
    const write = async (writer: number): Promise<void> => {
      for (let count = 0; !over.signal.aborted; count++) {
        const name = `${writer}-${count}`
        const body = { method: 'PUT', body: name, signal: AbortSignal.timeout(20_000) }
        try {
          const { ok } = await fetch(`${first.url}/ucxl/ada:lead@shop:load/${name}.txt`, body)
          if (ok) acknowledged.add(name)
        } catch {
          // Refused, or cut off: nobody was told that it is kept.
          return
        }
      }
    }
    const writers = [0, 1, 2, 3].map(async (writer) => write(writer))
    await expect.poll(() => acknowledged.size, { timeout: 20_000 }).toBeGreaterThan(200)
    first.child.kill('SIGTERM')
    await once(first.child, 'exit')
    over.abort()
    await Promise.all(writers)
    expect(first.child.exitCode).toBe(0)

    const second = await agent('a')
    const kept = new Set<string>()
    for (let after = ''; ;) {
      const query = new URLSearchParams({ pattern: 'ucxl://any:any@shop:load/*', limit: '1000' })
      if (after !== '') query.set('after', after)
      const page = (await (await fetch(`${second.url}/ucxi/query?${query.toString()}`)).json()) as {
        readonly versions: readonly { readonly address: string }[]
        readonly after?: string
      }
      for (const { address } of page.versions) kept.add(/([^/]+)\.txt$/.exec(address)?.[1] ?? '')
      if (page.after === undefined) break
      after = page.after
    }
    expect([...acknowledged].filter((name) => !kept.has(name))).toEqual([])
  })

  test('is alone in its folder', async () => {
    const { child } = await agent('a')
    const second = await run(['run', '--home', 'a', '--http-port', '0', '--health-port', '0'])
    expect(second.status).toBe(1)
    expect(second.stderr).toContain(`in use by process ${child.pid}`)
  })

  test('says which setting to change where a port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const port = String((server.address() as { port: number }).port)
    const { status, stderr } = await run([
      'run',
      '--home',
      'a',
      '--http-port',
      port,
      '--health-port',
      '0',
    ])
    server.close()
    expect(status).toBe(1)
    expect(stderr).toContain(`Port ${port} is in use: change http.port`)
  })

  test('ends, and says why, where another runs with its key; a restart does not', async () => {
    const meeting = await agent('meeting')
    const bootstrap = ['--mesh-bootstrap', meeting.addresses.join(',')]
    const met = async (home: string): Promise<Ready> => {
      const one = await agent(home, ...bootstrap)
      const known = async (): Promise<unknown> => (await fetch(`${one.health}/health`)).json()
      await expect
        .poll(known, { timeout: 20_000 })
        .toMatchObject({ services: { mesh: { details: { peers: 1 } } } })
      return one
    }
    const first = await met('a')
    first.child.kill('SIGKILL')
    await once(first.child, 'exit')
    const again = await met('a')
    mkdirSync(join(folder, 'copy'))
    copyFileSync(join(folder, 'a/identity.json'), join(folder, 'copy/identity.json'))
    const free = ['--http-port', '0', '--health-port', '0']
    const copy = await run(['run', '--home', 'copy', ...free, ...bootstrap])
    expect(copy.status).toBe(1)
    const said = copy.stderr.trim().split('\n')
    expect(said.at(-1)).toMatch(
      /^bzzz-agent: ERR_RUNTIME_IDENTITY_TWICE: Another node has run with the key of .*copy since 2/,
    )
    expect(said.some((line) => line.includes('"code":"ERR_RUNTIME_IDENTITY_TWICE"'))).toBe(true)
    // The one that was there before goes on.
    expect((await fetch(`${again.health}/readyz`)).status).toBe(200)
    expect(again.child.exitCode).toBe(null)
  })

  test('joins the nodes that it is configured to', async () => {
    const first = await agent('a')
    const second = await agent('b', '--mesh-bootstrap', first.addresses.join(','))
    const peers = async (): Promise<number> => {
      const said = (await (await fetch(`${second.health}/health`)).json()) as {
        readonly services: { readonly mesh: { readonly details: { readonly peers: number } } }
      }
      return said.services.mesh.details.peers
    }
    await expect.poll(peers, { timeout: 20_000 }).toBe(1)
  })
})

describe('bzzz-agent init, status and config', { timeout: 60_000 }, () => {
  test('init makes a key and a configuration, once', async () => {
    const made = await run(['init', '--home', 'a', '--json'])
    expect(made.status).toBe(0)
    const { did } = JSON.parse(made.stdout) as { did: string }
    expect(did).toMatch(/^did:key:z6Mk/)
    expect(readFileSync(join(folder, 'agent.yaml'), 'utf8')).toMatch(/^#   port: 8080 # /m)
    const again = await run(['init', '--home', 'a'])
    expect(again).toMatchObject({ status: 1, stdout: '' })
    expect(again.stderr).toMatch(/EEXIST/)
    expect((await run(['init', '--home', 'a', '--force', '--json'])).stdout).toContain(did)
    expect((await run(['config', 'check', 'agent.yaml'])).stdout).toBe('It is right.\n')
  })

  test('config print says where each value comes from', async () => {
    writeFileSync(
      join(folder, 'agent.yaml'),
      'http: { port: 1 }\nslurp: { token: hunter2 }\nworker: { apiKey: hunter2 }\n',
    )
    const printed = await run(['config', 'print', '--health-port', '3'], {
      BZZZ_LOG_LEVEL: 'debug',
    })
    const lines = printed.stdout.split('\n').map((line) => line.trim())
    expect(lines).toContain('port: 1 # agent.yaml:1')
    expect(lines).toContain('port: 3 # --health-port')
    expect(lines).toContain('level: debug # BZZZ_LOG_LEVEL')
    const { stdout } = await run(['config', 'print', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ configuration: { http: { port: 1 } } })
    expect(printed.stdout + stdout).not.toContain('hunter2')
    expect(JSON.parse((await run(['config', 'schema'])).stdout)).toHaveProperty('properties.mesh')
  })

  test('what is wrong in a configuration is said with its line, by every command', async () => {
    writeFileSync(join(folder, 'agent.yaml'), 'http:\n  prot: 1\n')
    for (const command of [
      ['run'],
      ['status'],
      ['config', 'print'],
      ['config', 'check', 'agent.yaml'],
    ]) {
      const { status, stdout, stderr } = await run(command)
      expect(status).toBe(command[1] === 'check' ? 1 : 2)
      expect(stdout + stderr).toContain(
        'agent.yaml:2:3: http.prot: there is no such key; did you mean http.port?',
      )
    }
  })

  test('an agent and a portal with default settings do not collide; two agents do', async () => {
    writeFileSync(join(folder, 'a.yaml'), 'kind: agent\n')
    writeFileSync(join(folder, 'hap.yaml'), 'kind: human\n')
    expect(await run(['config', 'check', 'a.yaml', 'hap.yaml'])).toMatchObject({ status: 0 })
    writeFileSync(join(folder, 'b.yaml'), 'home: b\n')
    const { status, stdout } = await run(['config', 'check', 'a.yaml', 'b.yaml', '--json'])
    expect(status).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      problems: [
        'a.yaml (http.port) and b.yaml (http.port) both listen on 8080: change one of them',
        'a.yaml (health.port) and b.yaml (health.port) both listen on 8081: change one of them',
      ],
    })
  })

  test('status of an agent that does not run is 5', async () => {
    expect(await run(['status', '--health-port', '1'])).toMatchObject({ status: 5, stdout: '' })
  })
})
