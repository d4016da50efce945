import { expect, test } from 'vitest'
import type { DeliveryOutcome } from '../src/index.ts'
import { settle, START } from './clock.ts'
import { all, bench, draft } from './fixtures.ts'

const DAY = 86_400_000
const DECISIONS = 700

test('a service that is down for a week loses nothing, is not called without end, and gets all in order', async () => {
  let up = false
  let attempts = 0
  const taken: string[] = []
  const deliver = async ({ node }: { node: { title?: string } }): Promise<DeliveryOutcome> => {
    if (!up) attempts++
    if (up) taken.push(node.title ?? '')
    return up
      ? { outcome: 'delivered', state: 'accepted' }
      : { outcome: 'failed', reason: 'the service is down' }
  }
  const { client, clock, store, state, events } = bench({ deliver })
  // How many changes are read at once: what is pending is in the store, not in memory.
  let most = 0
  const changes = store.changes.bind(store)
  Object.assign(store, {
    changes: async (options?: Parameters<typeof changes>[0]) => {
      const page = await changes(options)
      most = Math.max(most, page.length)
      return page
    },
  })
  const names = Array.from({ length: DECISIONS }, (_, number) => `decision-${number}`)
  for (const [number, name] of names.entries()) {
    await client.publish(draft(name))
    const next = START + ((number + 1) * 7 * DAY) / DECISIONS
    for (let due = clock.next(); due !== undefined && due <= next; due = clock.next()) {
      clock.advanceTo(due)
      await settle(4)
    }
    clock.advanceTo(next)
  }
  expect(clock.now()).toBe(START + 7 * DAY)
  // Half of the longest wait, 150 s, fits 4,032 times into a week; the circuit's ones are shorter.
  expect(attempts).toBeGreaterThan(3900)
  expect(attempts).toBeLessThan(4100)
  expect(taken).toEqual([])
  expect(await all(client.pending())).toHaveLength(DECISIONS)
  expect(await state.page('dead')).toEqual([])
  expect(most).toBe(65)
  up = true
  clock.advance(300_000)
  await client.flush()
  expect(taken).toEqual(names)
  expect(events.filter(({ type }) => type === 'delivered')).toHaveLength(DECISIONS)
  await client.close()
})
