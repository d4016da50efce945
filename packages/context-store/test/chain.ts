import { expect } from 'vitest'
import { verifyRecord, type ContextStore } from '../src/index.ts'

/** The chain of the shared context, checked from its first version to its newest. */
export async function intactVersions(store: ContextStore): Promise<number> {
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
