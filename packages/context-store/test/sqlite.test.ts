import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import { identityFromSeed } from '@bzzz/identity'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Change } from '../src/index.ts'
import { openSqliteStore } from '../src/sqlite.ts'
import { intactVersions } from './chain.ts'

const ADDRESS = 'ucxl://a:b@c:d/*^/shared'
const writer = identityFromSeed(new Uint8Array(32).fill(1))
let folder = ''
let file = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bzzz-sqlite-'))
  file = join(folder, 'store.db')
})
afterEach(async () => rm(folder, { recursive: true }))

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

  test('has what was asked for before it was closed, also what was still being signed', async () => {
    const first = openSqliteStore({ file, writer })
    const at = (turn: number): string => `ucxl://agent:role@shop:task/*^/${turn}.md`
    const writes = Array.from({ length: 20 }, async (_, turn) =>
      first.put({ address: at(turn), content: new Uint8Array([turn]) }),
    )
    await setImmediate()
    await setImmediate()
    await first.close()
    await Promise.all(writes)
    const second = openSqliteStore({ file })
    expect((await second.stats()).versions).toBe(20)
    expect((await second.check()).problems).toEqual([])
    await second.close()
  })

  test('waits for no signature that does not come', async () => {
    const stuck = {
      ...writer.toJSON(),
      publicKey: writer.publicKey,
      sign: (bytes: Uint8Array) => writer.sign(bytes),
      signAsync: async () => new Promise<never>(() => {}),
      toJSON: () => writer.toJSON(),
    }
    const store = openSqliteStore({ file, writer: stuck })
    const writes = Array.from({ length: 3 }, async (_, turn) =>
      store.put({
        address: `ucxl://agent:role@shop:task/*^/${turn}.md`,
        content: Buffer.from('x'),
      }),
    )
    expect((await Promise.all(writes)).map(({ record }) => record.version)).toEqual([1, 1, 1])
    expect((await store.check()).problems).toEqual([])
    await store.close()
  })

  test('loses nothing of any where five processes make it and write the same context at once', async () => {
    const writers = Array.from({ length: 5 }, () => startWriter(60))
    await Promise.all(writers.map(async ({ exit }) => exit))
    expect(writers.map(({ acknowledged }) => acknowledged())).toEqual([60, 60, 60, 60, 60])
    const store = openSqliteStore({ file })
    expect(await intactVersions(store)).toBe(300)
    await store.close()
  })

  test('tells those who watch it of what another process writes, in order and once', async () => {
    const store = openSqliteStore({ file })
    const seen: Change[] = []
    const stop = store.watch((changes) => seen.push(...changes))
    const writers = Array.from({ length: 4 }, () => startWriter(25))
    await Promise.all(writers.map(async ({ exit }) => exit))
    await vi.waitFor(() => expect(seen).toHaveLength(100), 5000)
    stop()
    expect(seen.map(({ record }) => record.version)).toEqual(seen.map((_, place) => place + 1))
    await store.close()
  })

  test('reads what another process wrote, though it read the version before just now', async () => {
    const store = openSqliteStore({ file, writer })
    const other = openSqliteStore({ file, writer })
    const read = async (): Promise<number> => (await store.get(ADDRESS)).record.version
    await store.put({ address: ADDRESS, content: new Uint8Array(1) })
    expect(await read()).toBe(1)
    expect(await read()).toBe(1)
    await other.put({ address: ADDRESS, content: new Uint8Array(2) })
    expect(await read()).toBe(2)
    await store.close()
    await other.close()
  })

  test('goes on with what another process wrote, and with what was not undone', async () => {
    const store = openSqliteStore({ file, writer })
    const other = openSqliteStore({ file, writer })
    const write = { address: ADDRESS, content: new Uint8Array(1) }
    const numbers: number[] = []
    for (const by of [store, other, other, store, store, other])
      numbers.push((await by.put(write)).record.version)
    expect(numbers).toEqual([1, 2, 3, 4, 5, 6])
    await expect(other.putAll([write, { ...write, ifVersion: 1 }])).rejects.toMatchObject({
      code: 'ERR_STORE_CONFLICT',
    })
    expect((await other.put(write)).record.version).toBe(7)
    expect(await intactVersions(store)).toBe(7)
    await store.close()
    await other.close()
  })

  test('is copied while it is written, and the copy is whole', async () => {
    const store = openSqliteStore({ file, writer })
    for (let number = 0; number < 200; number++)
      await store.put({ address: ADDRESS, content: Buffer.alloc(5000, String(number)) })
    const copy = join(folder, 'copy.db')
    const progress: number[] = []
    const writing = Promise.all(
      Array.from({ length: 50 }, async (_, number) =>
        store.put({ address: ADDRESS, content: Buffer.from(`later ${number}`) }),
      ),
    )
    await store.backup(copy, { onProgress: (done) => progress.push(done) })
    await writing
    const copied = openSqliteStore({ file: copy })
    expect(await intactVersions(copied)).toBeGreaterThanOrEqual(200)
    expect((await copied.check()).problems).toEqual([])
    await copied.close()
    await expect(store.backup(join(folder, 'no', 'folder.db'))).rejects.toMatchObject({
      code: 'ERR_STORE_FILE',
    })
    await expect(store.backup(copy, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    })
    await store.close()
  })

  test('has nothing left in it of what was redacted', async () => {
    const store = openSqliteStore({ file, writer })
    const secret = 'swordfishswordfish'
    for (const text of [`the password is ${secret}`, 'clean', 'clean again'])
      await store.put({ address: ADDRESS, content: Buffer.from(text), contentType: 'text/plain' })
    const large = Buffer.alloc(600_000, secret)
    const other = { address: 'ucxl://a:b@c:d/*^/large', content: large, contentType: 'text/plain' }
    await store.put(other)
    expect((await store.search(secret)).hits).toHaveLength(0)
    expect((await store.search(`${secret.slice(0, 6)}*`)).hits).toHaveLength(1)
    await store.redact('ucxl://a:b@c:d/*~1/shared', 'a password')
    await store.redact(other.address, 'many of them')
    for (const name of await readdir(folder)) {
      const bytes = await readFile(join(folder, name))
      expect(bytes.includes(secret), name).toBe(false)
      expect(bytes.includes('swordfish'), name).toBe(false)
    }
    expect((await store.check()).problems).toEqual([])
    await store.close()
  })

  test('says what is wrong with it where bytes on the disk were changed', async () => {
    const store = openSqliteStore({ file, writer })
    for (const text of ['one', 'two', 'three', 'four'])
      await store.put({ address: ADDRESS, content: Buffer.from(text) })
    await store.put({ address: ADDRESS, content: Buffer.alloc(600_000, 'x') })
    await store.close()
    const db = new DatabaseSync(file)
    db.exec("UPDATE contents SET bytes = CAST('2wo' AS BLOB) WHERE number = 2")
    db.exec(
      `UPDATE versions SET record = replace(record, '"size":5', '"size":6') WHERE version = 3`,
    )
    db.exec(`UPDATE versions SET id = 'x' || id WHERE version = 4`)
    db.exec('UPDATE pieces SET bytes = zeroblob(length(bytes)) WHERE place = 1')
    db.close()
    const damaged = openSqliteStore({ file })
    const { problems, versions } = await damaged.check()
    expect(versions).toBe(5)
    expect(problems.map(({ kind, version }) => [kind, version])).toEqual([
      ['content', 2],
      ['record', 3],
      ['record', 4],
      ['record', 5],
      ['content', 5],
    ])
    await damaged.close()
  })

  test('says where contents cannot be found by their ids', async () => {
    const store = openSqliteStore({ file, writer })
    await store.put({ address: ADDRESS, content: Buffer.from('one') })
    await store.close()
    const db = new DatabaseSync(file)
    db.exec('DELETE FROM content_ids_0')
    db.close()
    const damaged = openSqliteStore({ file })
    expect((await damaged.check()).problems).toEqual([
      { kind: 'file', message: '1 contents are not in the index of their ids' },
    ])
    await damaged.close()
  })

  test('keeps nothing of a stream that failed', async () => {
    const store = openSqliteStore({ file, writer })
    const broken = (async function* () {
      yield Buffer.alloc(600_000)
      throw new Error('gone')
    })()
    await expect(store.put({ address: ADDRESS, content: broken })).rejects.toThrow('gone')
    const db = new DatabaseSync(file)
    const counted = db.prepare(
      'SELECT (SELECT count(*) FROM pieces) AS pieces, (SELECT count(*) FROM contents) AS contents',
    )
    expect(counted.get()).toMatchObject({ pieces: 0, contents: 0 })
    db.close()
    await store.close()
  })

  test('sweeps what a killed process had half written of a stream, a day later', async () => {
    const first = openSqliteStore({ file, writer, now: () => 1_000_000 })
    const hang = Promise.withResolvers<void>()
    const never = first.put({
      address: ADDRESS,
      content: (async function* () {
        yield Buffer.alloc(600_000)
        await hang.promise
      })(),
    })
    const pieces = (): unknown => {
      const db = new DatabaseSync(file, { readOnly: true })
      const row = db.prepare('SELECT count(*) AS n FROM pieces').get()
      db.close()
      return row?.['n']
    }
    await vi.waitFor(() => expect(pieces()).toBe(2))
    await openSqliteStore({ file, now: () => 1_000_000 + 3_600_000 }).close()
    expect(pieces()).toBe(2)
    await openSqliteStore({ file, now: () => 1_000_001 + 86_400_000 }).close()
    expect(pieces()).toBe(0)
    hang.resolve()
    await never.catch(() => {})
    await first.close()
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

  test('is refused where it is damaged, or the damage is told when it is met', async () => {
    const store = openSqliteStore({ file, writer })
    for (let number = 0; number < 200; number++)
      await store.put({ address: ADDRESS, content: Buffer.alloc(3000, String(number)) })
    await store.close()
    const bytes = await readFile(file)
    bytes.fill(0xa5, 40_960, 200_000)
    await writeFile(file, bytes)
    const read = async (): Promise<unknown> => {
      const damaged = openSqliteStore({ file })
      try {
        return await intactVersions(damaged)
      } finally {
        await damaged.close()
      }
    }
    await expect(read()).rejects.toMatchObject({
      code: expect.stringMatching(/^ERR_STORE_(DAMAGED|FILE)$/),
    })
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
      code: 'ERR_STORE_FULL',
      message: expect.stringMatching(/full/),
    })
    await limited.put({ address: ADDRESS, content: new Uint8Array(11) })
    await limited.close()
    expect(await intactVersions(store)).toBe(2)
    await store.close()
  })

  test.skipIf(!canMount())('that is really full gives a code, and nothing is lost', async () => {
    const mount = join(folder, 'disk')
    await mkdir(mount)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', mount], { stdio: 'pipe' })
    try {
      const full = join(mount, 'store.db')
      const store = openSqliteStore({ file: full, writer })
      let written = 0
      const write = async (): Promise<void> => {
        for (; written < 1000; written++)
          await store.put({ address: ADDRESS, content: Buffer.alloc(20_000, String(written)) })
      }
      await expect(write()).rejects.toMatchObject({ code: 'ERR_STORE_FULL' })
      expect(written).toBeGreaterThan(10)
      expect(await intactVersions(store)).toBe(written)
      await store.close()
      const again = openSqliteStore({ file: full, readOnly: true })
      expect(await intactVersions(again)).toBe(written)
      await again.close()
    } finally {
      execFileSync('umount', [mount])
    }
  })
})

describe('a file that may only be read', () => {
  test('is read, and a write says that it cannot be', async () => {
    const first = openSqliteStore({ file, writer })
    await first.put({ address: ADDRESS, content: Buffer.from('kept') })
    await first.close()
    const store = openSqliteStore({ file, writer, readOnly: true })
    expect(Buffer.from((await store.get(ADDRESS)).content).toString()).toBe('kept')
    const write = store.put({ address: ADDRESS, content: Buffer.from('x') })
    await expect(write).rejects.toMatchObject({ code: 'ERR_STORE_READ_ONLY' })
    const { record } = await store.resolve(ADDRESS)
    await expect(store.addContent(record.content ?? '', Buffer.from('kept'))).rejects.toMatchObject(
      {
        code: 'ERR_STORE_READ_ONLY',
      },
    )
    expect((await store.search('nothing')).hits).toEqual([])
    await store.close()
  })
})

/** Mounting takes a privilege that not every machine gives its tests. */
function canMount(): boolean {
  const point = mkdtempSync(join(tmpdir(), 'bzzz-mount-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', point], { stdio: 'pipe' })
    execFileSync('umount', [point])
    return true
  } catch {
    return false
  } finally {
    rmSync(point, { recursive: true, force: true })
  }
}
