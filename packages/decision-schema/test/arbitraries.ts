import fc from 'fast-check'
import { parseDecision, type Decision } from '../src/index.ts'
import { address, CONTENT_ID, decision } from './fixtures.ts'

const safeNumber = fc.oneof(
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, min: -1e6, max: 1e6 }).filter((n) => !Object.is(n, -0)),
)
// Names that engines treat in ways of their own are among them.
const name = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.constantFrom(
    '10',
    '9',
    '__proto__',
    'constructor',
    'toJSON',
    'then',
    '\u20ac',
    '\ud83d\ude00',
  ),
)

/** Any JSON that every reader keeps as it is. */
export const safeJson = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false),
    safeNumber,
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc
      .array(fc.tuple(name, tie('value')), { maxLength: 4 })
      .map((entries) => Object.fromEntries(entries)),
  ),
})).value

const text = fc.string({ unit: 'grapheme', maxLength: 20 })
const cited = fc.constantFrom('a', 'b', 'c', 'd').map((one) => address(one))
const unknown = fc.dictionary(
  fc.string({ maxLength: 6 }).map((field) => `x-${field}`),
  safeJson,
  { maxKeys: 3 },
)
const extended = (known: fc.Arbitrary<object>): fc.Arbitrary<object> =>
  fc.tuple(known, unknown).map(([fields, others]) => ({ ...others, ...fields }))

/** Any valid decision, with unknown fields at every level. */
export const anyDecision: fc.Arbitrary<Decision> = extended(
  fc.record(
    {
      status: fc.constantFrom('proposed', 'accepted', 'superseded'),
      title: text,
      options: fc.array(
        extended(
          fc.record({ name: text.map((t) => `o${t}`), pros: fc.array(text, { maxLength: 2 }) }),
        ),
        { maxLength: 3 },
      ),
      context: extended(fc.record({ project: text }, { requiredKeys: [] })),
      justification: extended(fc.record({ reasoning: text }, { requiredKeys: [] })),
      citations: fc.array(
        extended(
          fc.record(
            {
              type: fc.constantFrom('refines', 'justified_by', 'own_word'),
              ucxl_address: cited,
              excerpt: text,
              version: fc.integer({ min: 1, max: 999_999_999 }),
              content_id: fc.constant(CONTENT_ID),
            },
            { requiredKeys: ['type', 'ucxl_address'] },
          ),
        ),
        { maxLength: 3 },
      ),
      proof: extended(fc.record({ type: fc.constant('DataIntegrityProof') })),
    },
    { requiredKeys: [] },
  ),
).map((fields) => parseDecision({ ...decision('any'), ...fields }))

/** A graph as who cites whom: for each node, the places of those that it cites, in order. */
export const anyGraph = fc.integer({ min: 1, max: 14 }).chain((size) =>
  fc.array(fc.array(fc.nat({ max: size - 1 }), { maxLength: 4 }), {
    minLength: size,
    maxLength: size,
  }),
)
