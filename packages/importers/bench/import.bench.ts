import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createMemoryStore, type ContextStore, type ContextWrite } from '@bzzz/context-store'
import { openSqliteStore } from '@bzzz/context-store/sqlite'
import { generateIdentity } from '@bzzz/identity'
import { keyOf, parse } from '@bzzz/ucxl-address'
import { median, type Bench, type Figure } from '../../../scripts/bench-harness.ts'
import { importDecisions, importRecords } from '../src/index.ts'

const BUNDLE = fileURLToPath(new URL('../../../../shared/data/peps.bundle', import.meta.url))
const ROUNDS = 5

const bench: Bench = {
  package: 'importers',
  async run() {
    if (!existsSync(BUNDLE)) {
      console.log(`  skipped: there is no ${BUNDLE}`)
      return []
    }
    const { versions, bytes } = await importRecords({ path: BUNDLE }, { store: forgetfulStore() })
    const ids = contentIds()
    const kept: number[] = []
    const decided: number[] = []
    const read: number[] = []
    const git: number[] = []
    // In turns, so that what else the machine does meets all alike.
    for (let round = 0; round < ROUNDS; round++) {
      const store = createMemoryStore({ writer: generateIdentity() })
      git.push(await seconds(() => gitAlone(ids)))
      read.push(await seconds(() => importRecords({ path: BUNDLE }, { store: forgetfulStore() })))
      kept.push(await seconds(() => importRecords({ path: BUNDLE }, { store })))
      await store.close()
      decided.push(await seconds(importAndDecide))
    }
    const megabytes = bytes / 1e6
    return [
      {
        what: 'import a bundle, into a store in memory',
        unit: 'versions/s',
        ...beside(versions, { of: kept, git, atLeast: 0.3 }),
      },
      {
        what: 'contents of a bundle, into a store in memory',
        unit: 'MB/s',
        ...beside(megabytes, { of: kept, git, atLeast: 0.3 }),
      },
      {
        what: 'import a bundle, into a store that keeps nothing',
        unit: 'versions/s',
        ...beside(versions, { of: read, git, atLeast: 0.5 }),
      },
      {
        what: 'import a bundle and make signed decisions of it, into SQLite',
        unit: 'versions/s',
        value: versions / median(decided),
        reference: {
          what: 'the same import without decisions, in memory',
          value: versions / median(kept),
        },
        ratio: median(kept) / median(decided),
      },
      { what: 'the same, from the first to the last', unit: 's', value: median(decided) },
      {
        what: `the file, for ${Math.round(megabytes)} MB of texts`,
        unit: 'MB',
        value: fileBytes / 1e6,
      },
    ]
  },
}
export default bench

let fileBytes = 0

/** Records and decisions, into a file. */
async function importAndDecide(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'importers-bench-'))
  try {
    const file = join(folder, 'contexts.db')
    const identity = generateIdentity()
    const store = openSqliteStore({ file, writer: identity })
    await importDecisions({ path: BUNDLE }, { store, identity })
    await store.close()
    fileBytes = statSync(file).size
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** So many per second, beside git's own. */
function beside(
  amount: number,
  { of, git, atLeast }: { of: readonly number[]; git: readonly number[]; atLeast: number },
): Pick<Figure, 'value' | 'reference' | 'ratio' | 'goal' | 'met'> {
  const ratio = median(git) / median(of)
  return {
    value: amount / median(of),
    reference: { what: 'the same git log and cat-file alone', value: amount / median(git) },
    ratio,
    goal: `>= ${atLeast} x`,
    met: ratio >= atLeast,
  }
}

async function seconds(run: () => unknown): Promise<number> {
  const begin = performance.now()
  await run()
  return (performance.now() - begin) / 1000
}

/** Runs `use` with a repository made of the bundle. */
function withRepository<Result>(use: (repository: string) => Result): Result {
  const repository = mkdtempSync(join(tmpdir(), 'importers-bench-'))
  try {
    execFileSync('git', ['init', '--quiet', '--bare', repository])
    execFileSync('git', ['-C', repository, 'fetch', '--quiet', BUNDLE, 'main:main'])
    return use(repository)
  } finally {
    rmSync(repository, { recursive: true })
  }
}

const LOG = ['log', '--first-parent', '--reverse', '--raw', '-M', '--no-abbrev', '--format=%H']

/** The contents that the log names, in its order. */
function contentIds(): string {
  const log = withRepository((repository) =>
    execFileSync('git', ['-C', repository, ...LOG, 'main'], { maxBuffer: 1e9 }).toString(),
  )
  const ids = log.matchAll(/^:\d+ 100\d+ [0-9a-f]+ ([0-9a-f]+) /gm)
  return [...ids].map(([, id]) => `${id}\n`).join('')
}

/** What git does of an import, with nobody reading what it prints. */
function gitAlone(ids: string): void {
  withRepository((repository) => {
    execFileSync('git', ['-C', repository, ...LOG, 'main'], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    execFileSync('git', ['-C', repository, 'cat-file', '--batch', '--buffer'], {
      input: ids,
      stdio: ['pipe', 'ignore', 'inherit'],
    })
  })
}

/** As much of a store as an import uses, without its work: what is left is the importer's own. */
function forgetfulStore(): ContextStore {
  const heads = new Map<string, number>()
  const putAll = async (writes: readonly ContextWrite[]): Promise<unknown[]> =>
    writes.map(({ address, content }) => {
      const key = keyOf(typeof address === 'string' ? parse(address) : address)
      const version = (heads.get(key) ?? 0) + 1
      heads.set(key, version)
      return { record: { key, version, size: content instanceof Uint8Array ? content.length : 0 } }
    })
  return { putAll, head: async () => undefined } as unknown as ContextStore
}
