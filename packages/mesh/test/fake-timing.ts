import { setImmediate as turn } from 'node:timers/promises'
import type { Timing } from '../src/timing.ts'

export interface FakeTiming extends Timing {
  /** Lets time pass: what falls due runs in its order, and its promises settle before the next. */
  advance(milliseconds: number): Promise<void>
  /** In how many milliseconds each thing that is scheduled falls due. */
  pending(): number[]
}

/** Time that stands still until it is told to pass, and chance that is what the test says. */
export function fakeTiming(random: () => number = () => 0.5, start = 1_000_000): FakeTiming {
  let time = start
  let count = 0
  const due = new Map<number, { at: number; run: () => void }>()
  return {
    now: () => time,
    random,
    schedule(run, milliseconds) {
      const id = count++
      due.set(id, { at: time + milliseconds, run })
      return () => void due.delete(id)
    },
    async advance(milliseconds) {
      const end = time + milliseconds
      await turn()
      for (;;) {
        const [first] = [...due].toSorted(([a, one], [b, other]) => one.at - other.at || a - b)
        if (!first || first[1].at > end) break
        due.delete(first[0])
        time = Math.max(time, first[1].at)
        first[1].run()
        await turn()
      }
      time = end
      await turn()
    },
    pending: () => [...due.values()].map(({ at }) => at - time).toSorted((a, b) => a - b),
  }
}
