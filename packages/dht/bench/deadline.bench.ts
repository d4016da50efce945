import { compare, type Bench } from '../../../scripts/bench-harness.ts'
import { checkRecord, withDeadline, type RecordRules } from '../src/index.ts'

const rules: RecordRules = {
  maxBytes: 4096,
  validate: (_key, value) => {
    if (value[0] === 0) throw new Error('begins with zero')
  },
  select: () => 0,
}
const book = { ucxl: rules }
const value = new Uint8Array(1024).fill(1)
const options = { signal: new AbortController().signal, timeoutMs: 10_000 }
const work = async (): Promise<number> => 1

/** What one would write with what the platform has: its timers stay until they end. */
async function withSignals(): Promise<number> {
  const either = AbortSignal.any([options.signal, AbortSignal.timeout(options.timeoutMs)])
  either.throwIfAborted()
  return work()
}

const bench: Bench = {
  package: 'dht',
  run: async () => [
    await compare({
      what: 'a call under a deadline and a signal',
      subject: async () => withDeadline(options, work),
      reference: { what: 'AbortSignal.any and .timeout', run: withSignals },
      atLeast: 1,
    }),
    await compare({
      what: 'check a value against the rules of its key',
      subject: () => checkRecord(book, '/ucxl/name', value),
      reference: {
        what: 'a regular expression for the key alone',
        run: () => /^\/([^/]+)\/./.exec('/ucxl/name'),
      },
      atLeast: 0.3,
    }),
  ],
}
export default bench
