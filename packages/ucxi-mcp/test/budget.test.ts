import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pack } from '../src/results/budget.ts'
import { DECISION, openWorld, PLACE, PLAN, type Called } from './world.ts'

const NASTY = fc.stringMatching(/^[\s\S]{0,300}$/)
const TEXT = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 4000 }),
  fc
    .array(fc.constantFrom('"', '\\', '\n', '𝒳', 'a', '\u0000'), { maxLength: 4000 })
    .map((all) => all.join('')),
)

function longest({ text, data, failed }: Called): number {
  return failed ? text.length : Math.max(text.length, JSON.stringify(data).length)
}

test('no answer is longer than it may be, and its parts make up the whole', async () => {
  const { store, connect } = await openWorld()
  const { call } = await connect()
  await fc.assert(
    fc.asyncProperty(TEXT, fc.integer({ min: 500, max: 3000 }), async (body, max) => {
      const clean = Buffer.from(body).toString()
      await store.put({ address: PLAN, content: Buffer.from(body), contentType: 'text/plain' })
      let read = ''
      for (let offset: unknown = 0; offset !== undefined;) {
        const part = await call('ucxl_get', { address: PLAN, offset, max_chars: max })
        expect(longest(part)).toBeLessThanOrEqual(max)
        if (part.failed) {
          // Not even one character fits beside what has to be said.
          expect(part.code).toBe('ERR_MCP_BUDGET')
          return
        }
        read += String(part.data['text'])
        offset = part.data['next']
      }
      expect(read).toBe(clean)
    }),
    { numRuns: 60 },
  )
})

test('lists, diffs and chains keep to it too', async () => {
  const { store, connect } = await openWorld()
  const { call } = await connect()
  for (let index = 0; index < 12; index++) {
    const content = Buffer.from(`${'word '.repeat(40)}${index}\n"quoted" \\ and 𝒳\n`.repeat(5))
    await store.put({ address: PLAN, content, contentType: 'text/plain' })
    const address = `ucxl://${PLACE}/${'long-name-'.repeat(index * 3)}${index}.md`
    await store.put({ address, content, contentType: 'text/plain' })
  }
  const citations = [{ address: PLAN }]
  for (let index = 0; index < 8; index++)
    await call('decision_publish', { ...DECISION, title: `Decision ${index}`, citations })
  const asked = [
    ['ucxl_query', {}],
    ['ucxl_query', { text: 'word' }],
    ['ucxl_navigate', { address: PLAN, list: true }],
    ['ucxl_navigate', { address: PLAN, diff: '*~1' }],
    ['ucxl_navigate', { address: PLAN, steps: -3 }],
    ['decision_why', { address: PLAN, direction: 'down' }],
    ['ucxl_get', { address: `ucxl://${PLACE}/nothing-${'x'.repeat(1500)}` }],
  ] as const
  for (const [name, args] of asked) {
    for (let max = 500; max < 6000; max += 137) {
      const answer = await call(name, { ...args, max_chars: max })
      expect([name, longest(answer) <= max]).toEqual([name, true])
    }
  }
})

test('a list is as long as it can be, and no longer, whichever of its forms is the longer one', async () => {
  const frame = {
    head: 'Head',
    fields: {},
    name: 'items',
    none: 'None',
    more: (next: unknown) => `More: ${String(next)}`,
  }
  for (const [text, structured] of [
    ['a long line of text', 1],
    ['x', { a: 'long piece of JSON' }],
  ] as const) {
    const items = (count: number) =>
      (async function* () {
        for (let place = 1; place <= count; place++) yield { text, structured, cursor: place }
      })()
    for (let budget = 60; budget < 400; budget++) {
      const some = await pack(items(50), frame, budget)
      const size = Math.max(some.text.length, JSON.stringify(some.structured).length)
      expect(size).toBeLessThanOrEqual(budget)
      // One more would not have fitted.
      const count = (some.structured['items'] as unknown[]).length
      expect(some.structured['next']).toBe(count)
      const more = Math.max(text.length, JSON.stringify(structured).length) + 1
      expect(size + more + String(count + 1).length - String(count).length).toBeGreaterThan(budget)
    }
  }
})

test('an error says how much would do', async () => {
  const { store, connect } = await openWorld()
  const { call } = await connect()
  const address = `ucxl://${PLACE}/${'long-name-'.repeat(90)}.md`
  await store.put({ address, content: Buffer.from('x'), contentType: 'text/plain' })
  const { code, text } = await call('ucxl_query', { max_chars: 500 })
  expect(code).toBe('ERR_MCP_BUDGET')
  const needed = Number(/at least (\d+)/.exec(text)?.[1])
  const enough = await call('ucxl_query', { max_chars: needed })
  expect(enough.failed).toBe(false)
  expect((await call('ucxl_query', { max_chars: needed - 1 })).failed).toBe(true)
})

test('nothing in an address or a text breaks a tool', async () => {
  const { call } = await (await openWorld()).connect()
  await fc.assert(
    fc.asyncProperty(NASTY, async (said) => {
      for (const [name, args] of [
        ['ucxl_get', { address: said }],
        ['ucxl_query', { text: said }],
        ['ucxl_query', { pattern: said }],
        ['decision_why', { address: said }],
      ] as const) {
        const { failed, code, text } = await call(name, args)
        if (failed)
          expect([code, text]).toEqual([
            expect.stringMatching(/^ERR_/),
            expect.stringContaining('Next: '),
          ])
      }
    }),
    { numRuns: 100 },
  )
})
