import { circuitBreaker, ConsecutiveBreaker, handleWhenResult } from 'cockatiel'
import { compare, type Bench } from '../../../scripts/bench-harness.ts'
import { createBreaker } from '../src/index.ts'

const attempt = async (): Promise<number> => 200
const own = createBreaker<number>({
  failures: 5,
  waitMs: 1_000,
  now: () => performance.now(),
  isOutage: (status) => status >= 500,
})
const other = circuitBreaker(
  handleWhenResult((status) => Number(status) >= 500),
  { breaker: new ConsecutiveBreaker(5), halfOpenAfter: 1_000 },
)

const bench: Bench = {
  package: 'circuit-breaker',
  run: async () => [
    await compare({
      what: 'an attempt through a closed breaker',
      subject: async () => own.run(attempt),
      reference: { what: 'cockatiel', run: async () => other.execute(attempt) },
      atLeast: 1,
    }),
  ],
}
export default bench
