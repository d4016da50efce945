import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { storeConformance } from '../src/conformance.ts'
import { createMemoryStore } from '../src/index.ts'
import { openSqliteStore } from '../src/sqlite.ts'

describe('the store in memory', () => {
  for (const { name, run } of storeConformance(async (init) => createMemoryStore(init)))
    test(name, run)
})

describe('the store in SQLite', () => {
  let folder = ''
  let number = 0
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bzzz-store-'))
  })
  afterAll(async () => rm(folder, { recursive: true }))
  const setup = async (init: object): Promise<ReturnType<typeof openSqliteStore>> =>
    openSqliteStore({ ...init, file: join(folder, `${number++}.db`) })
  for (const { name, run } of storeConformance(setup)) test(name, run)
})
