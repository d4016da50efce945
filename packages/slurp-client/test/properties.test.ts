import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { DeliveryOutcome } from '../src/index.ts'
import { readAnswer } from '../src/answer.ts'
import { backoffMs } from '../src/backoff.ts'
import { createClock, settle } from './clock.ts'
import { all, bench, draft, hasty } from './fixtures.ts'

const FATES = ['taken', 'failed', 'taken, and not told', 'refused'] as const
const step = fc.oneof(
  { weight: 3, arbitrary: fc.constant('publish' as const) },
  { weight: 1, arbitrary: fc.constantFrom('restart' as const, 'flush' as const) },
)

test('whatever the service does, and whenever the client is restarted, each decision is taken once and in order, or a dead letter', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 25 }),
      fc.array(fc.constantFrom(...FATES), { maxLength: 40 }),
      async (steps, fates) => {
        const taken: string[] = []
        const refused: string[] = []
        const deliver = async ({
          node: { title = '' },
        }: {
          node: { title?: string }
        }): Promise<DeliveryOutcome> => {
          const fate = fates.shift() ?? 'taken'
          if (fate === 'failed') return { outcome: 'failed', reason: 'down' }
          if (fate === 'refused' && !taken.includes(title)) {
            refused.push(title)
            return { outcome: 'refused', reason: 'no', status: 422 }
          }
          const known = taken.includes(title)
          if (!known) taken.push(title)
          if (fate === 'taken, and not told') throw new Error('the connection was lost')
          return { outcome: 'delivered', state: known ? 'known' : 'accepted' }
        }
        const clock = createClock()
        let at = bench({ deliver, ...hasty(clock) }, { clock })
        const published: string[] = []
        for (const [number, what] of steps.entries()) {
          if (what === 'publish') {
            const name = `decision-${number}`
            await at.client.publish(draft(name))
            published.push(name)
          } else if (what === 'flush') await at.client.flush()
          else {
            await at.client.close()
            at = at.again()
          }
        }
        // A wait that was begun before a restart has nobody to hasten it.
        clock.advance(3_600_000)
        await settle(2)
        await at.client.flush()
        // A refusal that came while the client was closed was not heard, and asked for again.
        const dead = new Set(refused.filter((name) => !taken.includes(name)))
        expect(taken).toEqual(published.filter((name) => !dead.has(name)))
        expect((await all(at.client.deadLetters())).map(({ key }) => key.split('/')[2])).toEqual(
          [...dead].map((name) => `${name}.json`),
        )
        expect(await all(at.client.pending())).toEqual([])
        await at.client.close()
      },
    ),
    { numRuns: 100 },
  )
})

test('no answer makes anything but an outcome, and none but a proper one is delivered', () => {
  const sent = { decisionId: 'd', contentId: 'c' }
  const said = { decision_id: 'd', address: 'a', version: 1, content_id: 'c' }
  const proper = fc
    .constantFrom('accepted', 'known', 'held')
    .map((state) => JSON.stringify({ ...said, state }))
  fc.assert(
    fc.property(
      fc.integer({ min: 200, max: 599 }),
      fc.oneof(fc.string(), fc.json(), proper),
      fc.option(fc.string()),
      (status, body, retryAfter) => {
        const outcome = readAnswer({ status, body, retryAfter }, sent, 0)
        const isProper = (status === 200 || status === 201) && body.startsWith('{"decision_id":"d"')
        expect(outcome.outcome === 'delivered').toBe(isProper)
        if (outcome.outcome !== 'delivered') expect(outcome.reason).toMatch(/^[^\p{Cc}]+$/u)
      },
    ),
  )
})

test('a wait is never shorter than 20 ms, nor longer than the limit', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.double({ min: 0, max: 0.999_999, noNaN: true }),
      (failures, chance) => {
        const wait = backoffMs(failures, { firstMs: 500, maxMs: 300_000 }, () => chance)
        expect(wait).toBeGreaterThanOrEqual(20)
        expect(wait).toBeLessThanOrEqual(Math.min(300_000, 500 * 2 ** (failures - 1)))
      },
    ),
  )
})
