import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { appArguments } from '../../../test/app.ts'

const node = appArguments('hap')
const bundle = fileURLToPath(new URL('../../../../shared/data/peps.bundle', import.meta.url))
const missing = !existsSync(bundle)
if (missing) console.warn(`Skipped: an import that is interrupted, since there is no ${bundle}`)

interface Outcome {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

interface Place {
  readonly folder: string
  readonly records: string
  readonly run: (...args: string[]) => Promise<Outcome>
}

/** A home and a repository with three records, the second of which depends on the first. */
function place(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'bzzz-hap-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const records = join(folder, 'shop')
  mkdirSync(records)
  const git = (...args: string[]): void => void execFileSync('git', ['-C', records, ...args])
  git('init', '--quiet')
  const commit = (name: string, text: string): void => {
    writeFileSync(join(records, name), text)
    git('add', '.')
    git('-c', 'user.name=Ada', '-c', 'user.email=a@example.org', 'commit', '-qm', name)
  }
  commit('0001-sqlite.md', '# Use SQLite\n\n## Status\n\naccepted\n')
  commit(
    '0002-one-file.md',
    '# One file\n\n* Status: accepted\n\nDepends on [it](0001-sqlite.md).\n',
  )
  commit('0003-backup.md', '# Copy it\n\n* Status: proposed\n\nBased on [it](0002-one-file.md).\n')
  const env = { ...process.env, NO_COLOR: '1', BZZZ_DATA: join(folder, 'home') }
  const run = async (...args: string[]): Promise<Outcome> =>
    new Promise((done) => {
      execFile(
        process.execPath,
        [...node, ...args],
        { env, cwd: records },
        (error, stdout, stderr) => {
          const status = typeof error?.code === 'number' ? error.code : error ? -1 : 0
          done({ status, stdout, stderr })
        },
      )
    })
  return { folder, records, run }
}

test('two commands: the records of a repository in, and why one of them is so', async () => {
  const { run } = place()
  const imported = await run('import', 'git', '.')
  expect(imported).toMatchObject({ status: 0, stderr: '' })
  expect(imported.stdout).toMatch(/^3 records, 3 new versions \(0 were here\)/)
  const unclear = await run('why', '000')
  expect(unclear).toMatchObject({
    status: 2,
    stdout: expect.stringMatching(/^Which of these 3/) as string,
  })
  expect((await run('why', '0003')).stdout.split('\n')).toEqual([
    '0003-backup.md: Copy it (proposed)',
    'ucxl://importer:archivist@shop:decisions/*~/0003-backup.md.json',
    '  justified_by 0002-one-file.md: One file (accepted) [verified]',
    '    requires 0001-sqlite.md: Use SQLite (accepted) [verified]',
    '',
  ])
  expect((await run('impact', '0001-sqlite')).stdout.split('\n').slice(2)).toEqual([
    '  requires 0002-one-file.md: One file (accepted) [verified]',
    '    justified_by 0003-backup.md: Copy it (proposed) [verified]',
    '',
  ])
})

test('a name that two records have is asked about', async () => {
  const { run, records } = place()
  mkdirSync(join(records, 'other'))
  writeFileSync(join(records, 'other/0001-sqlite.md'), '# Also\n\n## Status\n\naccepted\n')
  execFileSync('git', ['-C', records, 'add', '.'])
  const who = ['-c', 'user.name=Ada', '-c', 'user.email=a@b.c']
  execFileSync('git', ['-C', records, ...who, 'commit', '-qm', 'Other'])
  await run('import', 'git', '.')
  const why = await run('why', '0001-sqlite')
  expect(why.status).toBe(2)
  expect(why.stdout).toMatch(/^Which of these 2 is meant\?\n.*0001-sqlite.*\n.*other\/0001-sqlite/)
})

test('JSON for programs, with nothing else on standard output', async () => {
  const { run, folder } = place()
  const imported = await run('--json', 'import', 'git', '.')
  expect(JSON.parse(imported.stdout)).toMatchObject({ records: 3, decisions: { versions: 3 } })
  const again = await run('--json', 'import', 'git', '.')
  expect(JSON.parse(again.stdout)).toMatchObject({ versions: 0, decisions: { unchanged: 3 } })
  const found = await run('--json', 'search', 'file', 'after:2020-01-01')
  expect(JSON.parse(found.stdout)).toMatchObject([{ title: 'One file', status: 'accepted' }])
  const why = await run('--json', 'why', '0002-one-file')
  expect(JSON.parse(why.stdout)).toMatchObject({ links: [{ verdict: { status: 'verified' } }] })
  const out = join(folder, 'out')
  expect(JSON.parse((await run('--json', 'export', out)).stdout)).toMatchObject({ unchanged: 3 })
  expect(readFileSync(join(out, '0001-sqlite.md'), 'utf8')).toBe(
    '# Use SQLite\n\n## Status\n\naccepted\n',
  )
})

test('what is not there, is not understood, or cannot be read has its status', async () => {
  const { run, records } = place()
  expect(await run('why', 'nothing')).toMatchObject({ status: 3 })
  expect(await run('why', 'ucxl://a:b@c:d/e.json')).toMatchObject({
    status: 3,
    stderr: expect.stringContaining('ERR_CHAIN_START') as string,
  })
  expect(await run('search', 'nothing')).toMatchObject({ status: 3 })
  expect(await run('import', 'cvs', '.')).toMatchObject({ status: 2 })
  expect(await run('why')).toMatchObject({ status: 2 })
  expect(await run('why', 'x', '--depth', 'far')).toMatchObject({ status: 2 })
  expect(await run('import', 'git', 'nowhere')).toMatchObject({
    status: 3,
    stderr: expect.stringMatching(/^bzzz-hap: ERR_IMPORT_NOT_FOUND: /) as string,
  })
  expect(await run('import', 'headers', '.')).toMatchObject({ status: 3 })
  writeFileSync(join(records, 'map.json'), '{"statuses":{"x":"maybe"}}')
  expect(await run('import', 'git', '.', '--map', 'map.json')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('statuses.x') as string,
  })
  for (const args of [['--help'], ['import', '--help'], ['why', '--help']]) {
    expect(await run(...args)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('Example') as string,
    })
  }
})

