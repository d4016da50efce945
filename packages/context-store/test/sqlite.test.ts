import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { identityFromSeed } from '@bzzz/identity'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { verifyRecord, type ContextStore } from '../src/index.ts'
import { openSqliteStore } from '../src/sqlite.ts'

const ADDRESS = 'ucxl://a:b@c:d/*^/shared'
const writer = identityFromSeed(new Uint8Array(32).fill(1))
let folder = ''
let file = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bzzz-sqlite-'))
  file = join(folder, 'store.db')
})
afterEach(async () => rm(folder, { recursive: true }))

/** The chain of the shared context, checked from its first version to its newest. */
async function checkedChain(store: ContextStore): Promise<number> {
  let previous: string | null = null
  let versions = 0
  for await (const { id, record } of store.history('a:b@c:d/shared')) {
    expect(record.previous).toBe(previous)
    expect(record.version).toBe(++versions)
    expect(verifyRecord(record).id).toBe(id)
    expect(await store.content(record.content ?? '')).toBeDefined()
    previous = id
  }
  return versions
}

function startWriter(count: number): {
  exit: Promise<unknown>
  acknowledged: () => number
  kill: () => void
} {
  const flags = ['--conditions=@bzzz/source', '--disable-warning=ExperimentalWarning']
  const script = resolve(import.meta.dirname, 'child-writer.ts')
  const child = spawn(process.execPath, [...flags, script, file, String(count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let lines = 0
  child.stdout.on('data', (chunk: Buffer) => {
    lines += chunk.toString().split('\n').length - 1
  })
  return {
    exit: once(child, 'close'),
    acknowledged: () => lines,
    kill: () => child.kill('SIGKILL'),
  }
}

describe('a store in a file', () => {
  test('is there again when it is opened again', async () => {
    const first = openSqliteStore({ file, writer, durability: 'full' })
    await first.put({ address: ADDRESS, content: new Uint8Array([1, 2, 3]) })
    await first.close()
    const second = openSqliteStore({ file })
    expect((await second.get(ADDRESS)).content).toEqual(new Uint8Array([1, 2, 3]))
    await second.close()
  })

  test('loses nothing of any where five processes make it and write the same context at once', async () => {
    const writers = Array.from({ length: 5 }, () => startWriter(60))
    await Promise.all(writers.map(async ({ exit }) => exit))
    expect(writers.map(({ acknowledged }) => acknowledged())).toEqual([60, 60, 60, 60, 60])
    const store = openSqliteStore({ file })
    expect(await checkedChain(store)).toBe(300)
    await store.close()
  })

  test('holds every acknowledged write, and no half one, when its process is killed', async () => {
    for (const goal of [1, 20, 100]) {
      const process = startWriter(100_000)
      while (process.acknowledged() < goal) await new Promise(setImmediate)
      process.kill()
      await process.exit
      const store = openSqliteStore({ file })
      expect(await checkedChain(store)).toBeGreaterThanOrEqual(process.acknowledged())
      await store.close()
    }
  })
})

describe('a file that is none of ours', () => {
  const refused = (reason: RegExp): object =>
    expect.objectContaining({ code: 'ERR_STORE_FILE', message: expect.stringMatching(reason) })

  test('is left as it is: no database at all, or one of another program', async () => {
    await writeFile(file, 'This is a text that somebody else needs. '.repeat(50))
    expect(() => openSqliteStore({ file })).toThrow(refused(/not a database/))
    const other = join(folder, 'other.db')
    const db = new DatabaseSync(other)
    db.exec('CREATE TABLE theirs (x)')
    db.close()
    expect(() => openSqliteStore({ file: other })).toThrow(refused(/another program/))
    const again = new DatabaseSync(other)
    expect(again.prepare('SELECT count(*) AS n FROM sqlite_schema').get()).toMatchObject({ n: 1 })
    again.close()
  })

  test('is refused where a newer release made it', async () => {
    await openSqliteStore({ file }).close()
    const db = new DatabaseSync(file)
    db.exec('PRAGMA user_version = 99')
    db.close()
    expect(() => openSqliteStore({ file })).toThrow(refused(/newer release \(schema 99/))
  })

  test('is refused where it cannot be made', () => {
    expect(() => openSqliteStore({ file: join(folder, 'no', 'such', 'folder.db') })).toThrow(
      refused(/unable to open/),
    )
  })
})

describe('a disk that fails', () => {
  test('gives a code, and what was written before stays', async () => {
    const store = openSqliteStore({ file, writer })
    await store.put({ address: ADDRESS, content: new Uint8Array(10) })
    const db = new DatabaseSync(file)
    const { page_count: pages } = db.prepare('PRAGMA page_count').get() as { page_count: number }
    db.close()
    const limited = openSqliteStore({ file, writer, maxPages: pages + 4 })
    const large = { address: ADDRESS, content: new Uint8Array(1_000_000) }
    await expect(limited.put(large)).rejects.toMatchObject({
      code: 'ERR_STORE_FILE',
      message: expect.stringMatching(/full/),
    })
    await limited.put({ address: ADDRESS, content: new Uint8Array(11) })
    await limited.close()
    expect(await checkedChain(store)).toBe(2)
    await store.close()
  })
})
