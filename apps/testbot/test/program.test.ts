import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { loadedBy } from '../../../test/imports.ts'
import { scenarioJsonSchema } from '../src/scenario.ts'
import { call } from './call.ts'

test('nothing but the panel loads what draws it', () => {
  const source = join(import.meta.dirname, '../src')
  const draws = ['ink', 'react', '@bzzz/runtime/screen']
  const { files, packages } = loadedBy(join(source, 'main.ts'))
  expect([...files]).toContain(join(source, 'view/watch.ts'))
  expect(draws.filter((name) => packages.has(name))).toEqual([])
  expect(loadedBy(join(source, 'view/panel.ts')).packages).toContain('@bzzz/runtime/screen')
})

describe('the program', () => {
  const folders: string[] = []
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
  })
  const folder = () => {
    const made = mkdtempSync(join(tmpdir(), 'testbot-'))
    folders.push(made)
    return made
  }

  test('runs one by name, reports, and says afterwards how it was', async () => {
    const out = folder()
    const good = await call('run', 'forged-signatures', '--out', out)
    expect([good.status, good.text]).toEqual([
      0,
      expect.stringMatching(/✓ a forged transfer was refused: 0 got through[\s\S]*PASSED\n$/),
    ])
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('the victim has its money')
    expect(readFileSync(join(out, 'metrics.prom'), 'utf8')).toContain(
      'bzzz_bot_operations_total{behavior="forge",outcome="ok"}',
    )
    expect(readFileSync(join(out, 'junit.xml'), 'utf8')).toMatch(/failures="0"/)
    expect(await call('status', out)).toMatchObject({
      text: 'forged-signatures, seed 1: PASSED\n',
      status: 0,
    })
    const { text } = await call('report', join(out, 'log.ndjson'))
    expect(text).toContain('<td>forge</td>')
    const bad = await call(
      'run',
      'forged-signatures',
      '--break',
      'accepts-everything',
      '--out',
      out,
      '--seed',
      '7',
    )
    expect([bad.status, bad.text]).toEqual([
      1,
      expect.stringMatching(/✗ the victim has its money[\s\S]*FAILED\n$/),
    ])
    expect(readFileSync(join(out, 'junit.xml'), 'utf8')).toContain('<failure message="')
    expect((await call('status', out)).status).toBe(1)
  })

  test('lists, checks, plans, and refuses what is not there', async () => {
    expect((await call('list')).text.trimEnd().split('\n')).toHaveLength(36)
    expect(await call('validate', 'soak')).toEqual({
      text: 'It is well.\n',
      warned: '',
      status: 0,
    })
    expect((await call('run', 'soak', '--dry-run')).text).toContain(
      'first half: 1800 s, constant-rate',
    )
    const path = join(folder(), 'wrong.yaml')
    writeFileSync(path, 'name: x\n')
    expect(await call('validate', path)).toMatchObject({
      text: expect.stringContaining(`${path}:1:7: name`),
      status: 2,
    })
    expect(await call('run', path)).toMatchObject({
      text: '',
      warned: expect.stringContaining(`${path}:1:7: name`),
      status: 2,
    })
    expect(await call('run', 'nowhere')).toMatchObject({
      text: '',
      warned: expect.stringContaining('daily-users'),
      status: 2,
    })
    expect((await call('status', path)).status).toBe(2)
  })

  test('publishes the schema that it checks with', async () => {
    const file = readFileSync(
      join(import.meta.dirname, '../scenarios/scenario.schema.json'),
      'utf8',
    )
    expect(JSON.parse(file)).toEqual(JSON.parse(JSON.stringify(scenarioJsonSchema())))
    expect(JSON.parse((await call('schema')).text)).toEqual(JSON.parse(file))
  })
  test('says all of it as JSON too', async () => {
    const out = folder()
    const run = await call('run', 'forged-signatures', '--json', '--seed', 'x', '--out', out)
    expect(run.status).toBe(0)
    expect(JSON.parse(run.text)).toMatchObject({
      scenario: 'forged-signatures',
      seed: 'x',
      passed: true,
      summary: { total: { count: expect.any(Number) } },
    })
    const status = JSON.parse((await call('status', out, '--json')).text) as object
    expect(status).toMatchObject({ state: 'passed', seed: 'x', verdicts: expect.any(Array) })
    const list = JSON.parse((await call('list', '--json')).text) as object[]
    expect(list).toHaveLength(36)
    expect(list.find((each) => 'name' in each && each.name === 'soak')).toMatchObject({
      kind: 'soak',
      seconds: 3_600,
    })
    const path = join(out, 'wrong.yaml')
    writeFileSync(path, 'name: x\n')
    const wrong = await call('validate', path, '--json')
    expect([wrong.status, JSON.parse(wrong.text)]).toEqual([
      2,
      { ok: false, path, flaws: expect.arrayContaining([expect.objectContaining({ line: 1 })]) },
    ])
    const plan = await call('run', 'soak', '--dry-run', '--json', '--seed', '3')
    expect(JSON.parse(plan.text)).toMatchObject({ name: 'soak', seed: '3' })
  })

  test.each([
    [['run']],
    [['fly']],
    [['run', 'soak', '--fast']],
    [['run', 'soak', '--break', 'gently']],
    [['devnet', '--port', '65535']],
    [['devnet', '--block-ms', '0']],
    [['devnet', '--fund', 'ax1x:EUR:5']],
    [['completion', 'cmd']],
  ])('is told what is wrong with %j, with status 2', async (args) => {
    const { text, warned, status } = await call(...args)
    expect([text, status]).toEqual(['', 2])
    expect(warned).toMatch(/^error: /)
  })

  test('says what cannot be read or written, and what to do', async () => {
    const out = folder()
    expect(await call('report', join(out, 'none.ndjson'))).toMatchObject({
      text: '',
      warned: expect.stringMatching(/^ERR_BOT_LOG: .*none\.ndjson cannot be read/),
      status: 2,
    })
    const file = join(out, 'file')
    writeFileSync(file, '')
    expect((await call('run', 'soak', '--out', file)).status).toBe(2)
    expect((await call('status', out)).warned).toContain('Give the folder of run --out')
  })

  test.each(['', 'run', 'list', 'validate', 'schema', 'status', 'report', 'devnet', 'completion'])(
    'has help with examples: %s',
    async (command) => {
      const { text, status } = await call(...(command ? [command] : []), '--help')
      expect(status).toBe(0)
      expect(text).toMatch(/Examples:\n( {2}.+\n)+/)
    },
  )

  test('completes its commands, options and words', async () => {
    const { text } = await call('completion', 'bash')
    const words = (command: string) =>
      new RegExp(`^ *${command}\\) words='([^']*)'`, 'm').exec(text)?.[1]
    expect(words('run')?.split(' ')).toEqual(
      expect.arrayContaining(['--seed', '--real-time', '--plain', '--json', '--out', '--break']),
    )
    expect(words('completion')).toContain('bash zsh fish')
    expect(text).toContain('complete -F _bzzz_testbot bzzz-testbot')
    for (const shell of ['zsh', 'fish'])
      expect((await call('completion', shell)).text).toContain('devnet')
  })
})
