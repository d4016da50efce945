import type { ContextStore, ContextWrite } from '@bzzz/context-store'
import { expect, test } from 'vitest'
import { createBatchWriter, type BatchItem } from '../src/batch-writer.ts'

/** A store that answers at once, heeds no signal, and tells what it was given. */
function eagerStore(): { readonly store: ContextStore; readonly batches: ContextWrite[][] } {
  const batches: ContextWrite[][] = []
  const putAll = async (writes: ContextWrite[]): Promise<unknown[]> => {
    batches.push(writes)
    return writes.map(({ ifVersion = 0, content }) => ({
      record: {
        key: 'k',
        version: ifVersion + 1,
        size: content instanceof Uint8Array ? content.length : 0,
      },
    }))
  }
  return { store: { putAll } as unknown as ContextStore, batches }
}

function item(bytes: number): BatchItem {
  return { key: 'k', name: 'a.md', write: { address: 'k', content: new Uint8Array(bytes) } }
}

const heads = new Map([['k', 7]])

test('a batch has at most 64 versions, and ends once it has 8 MiB', async () => {
  const { store, batches } = eagerStore()
  const writer = createBatchWriter({ store, heads, signal: undefined, onBatch: () => {} })
  for (let count = 0; count < 65; count++) await writer.add(item(1))
  for (let count = 0; count < 3; count++) await writer.add(item(5 * 1024 * 1024))
  await writer.flush()
  expect(batches.map((batch) => batch.length)).toEqual([64, 3, 1])
  expect(writer.versions).toBe(68)
  expect(writer.bytes).toBe(65 + 15 * 1024 * 1024)
})

test('each version is written only after the one that it follows', async () => {
  const { store, batches } = eagerStore()
  const writer = createBatchWriter({ store, heads, signal: undefined, onBatch: () => {} })
  for (let count = 0; count < 66; count++) await writer.add(item(1))
  await writer.flush()
  expect(batches[0]?.slice(0, 2).map(({ ifVersion }) => ifVersion)).toEqual([7, 8])
  expect(batches[1]?.map(({ ifVersion }) => ifVersion)).toEqual([71, 72])
})

test('others get a turn after each batch, though the store answers at once', async () => {
  const { store } = eagerStore()
  const events: string[] = []
  const onBatch = (): void => {
    events.push('batch')
    setImmediate(() => events.push('turn'))
  }
  const writer = createBatchWriter({ store, heads, signal: undefined, onBatch })
  for (let count = 0; count < 128; count++) await writer.add(item(1))
  expect(events).toEqual(['batch', 'turn', 'batch', 'turn'])
})

test('an abort ends it after the batch, though the store heeds no signal', async () => {
  const { store, batches } = eagerStore()
  const controller = new AbortController()
  const onBatch = (): void => controller.abort(new Error('enough'))
  const writer = createBatchWriter({ store, heads, signal: controller.signal, onBatch })
  await writer.add(item(1))
  await expect(writer.flush()).rejects.toThrow('enough')
  expect(batches).toHaveLength(1)
})

test('what is wrong with the store ends the import, and is told as it is', async () => {
  const broken = Object.assign(new Error('disk full'), { code: 'ERR_STORE_FILE' })
  let tries = 0
  const putAll = (): Promise<never> => {
    tries += 1
    return Promise.reject(broken)
  }
  const store = { putAll } as unknown as ContextStore
  const writer = createBatchWriter({ store, heads, signal: undefined, onBatch: () => {} })
  await writer.add(item(1))
  await expect(writer.flush()).rejects.toBe(broken)
  expect(writer.refused).toEqual([])
  expect(tries).toBe(1)
})
