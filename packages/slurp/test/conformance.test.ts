import { describe, test } from 'vitest'
import { storageConformance } from '../src/conformance.ts'
import { createMemoryStorage } from '../src/memory.ts'
import { openSqliteStorage } from '../src/sqlite.ts'

describe('in memory', () => {
  for (const { name, run } of storageConformance(async () => createMemoryStorage())) test(name, run)
})

describe('in SQLite', () => {
  const setup = async (): Promise<ReturnType<typeof openSqliteStorage>> =>
    openSqliteStorage({ file: ':memory:' })
  for (const { name, run } of storageConformance(setup)) test(name, run)
})
