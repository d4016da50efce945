import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createDecisionGraph, verifyExport, whatWouldFall, why } from '../src/chains.ts'
import { createCurator, defaultRules } from '../src/curation.ts'
import { findCycles } from '../src/cycles.ts'
import { matchExcerpt } from '../src/excerpt.ts'
import {
  decisionBytes,
  decisionHash,
  DecisionError,
  decisionJsonSchema,
  decisionSchema,
  isDecision,
  parseDecision,
  reviewDecision,
  safeParseDecision,
  type Decision,
} from '../src/index.ts'
import { anyDecision, anyGraph, safeJson } from './arbitraries.ts'
import { address, floating, signed, trusting } from './fixtures.ts'

/** The same value with the names of its objects in another order. */
function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, inner]) => [name, shuffled(inner)]),
  )
}

describe('a decision', () => {
  it('is the same again, unknown fields and all, when it is written and read', () => {
    fc.assert(
      fc.property(anyDecision, (decision) => {
        const text = JSON.stringify(decision)
        expect(parseDecision(text)).toEqual(decision)
        expect(JSON.stringify(parseDecision(text))).toBe(text)
        const canonical = new TextDecoder().decode(decisionBytes(decision))
        expect(parseDecision(canonical)).toEqual(decision)
      }),
    )
  })

  it('has a hash that neither the order of names nor a proof changes, and any other change does', () => {
    fc.assert(
      fc.property(anyDecision, safeJson, (decision, more) => {
        const hash = decisionHash(decision)
        expect(decisionHash(shuffled(decision) as Decision)).toBe(hash)
        const { proof: _, ...bare } = decision
        expect(decisionHash(bare as Decision)).toBe(hash)
        const proof = [{ type: 'x', more }, { type: 'y' }]
        expect(decisionHash({ ...decision, proof })).toBe(hash)
        expect(decisionHash({ ...decision, 'another field': more })).not.toBe(hash)
      }),
    )
  })

  it('is reviewed without fail', () => {
    fc.assert(
      fc.property(anyDecision, (decision) => {
        expect(Array.isArray(reviewDecision(decision))).toBe(true)
      }),
    )
  })
})

describe('whatever comes', () => {
  const fields = 'decision_id ucxl_address timestamp options citations proof context status'.split(
    ' ',
  )

  it('is a decision or a DecisionError, as a value and as a text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.anything(), fc.string()), (value) => {
        const result = safeParseDecision(value)
        expect(result.success || result.error instanceof DecisionError).toBe(true)
      }),
      { numRuns: 400 },
    )
  })

  it('is refused with a place and a reason where one field of a decision is anything', () => {
    fc.assert(
      fc.property(
        anyDecision,
        fc.constantFrom(...fields),
        fc.jsonValue(),
        (decision, field, value) => {
          const result = safeParseDecision({ ...decision, [field]: value })
          if (!result.success) expect(result.error.path.startsWith(`/${field}`)).toBe(true)
        },
      ),
      { numRuns: 400 },
    )
  })

  it('has one verdict of the check, of the zod schema and of the JSON Schema', () => {
    const takes = new Ajv2020().compile(decisionJsonSchema())
    const part = fc.oneof(fc.jsonValue(), fc.array(fc.dictionary(fc.string(), fc.jsonValue())))
    fc.assert(
      fc.property(anyDecision, fc.constantFrom(...fields), part, (decision, field, value) => {
        const changed = JSON.parse(JSON.stringify({ ...decision, [field]: value })) as unknown
        const verdict = isDecision(changed)
        expect(decisionSchema.safeParse(changed).success).toBe(verdict)
        expect(takes(changed)).toBe(verdict)
      }),
      { numRuns: 400 },
    )
  })

  it('is judged by a curator without fail', async () => {
    const curator = createCurator(defaultRules({ verify: trusting }))
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.jsonValue(), fc.anything(), anyDecision), async (value) => {
        const { verdict, opinions } = await curator.explain(value)
        expect(opinions).toHaveLength(6)
        expect(opinions.some(({ reason }) => reason.includes('rule failed'))).toBe(false)
        expect(await curator.judge(value)).toMatchObject({ verdict })
      }),
    )
  })

  it('is a line of an export, or a problem with one', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.json(), fc.string()), { maxLength: 5 }),
        async (all) => {
          const lines = (async function* () {
            yield* all
          })()
          const { counts } = await verifyExport(lines, { verify: trusting })
          expect(counts.lines).toBe(all.length)
        },
      ),
    )
  })
})

