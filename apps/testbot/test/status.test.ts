import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { afterEach, describe, expect, test } from 'vitest'
import { appArguments } from '../../../test/app.ts'
import { readLog } from '../src/read-log.ts'
import { statusOf, statusText } from '../src/status.ts'

const here = { host: 'here', isAlive: (pid: number) => pid === 7 }
const operation = (at: number) => ({
  type: 'operation',
  behavior: 'look',
  bot: 'a',
  intendedAt: at,
  startedAt: at,
  endedAt: at + 5,
})
const run = (at: number, details: object = {}) => ({
  type: 'note',
  at,
  what: 'run',
  details: { scenario: 'x1', seed: 3, seconds: 60, pid: 7, host: 'here', ...details },
})
const note = (at: number, what: string, details: object = {}) => ({
  type: 'note',
  at,
  what,
  details,
})

describe('a folder', () => {
  const folders: string[] = []
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
  })
  function folderOf(...events: readonly object[]): string {
    const folder = mkdtempSync(join(tmpdir(), 'testbot-status-'))
    folders.push(folder)
    const text = events.map((event) => `${JSON.stringify(event)}\n`).join('')
    if (text !== '') writeFileSync(join(folder, 'log.ndjson'), text)
    return folder
  }

  test('of a run that goes on says how far it is', async () => {
    const folder = folderOf(
      run(1_000),
      note(1_000, 'phase', { name: 'warm' }),
      operation(2_000),
      note(3_000, 'phase', { name: 'hold' }),
      operation(4_000),
      { type: 'dropped', behavior: 'any', count: 2, at: 4_500 },
    )
    const status = await statusOf(folder, here)
    expect(status).toMatchObject({ state: 'running', phase: 'hold', seconds: 3.5, ofSeconds: 60 })
    expect(statusText(status, folder)).toBe(
      'x1, seed 3: RUNNING, 3.5 s of 60 s, phase hold\ndone 2, failed 0, not started 2, p50 5.0 ms, p99 5.0 ms\n',
    )
  })

  test('of a run whose process is gone says so, and what can be done', async () => {
    const folder = folderOf(run(0, { pid: 8 }), operation(100))
    appendFileSync(join(folder, 'log.ndjson'), '{"type":"opera')
    const status = await statusOf(folder, here)
    expect(status.state).toBe('killed')
    expect(statusText(status, folder)).toMatch(
      /^x1, seed 3: KILLED, 0\.1 s of 60 s, phase not begun\n[^]*bzzz-testbot report .*log\.ndjson > report\.html\n$/,
    )
    expect((await readLog(join(folder, 'log.ndjson'))).skipped).toBe(1)
    // Nobody here can know of a process of another machine.
    expect((await statusOf(folderOf(run(0, { pid: 8, host: 'there' })), here)).state).toBe(
      'running',
    )
  })

  test('that was used before is about the newest run', async () => {
    const folder = folderOf(
      run(0),
      operation(0),
      operation(10),
      note(20, 'verdicts'),
      run(1_000, { seed: 4 }),
      operation(1_500),
    )
    writeFileSync(
      join(folder, 'report.json'),
      JSON.stringify({ scenario: 'x1', seed: 3, passed: true, verdicts: [], trace: '' }),
    )
    const status = await statusOf(folder, here)
    expect(status).toMatchObject({ state: 'running', seed: 4, seconds: 0.505, total: { count: 1 } })
    appendFileSync(join(folder, 'log.ndjson'), `${JSON.stringify(note(2_000, 'verdicts'))}\n`)
    expect((await statusOf(folder, here)).state).toBe('passed')
  })

  test('with nothing in it, or with something else, is no run', async () => {
    await expect(statusOf(folderOf(), here)).rejects.toThrow('ENOENT')
    await expect(statusOf(folderOf(note(0, 'other')), here)).rejects.toThrow('ENOENT')
  })

  test('of a process that was killed has what it did', { timeout: 30_000 }, async () => {
    const folder = folderOf()
    const args = ['run', 'daily-users', '--real-time', '--plain', '--out', folder]
    const child = spawn(process.execPath, [...appArguments('testbot'), ...args], {
      stdio: 'ignore',
    })
    const ended = new Promise((done) => {
      child.on('exit', done)
    })
    const log = (): string => {
      try {
        return readFileSync(join(folder, 'log.ndjson'), 'utf8')
      } catch {
        return ''
      }
    }
    await expect.poll(log, { timeout: 20_000 }).toContain('"operation"')
    const machine = { host: JSON.parse(log().split('\n')[0]!).details.host as string }
    const isAlive = (pid: number): boolean => pid === child.pid && child.exitCode === null
    expect((await statusOf(folder, { ...machine, isAlive })).state).toBe('running')
    child.kill('SIGKILL')
    await ended
    const status = await statusOf(folder, { ...machine, isAlive: () => false })
    expect(status).toMatchObject({ state: 'killed', scenario: 'daily-users', phase: 'morning' })
    expect('total' in status && status.total.count).toBeGreaterThan(0)
  })
})
