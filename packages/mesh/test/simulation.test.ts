import { expect, test, vi } from 'vitest'
import { live, type Counts } from './sim/life.ts'

vi.mock(import('@bzzz/identity'), async (original) => {
  const { verifyingOnce } = await import('./sim/signatures.ts')
  const real = await original()
  return { ...real, verifySignature: verifyingOnce(real.verifySignature) }
})

// One life alone, with its story: SIM_SEED=123. More or fewer lives: SIM_SEEDS=10000.
const ONE = process.env['SIM_SEED']
const SEEDS = Number(process.env['SIM_SEEDS'] ?? 1000)
// A second for each, though one takes some forty milliseconds: a busy machine is no failure.
const TIMEOUT_MS = 60_000 + SEEDS * 1000
const ENOUGH = 3

test.runIf(ONE)(`the life of seed ${ONE}`, { timeout: TIMEOUT_MS }, async () => {
  const { story, hash, problems } = await live(Number(ONE))
  console.log(`${story.join('\n')}\ntrace hash ${hash}`)
  expect(problems).toEqual([])
})

test.skipIf(ONE)(
  'whatever goes wrong, nodes end with the same',
  { timeout: TIMEOUT_MS },
  async () => {
    const total: { -readonly [Name in keyof Counts]?: number } = {}
    const failures: string[] = []
    for (let seed = 1; seed <= SEEDS && failures.length < ENOUGH; seed++) {
      const { hash, problems, counts } = await live(seed)
      for (const [name, count] of Object.entries(counts) as [keyof Counts, number][])
        total[name] = (total[name] ?? 0) + count
      if (problems.length === 0) continue
      failures.push(
        [
          `Seed ${seed}, trace hash ${hash}:`,
          ...problems,
          `To repeat: SIM_SEED=${seed} npx vitest run packages/mesh/test/simulation.test.ts`,
        ].join('\n'),
      )
    }
    expect(failures.join('\n\n')).toBe('')
    // Where nothing went wrong, nothing was shown.
    if (SEEDS >= 100)
      for (const count of Object.values(total)) expect(count).toBeGreaterThan(SEEDS / 50)
  },
)

test.skipIf(ONE)('the same seed is the same life', async () => {
  for (const seed of [1, 2, 3]) {
    const [one, again] = [await live(seed), await live(seed)]
    expect(again.hash).toBe(one.hash)
    expect(again.story).toEqual(one.story)
  }
  expect((await live(4)).hash).not.toBe((await live(5)).hash)
})