describe('a passage', () => {
  it('is found wherever it stands, however white space runs', () => {
    const words = fc.array(fc.stringMatching(/^[^\s]{1,6}$/), { minLength: 1, maxLength: 8 })
    const space = fc.constantFrom(' ', '\n', '\t  ', '\u00a0', '\r\n\r\n')
    fc.assert(
      fc.property(words, words, words, space, space, (before, passage, after, one, other) => {
        const text = [...before, ...passage, ...after].join(one)
        expect(matchExcerpt([text], passage.join(other))).toEqual({ found: true })
      }),
    )
  })
})

describe('a walk through any graph', () => {
  const name = (place: number): string => `n${place}`
  const at = (place: number): string => address(name(place), 1)

  function build(cites: readonly (readonly number[])[]): ReturnType<typeof createDecisionGraph> {
    const graph = createDecisionGraph()
    for (const [place, cited] of cites.entries()) {
      const citations = cited.map((other) => floating(name(other)))
      graph.add(signed(name(place), { citations }), { version: 1 })
    }
    return graph
  }

  /** What a naive walk reaches: the places by their distance, each once. */
  function reach(next: (place: number) => readonly number[], depth: number): Map<number, number> {
    const found = new Map([[0, 0]])
    for (let level = 0; level < depth; level++) {
      const edge = [...found].filter(([, distance]) => distance === level)
      for (const [place] of edge) {
        for (const other of next(place)) if (!found.has(other)) found.set(other, level + 1)
      }
    }
    return found
  }

  it('ends, and reaches what a naive walk reaches, up and down, in its order', async () => {
    await fc.assert(
      fc.asyncProperty(anyGraph, fc.nat({ max: 6 }), async (cites, depth) => {
        const graph = build(cites)
        const places = cites.map((_, place) => place)
        const citing = (place: number): number[] =>
          places
            .filter((other) => cites[other]?.includes(place))
            .toSorted((a, b) => (at(a) < at(b) ? -1 : 1))
        const told = (found: Map<number, number>): object[] =>
          [...found].map(([place, distance]) => ({ address: at(place), depth: distance }))
        const up = told(reach((place) => cites[place] ?? [], depth))
        const down = told(reach(citing, depth))
        const options = { depth, verify: trusting }
        const chain = await why(at(0), graph, options)
        expect(chain.nodes.map(({ address: a, depth: d }) => ({ address: a, depth: d }))).toEqual(
          up,
        )
        const fallen = await whatWouldFall(at(0), graph, options)
        expect(fallen.nodes.map(({ address: a, depth: d }) => ({ address: a, depth: d }))).toEqual(
          down,
        )
        expect(graph.up(at(0), { depth }).nodes).toEqual(up)
        expect(new Set(graph.down(at(0), { depth }).nodes)).toEqual(new Set(down))
        const cut = reach((place) => cites[place] ?? [], depth + 1).size > up.length
        expect(graph.up(at(0), { depth }).cuts.length > 0).toBe(cut)
      }),
      { numRuns: 60 },
    )
  })

  it('keeps to any bound on nodes, and says so', async () => {
    await fc.assert(
      fc.asyncProperty(anyGraph, fc.integer({ min: 1, max: 6 }), async (cites, nodes) => {
        const graph = build(cites)
        const all = await why(at(0), graph, { depth: 64, verify: trusting })
        const some = await why(at(0), graph, { depth: 64, nodes, verify: trusting })
        expect(some.nodes.length).toBeLessThanOrEqual(nodes)
        expect(some.cuts.length > 0).toBe(all.nodes.length > nodes)
        expect(all.nodes.map(({ address: a }) => a)).toEqual(
          expect.arrayContaining(some.nodes.map(({ address: a }) => a)),
        )
      }),
      { numRuns: 60 },
    )
  })

  it('finds a loop where, and only where, something leads back to itself', () => {
    fc.assert(
      fc.property(anyGraph, (cites) => {
        const edges = cites.flatMap((cited, from) =>
          cited.map((to) => ({ from: at(from), to: at(to) })),
        )
        const reaches = (from: number): Set<number> => {
          const found = new Set<number>()
          const open = [...(cites[from] ?? [])]
          for (const place of open) {
            if (found.has(place)) continue
            found.add(place)
            open.push(...(cites[place] ?? []))
          }
          return found
        }
        const looping = cites.flatMap((_, place) => (reaches(place).has(place) ? [place] : []))
        const loops = findCycles(
          cites.map((_, place) => at(place)),
          edges,
        )
        for (const loop of loops) {
          expect(new Set(loop).size).toBe(loop.length)
          for (const [index, from] of loop.entries()) {
            const to = loop[(index + 1) % loop.length]
            expect(edges).toContainEqual({ from, to })
          }
        }
        const parts = new Set(
          looping.map((place) =>
            looping.find(
              (other) =>
                other === place || (reaches(place).has(other) && reaches(other).has(place)),
            ),
          ),
        )
        expect(loops.map(([first]) => first)).toEqual([...parts].map((place) => at(place ?? -1)))
      }),
    )
  })
})
