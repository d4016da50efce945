import { createMemoryStore } from '@bzzz/context-store'
import { expect, test } from 'vitest'
import { createStoreReader } from '../src/index.ts'
import { START } from './clock.ts'
import { identity, SHOP } from './fixtures.ts'

const PLAN = `ucxl://${SHOP}/*^/plan.md`
const KEY = `${SHOP}/plan.md`
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const setUp = async () => {
  const clock = { now: START }
  const store = createMemoryStore({ writer: identity, now: () => clock.now })
  await store.put({ address: PLAN, content: bytes('Pay by card.') })
  clock.now += 1000
  await store.put({ address: PLAN, content: bytes('Pay by invoice.') })
  return store
}

test('an address is resolved to the version that it means, and its bytes are read', async () => {
  const reader = createStoreReader(await setUp())
  const found = await reader.resolve(PLAN.replace('*^', '~~1'))
  expect(found).toEqual({
    found: true,
    key: KEY,
    version: 1,
    contentId: 'bafkreifeiq72etzwab26ytsedvtpgtv4tyezcn3inlm4ldphkhexnm5og4',
    time: START,
  })
  const content = await reader.read(found.found ? found.contentId : '')
  expect(Buffer.from(content ?? '').toString()).toBe('Pay by card.')
})

test.each([
  ['another context', PLAN.replace('plan', 'other'), 'unavailable', 'not-found'],
  ['a version that is not here', PLAN.replace('*^', '*~9'), 'unavailable', 'out-of-range'],
  [
    'a moment before the first one',
    PLAN.replace('*^', '2020-01-01T00:00:00Z'),
    'unavailable',
    'out-of-range',
  ],
])(
  '%s may be elsewhere, and does not exist where the store has all there is',
  async (_, address, elsewhere, here) => {
    const store = await setUp()
    expect(await createStoreReader(store).resolve(address)).toMatchObject({
      found: false,
      reason: elsewhere,
    })
    const asked: string[] = []
    const isComplete = (key: string): boolean => asked.push(key) > 0
    const complete = createStoreReader(store, { isComplete })
    expect(await complete.resolve(address)).toMatchObject({ found: false, reason: here })
    expect(asked).toEqual([address.includes('other') ? `${SHOP}/other.md` : KEY])
  },
)

test('a deletion is a deletion, whoever else there is', async () => {
  const store = await setUp()
  await store.put({ address: PLAN, content: null })
  expect(await createStoreReader(store).resolve(PLAN)).toMatchObject({
    found: false,
    reason: 'gone',
  })
})

test('what this party may not read is unavailable, also where the store has all there is', async () => {
  const store = (await setUp()).restrictedTo({ may: () => false })
  const reader = createStoreReader(store, { isComplete: () => true })
  expect(await reader.resolve(PLAN)).toMatchObject({ found: false, reason: 'unavailable' })
})

test('a content that is not here is undefined, and other failures come through', async () => {
  const store = await setUp()
  const reader = createStoreReader(store)
  expect(await reader.read('bafkreigc6tum2uy4wyeni3pe7xb7rdfyd7bos2kfet57titvwkksvfpyma')).toBe(
    undefined,
  )
  await store.close()
  await expect(reader.resolve(PLAN)).rejects.toMatchObject({ code: 'ERR_STORE_CLOSED' })
})
