import { compare, type Bench } from '../../../scripts/bench-harness.ts'
import canonicalize from 'canonicalize'
import { canonicalText, parseStrictJson } from '../src/index.ts'
import { decision } from './samples.ts'

const minified = JSON.stringify(decision)
const pretty = JSON.stringify(decision, null, 2)

const bench: Bench = {
  package: 'identity',
  run: async () => [
    await compare({
      what: 'canonical text of a decision of 1 KB',
      subject: () => canonicalText(decision),
      reference: { what: 'JSON.stringify, unsorted', run: () => JSON.stringify(decision) },
      atLeast: 0.2,
    }),
    await compare({
      what: 'the same',
      subject: () => canonicalText(decision),
      reference: { what: 'canonicalize', run: () => canonicalize(decision) },
      atLeast: 1.2,
    }),
    await compare({
      what: 'strict reading of a decision, as a machine writes it',
      subject: () => parseStrictJson(minified),
      reference: { what: 'JSON.parse', run: () => JSON.parse(minified) as unknown },
      atLeast: 0.3,
    }),
    await compare({
      what: 'strict reading of a decision, as a person writes it',
      subject: () => parseStrictJson(pretty),
      reference: { what: 'JSON.parse', run: () => JSON.parse(pretty) as unknown },
      atLeast: 0.08,
    }),
  ],
}
export default bench
