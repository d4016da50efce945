import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { median, type Bench, type Figure } from '../../../scripts/bench-harness.ts'
import type { DevSummary } from '../src/dev.ts'

const root = resolve(import.meta.dirname, '../../..')
const bundle = resolve(root, '../shared/data/peps.bundle')
const ROUNDS = 3

const bench: Bench = {
  package: 'agent',
  async run() {
    if (!existsSync(bundle)) {
      console.log(`  Skipped: ${bundle} is not there`)
      return []
    }
    const folder = mkdtempSync(join(tmpdir(), 'bzzz-bench-'))
    const runs: DevSummary[] = []
    const whole: number[] = []
    const git: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const start = performance.now()
      runs.push(JSON.parse(dev()) as DevSummary)
      whole.push((performance.now() - start) / 1000)
      git.push(gitAlone(join(folder, String(round))))
    }
    rmSync(folder, { recursive: true })
    const [first] = runs
    const seconds = median(runs.map(({ importMs }) => importMs / 1000))
    const alone = median(git)
    const memory = Math.max(...runs.map(({ peakMiB }) => peakMiB))
    const figures: Figure[] = [
      {
        what: `import ${first?.import.records} records with ${first?.import.versions} versions, signed, into SQLite`,
        value: seconds,
        unit: 's',
        reference: { what: 'git clone, log and cat-file alone', value: alone },
        ratio: seconds / alone,
        goal: '< 60 s',
        met: seconds < 60,
      },
      {
        what: 'the most memory, two nodes and the import',
        value: memory,
        unit: 'MiB',
        goal: '< 500 MiB',
        met: memory < 500,
      },
      {
        what: 'the whole command: two nodes up, import, checks, down',
        value: median(whole),
        unit: 's',
      },
    ]
    return figures
  },
}
export default bench

function dev(): string {
  const main = resolve(import.meta.dirname, '../src/main.ts')
  const flags = ['--conditions=@bzzz/source', '--disable-warning=ExperimentalWarning']
  return execFileSync(
    process.execPath,
    [...flags, main, 'dev', '--once', '--json', '--import', bundle],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  )
}

/** Seconds that git takes to give all the same bytes. */
function gitAlone(folder: string): number {
  const start = performance.now()
  const git = (args: string[], input?: string): string =>
    execFileSync('git', args, {
      encoding: 'latin1',
      maxBuffer: 1 << 30,
      ...(input ? { input } : {}),
    })
  git(['clone', '--quiet', '--bare', '--branch', 'main', bundle, folder])
  const log = git([
    '-C',
    folder,
    'log',
    '--first-parent',
    '-m',
    '--raw',
    '--no-abbrev',
    '-M',
    '--format=',
  ])
  const blobs = log.split('\n').flatMap((line) => {
    const id = line.split(' ')[3]
    return id && !/^0+$/.test(id) ? [id] : []
  })
  git(['-C', folder, 'cat-file', '--batch'], `${blobs.join('\n')}\n`)
  return (performance.now() - start) / 1000
}