test('a record that cannot be read is named with its line, and the status is 1', async () => {
  const { run, records } = place()
  writeFileSync(
    join(records, '0004-bad.md'),
    '---\nstatus: [accepted\n---\n# Bad\n\n## Decision\n\nNo.\n',
  )
  execFileSync('git', ['-C', records, 'add', '.'])
  execFileSync('git', [
    '-C',
    records,
    '-c',
    'user.name=Ada',
    '-c',
    'user.email=a@b.c',
    'commit',
    '-qm',
    'Bad',
  ])
  const { status, stdout } = await run('import', 'git', '.')
  expect(status).toBe(1)
  expect(stdout).toMatch(/Left out: 0004-bad\.md:\d \(ERR_IMPORT_SYNTAX\)/)
  expect(stdout).toContain('1 left out, since they could not be read.')
})

test('a reader that goes away does no harm', async () => {
  const { run, folder, records } = place()
  await run('import', 'git', '.')
  const child = spawn(
    'sh',
    ['-c', '"$@" | head -1', 'sh', process.execPath, ...node, 'why', '0003-backup'],
    {
      cwd: records,
      env: { ...process.env, BZZZ_DATA: join(folder, 'home') },
    },
  )
  let errors = ''
  child.stderr.on('data', (piece: Buffer) => (errors += piece.toString()))
  const [status] = (await once(child, 'close')) as [number]
  expect({ status, errors }).toEqual({ status: 0, errors: '' })
})

test.skipIf(missing)(
  'Ctrl-C keeps what is done, and the next run goes on',
  async () => {
    const { folder, run } = place()
    const child = spawn(process.execPath, [...node, '--json', 'import', 'git', bundle], {
      env: { ...process.env, BZZZ_DATA: join(folder, 'home') },
      stdio: 'ignore',
    })
    const exited = once(child, 'exit')
    // A mebibyte is written: it is in the middle of it. Of its progress it tells every two seconds, and
    // may be done before that.
    const written = (): number =>
      statSync(join(folder, 'home/contexts.db-wal'), { throwIfNoEntry: false })?.size ?? 0
    await expect.poll(written, { timeout: 60_000, interval: 5 }).toBeGreaterThan(1_048_576)
    child.kill('SIGINT')
    expect(await exited).toEqual([130, null])
    const { status, stdout } = await run('--json', 'import', 'git', bundle)
    const summary = JSON.parse(stdout) as {
      versions: number
      unchanged: number
      decisions: { versions: number; unchanged: number }
    }
    expect(status).toBe(0)
    expect(summary.unchanged).toBeGreaterThan(0)
    expect(summary.versions + summary.unchanged).toBe(3282)
    expect(summary.decisions.versions + summary.decisions.unchanged).toBe(3282)
  },
  120_000,
)

test('contexts are piped in and out, and what was wrong is said with its status', async () => {
  const { run, folder } = place()
  const address = 'ucxl://ada:author@shop:checkout/plan.md'
  const file = join(folder, 'plan.md')
  writeFileSync(file, 'one\n')
  expect(await run('put', address, file)).toMatchObject({ status: 0, stderr: '' })
  expect(await run('get', address)).toEqual({ status: 0, stdout: 'one\n', stderr: '' })
  expect(await run('get', address, 'gestern')).toMatchObject({ status: 2, stdout: '' })
  expect(await run('get', `${address}.txt`)).toMatchObject({ status: 3, stdout: '' })
})

test('completion knows every command and option, in a form that the shell reads', async () => {
  const { run } = place()
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { status, stdout } = await run('completion', shell)
    expect(status).toBe(0)
    for (const word of ['restore', 'impact', '--if-match', '--depth'])
      expect(stdout).toContain(word.replace(/^--/, shell === 'fish' ? '' : '--'))
  }
  const { stdout } = await run('completion', 'bash')
  // What a person would see after `bzzz-hap re<Tab>` and `bzzz-hap put --<Tab>`.
  const complete = (...words: string[]): string =>
    execFileSync('bash', [
      '-c',
      `${stdout}\nCOMP_WORDS=("$@"); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _bzzz_hap; echo "\${COMPREPLY[@]}"`,
      'bash',
      ...words,
    ]).toString()
  expect(complete('bzzz-hap', 'res').trim()).toBe('restore')
  expect(complete('bzzz-hap', 'config', 'p').trim()).toBe('print')
  expect(complete('bzzz-hap', 'put', '--')).toContain('--if-match')
  expect(complete('bzzz-hap', 'import', '')).toContain('madr')
})
