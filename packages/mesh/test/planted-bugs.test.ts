import { afterEach, expect, test, vi } from 'vitest'
import { BUGS, liar, repair, type Bug } from './sim/bugs.ts'
import { live } from './sim/life.ts'

vi.mock(import('@bzzz/identity'), async (original) => {
  const { verifyingOnce } = await import('./sim/signatures.ts')
  const real = await original()
  return { ...real, verifySignature: verifyingOnce(real.verifySignature) }
})

afterEach(repair)

// Each is found by one of the first few; a change of the simulation may move that a little.
const SEEDS = 100
const FORGED = /was not signed by/

test.for(Object.entries(BUGS))('is found: %s', async ([, bug]) => {
  const found = await firstWith(bug)
  expect(found, `nothing shows it with ${SEEDS} seeds`).toBeDefined()
  // It is the bug that was found, and nothing else.
  expect((await live(found ?? 0)).problems).toEqual([])
})

test('what a node forges is kept nowhere where signatures are checked', async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const { problems } = await live(seed, { prepare: liar })
    // What the liar alone has, nobody else gets to know: that is no fault of theirs.
    expect(problems.filter((problem) => FORGED.test(problem))).toEqual([])
  }
})

async function firstWith({ plant, shows }: Bug): Promise<number | undefined> {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { problems } = await live(seed, { prepare: plant, finish: repair })
    if (problems.some((problem) => shows.test(problem))) return seed
  }
  return undefined
}
