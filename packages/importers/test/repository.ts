import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { ContextStore, StoredVersion } from '@bzzz/context-store'
import { createMemoryStore } from '@bzzz/context-store'
import { onTestFinished, vi } from 'vitest'
import { identityFromSeed } from '@bzzz/identity'

/** What one commit does. */
interface CommitOptions {
  /** Committer's time. */
  readonly at: string
  /** Author's time; the committer's if left out. */
  readonly authored?: string
  readonly author?: string
  readonly message?: string
  readonly write?: Readonly<Record<string, string | Uint8Array>>
  readonly rename?: Readonly<Record<string, string>>
  readonly remove?: readonly string[]
}

export interface TestRepository {
  readonly path: string
  readonly git: (...args: string[]) => string
  /** @returns the commit's id. */
  readonly commit: (options: CommitOptions) => string
}

/** Runs git with nothing of the machine's own configuration. */
export function git(args: readonly string[], env: NodeJS.ProcessEnv = {}, input = ''): string {
  return execFileSync('git', args, {
    encoding: 'utf8',
    input,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_AUTHOR_NAME: 'Ada',
      GIT_AUTHOR_EMAIL: 'ada@example.org',
      GIT_COMMITTER_NAME: 'Grace',
      GIT_COMMITTER_EMAIL: 'grace@example.org',
      ...env,
    },
  })
}

/** A folder of this test's own, removed with it. */
export function temporaryFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'importers-test-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

export function createRepository(name = 'shop'): TestRepository {
  const path = join(temporaryFolder(), name)
  git(['init', '--quiet', '--initial-branch=main', path])
  const here = (...args: string[]): string => git(['-C', path, ...args])
  return {
    path,
    git: here,
    commit({ at, authored = at, author = 'Ada', message = 'Change', write, rename, remove = [] }) {
      for (const [from, to] of Object.entries(rename ?? {})) {
        mkdirSync(dirname(join(path, to)), { recursive: true })
        renameSync(join(path, from), join(path, to))
      }
      for (const file of remove) rmSync(join(path, file))
      for (const [file, text] of Object.entries(write ?? {})) {
        mkdirSync(dirname(join(path, file)), { recursive: true })
        writeFileSync(join(path, file), text)
      }
      here('add', '--all')
      git(['-C', path, 'commit', '--quiet', '--allow-empty', '-m', message], {
        GIT_AUTHOR_NAME: author,
        GIT_AUTHOR_DATE: authored,
        GIT_COMMITTER_DATE: at,
      })
      return here('rev-parse', 'HEAD').trim()
    },
  }
}

/** A repository with one record on main. */
export function createRecords(): TestRepository {
  const repository = createRepository()
  repository.commit({ at: '2020-01-01T00:00:00Z', write: { 'adr/0001-a.md': adr('A') } })
  return repository
}

/** Sets a variable of the environment for the rest of this test. */
export function stubEnv(name: string, value: string): void {
  vi.stubEnv(name, value)
  onTestFinished(() => {
    vi.unstubAllEnvs()
  })
}

/** A Markdown record, long enough that git sees a rename where little else changed. */
export function adr(title: string, status = 'accepted'): string {
  const body = Array.from({ length: 20 }, (_, line) => `${title}, reason ${line}: it is so.`)
  return `# ${title}\n\n## Status\n\n${status}\n\n## Decision\n\n${body.join('\n')}\n`
}

/** The test's clock: after all commits of the tests. */
const NOW = Date.parse('2026-01-01T00:00:00Z')

export function createStore(seed = 1, now = NOW): ContextStore {
  const writer = identityFromSeed(new Uint8Array(32).fill(seed))
  return createMemoryStore({ writer, now: () => now })
}

/** The versions of a record, each with its text, or null for a tombstone. */
export async function timeline(
  store: ContextStore,
  path: string,
  collection = 'importer:archivist@shop:decisions',
): Promise<{ version: StoredVersion['record']; text: string | null }[]> {
  const found: { version: StoredVersion['record']; text: string | null }[] = []
  for await (const { record } of store.history(`${collection}/${path}`)) {
    const bytes = record.content === null ? undefined : await store.content(record.content)
    found.push({ version: record, text: bytes ? Buffer.from(bytes).toString() : null })
  }
  return found
}

/** The addresses that a store has, as paths. */
export async function paths(store: ContextStore): Promise<string[]> {
  const found: string[] = []
  for await (const { record } of store.list('ucxl://any:any@any:any/*^/**')) {
    found.push(record.key.slice(record.key.indexOf('/') + 1))
  }
  return found
}
