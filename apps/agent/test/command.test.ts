import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { appArguments } from '../../../test/app.ts'

const node = appArguments('agent')
const RECORD = `# Use SQLite

* Status: accepted

## Context and Problem Statement

Where do versions rest?

## Decision Outcome

SQLite.
`

let folder = ''
let records = ''
let home = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bzzz-agent-'))
  records = await mkdtemp(join(folder, 'records-'))
  home = await mkdtemp(join(folder, 'home-'))
  await writeFile(join(records, '0001-use-sqlite.md'), RECORD)
})
afterAll(async () => rm(folder, { recursive: true }))

interface Outcome {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

async function run(...args: string[]): Promise<Outcome> {
  const env = { ...process.env, NO_COLOR: '1', TMPDIR: home }
  return new Promise((done) => {
    execFile(
      process.execPath,
      [...node, ...args],
      { env, cwd: folder },
      (error, stdout, stderr) => {
        done({
          status: typeof error?.code === 'number' ? error.code : error ? -1 : 0,
          stdout,
          stderr,
        })
      },
    )
  })
}

describe('bzzz-agent dev', () => {
  test('imports, reads through the second node, checks itself, and ends with status 0', async () => {
    const { status, stdout, stderr } = await run('dev', '--import', records, '--once')
    expect(stderr).toBe('')
    expect(status).toBe(0)
    expect(stdout).toContain('1 decision records with 1 versions')
    expect(stdout).toContain('5 of 5 checks hold')
    expect(stdout).not.toContain('\u001B')
    expect(await readdir(home)).toEqual([])
  })

  test('gives its summary as JSON, and nothing else on standard output', async () => {
    const { status, stdout } = await run(
      'dev',
      '--import',
      records,
      '--once',
      '--json',
      '--project',
      'own',
    )
    expect(status).toBe(0)
    const summary = JSON.parse(stdout) as { checks: { ok: boolean }[] }
    expect(summary).toMatchObject({
      import: { records: 1, versions: 1, collection: 'importer@own' },
    })
    expect(summary.checks.map(({ ok }) => ok)).toEqual([true, true, true, true, true])
  })

  test('keeps its nodes in a folder where one is named, and imports only what is new', async () => {
    const data = join(folder, 'kept')
    const args = ['dev', '--import', records, '--once', '--data', data]
    expect((await run(...args)).stdout).toContain('1 decision records with 1 versions')
    const again = await run(...args)
    expect(again.status).toBe(0)
    expect(again.stdout).toContain('1 were there already')
    expect((await readdir(data)).toSorted()).toEqual(['archive', 'reader'])
  })

  test('stays up until it is told to end, and ends cleanly, though nobody reads along any more', async () => {
    const child = spawn(process.execPath, [...node, 'dev', '--import', records, '--port', '0'], {
      env: { ...process.env, NO_COLOR: '1', TMPDIR: home },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let told = ''
    for await (const chunk of child.stdout) {
      told += String(chunk)
      if (told.includes('Both nodes are up')) break
    }
    const [, url] = /# the newest version\n +curl '(http:\S+)'/.exec(told) ?? []
    expect(await (await fetch(url ?? '')).text()).toBe(RECORD)
    child.kill('SIGTERM')
    const [status] = (await once(child, 'exit')) as [number]
    expect(status).toBe(0)
    expect(await readdir(home)).toEqual([])
  })
})

describe('what goes wrong has its code, says what to do, and leaves nothing behind', () => {
  test.each([
    [['--import', 'nowhere'], 'ERR_IMPORT_NOT_FOUND', 3],
    [['--import', import.meta.filename], 'ERR_IMPORT_NOT_A_REPOSITORY', 1],
  ])('%j: %s', async (args, code, expected) => {
    const { status, stderr } = await run('dev', '--once', ...args)
    expect(status).toBe(expected)
    expect(stderr).toContain(`bzzz-agent: ${code}: `)
    expect(stderr).not.toMatch(/\n\s+at /)
    expect(await readdir(home)).toEqual([])
  })

  test('a folder without records', async () => {
    const empty = await mkdtemp(join(folder, 'empty-'))
    const { status, stderr } = await run('dev', '--once', '--import', empty)
    expect([status, stderr]).toEqual([3, expect.stringContaining('ERR_IMPORT_NO_RECORDS')])
  })

  test('a port in use', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as { port: number }
    const { status, stderr } = await run(
      'dev',
      '--once',
      '--import',
      records,
      '--port',
      String(port),
    )
    taken.close()
    expect([status, stderr]).toEqual([
      1,
      expect.stringContaining(`ERR_UCXI_PORT: Cannot listen on 127.0.0.1:${port}`),
    ])
    expect(await readdir(home)).toEqual([])
  })

  test('a data folder that is none', async () => {
    const file = join(records, '0001-use-sqlite.md')
    const { status, stderr } = await run('dev', '--once', '--import', records, '--data', file)
    expect(status).toBe(1)
    expect(stderr).toMatch(/^bzzz-agent: E[A-Z]+: /)
  })

  test('words on the command line that mean nothing are status 2', async () => {
    for (const args of [
      ['dev', '--unknown'],
      ['dev', '--port', '70000'],
      ['fly'],
      ['dev', '--once'],
    ]) {
      const { status, stderr } = await run(...args)
      expect([args, status]).toEqual([args, 2])
      expect(stderr.length).toBeGreaterThan(20)
    }
  })

  test('help is no error, and shows examples', async () => {
    const { status, stdout } = await run('dev', '--help')
    expect(status).toBe(0)
    expect(stdout).toContain('bzzz-agent dev --import peps.bundle --once --json')
  })
})
