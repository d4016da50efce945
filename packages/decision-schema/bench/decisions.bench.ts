import { hash } from 'node:crypto'
import { canonicalBytes } from '@bzzz/identity'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { compare, type Bench, type Figure } from '../../../scripts/bench-harness.ts'
import { createDecisionGraph, pinCitations, why, type DecisionGraph } from '../src/chains.ts'
import {
  decisionHash,
  decisionJsonSchema,
  isDecision,
  parseDecision,
  type Decision,
} from '../src/index.ts'

const addressOf = (place: number): string =>
  `ucxl://claude:architect@shop:checkout/*^/decisions/d${place}.json`
const exactly = (place: number): string => addressOf(place).replace('*^', '*~')

const DECISIONS = 100_000
const STARTS = 64

/** Park and Miller's generator: the same places in every run. */
function createRandom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
}

/** About 1 KB, as agents write them. */
function fields(place: number, cited: readonly number[]): object {
  return {
    decision_id: `01987654-3210-7abc-8def-${String(place).padStart(12, '0')}`,
    ucxl_address: addressOf(place),
    timestamp: '2025-08-01T12:30:00Z',
    agent_id: 'claude',
    decision_type: 'architecture_choice',
    status: 'accepted',
    title: 'Pay with Stripe',
    summary: 'Checkout hands the payment over to Stripe.',
    options: [
      { name: 'Stripe', pros: ['No card data on our side'], cons: ['Fees'] },
      { name: 'Adyen', pros: ['Cheaper'], cons: ['A contract first'] },
    ],
    chosen: 'Stripe',
    consequences: { good: ['One dependency less'], bad: ['Higher fees'] },
    deciders: ['claude', 'maria'],
    model: 'model-4',
    session: '2025-08-01-a',
    context: { project: 'shop', task: 'checkout', scope: 'web' },
    justification: { reasoning: 'Card data must not touch our servers.', criteria: ['Time'] },
    citations: cited.map((other) => ({
      type: 'justified_by',
      ucxl_address: addressOf(other),
      relevance: 'high',
      excerpt: 'must not touch our servers',
      version: 1,
    })),
    impacts: [
      {
        type: 'replaces',
        ucxl_address: 'ucxl://claude:architect@shop:checkout/*^/form.md',
        reason: 'It has no place for a wallet.',
      },
    ],
  }
}

const node = parseDecision(fields(1, [2]))
const text = JSON.stringify(node)
const ajv = new Ajv2020().compile(decisionJsonSchema())

async function reading(): Promise<Figure[]> {
  return [
    await compare({
      what: 'check a decision of 1 KB against the schema',
      subject: () => isDecision(node),
      reference: { what: 'ajv, compiled', run: () => ajv(node) },
      atLeast: 1,
    }),
    await compare({
      what: 'read the value of one (check, copy, freeze)',
      subject: () => parseDecision(node),
      reference: {
        what: 'ajv and structuredClone',
        run: () => (ajv(node) ? structuredClone(node) : undefined),
      },
      atLeast: 1,
    }),
    await compare({
      what: 'read the text of one (strict JSON besides)',
      subject: () => parseDecision(text),
      reference: {
        what: 'JSON.parse and ajv',
        run: () => ajv(JSON.parse(text)),
      },
      atLeast: 0.3,
    }),
    await compare({
      what: 'hash one',
      subject: () => decisionHash(node),
      reference: {
        what: 'canonical bytes, node:crypto hash',
        run: () => hash('sha256', canonicalBytes(node), 'hex'),
      },
      atLeast: 0.8,
    }),
  ]
}

/** Decisions that cite three before them, each: 100,000 of them. */
function createMany(): { graph: DecisionGraph; bare: Map<string, string[]> } {
  const random = createRandom(7)
  const graph = createDecisionGraph()
  const bare = new Map<string, string[]>()
  for (let place = 0; place < DECISIONS; place++) {
    const cited = place < 3 ? [] : [random(place), random(place), random(place)]
    graph.add(parseDecision(fields(place, cited)), { version: 1 })
    bare.set(exactly(place), cited.map(exactly))
  }
  return { graph, bare }
}

/** What a user would write by hand. */
function walkBare(
  bare: Map<string, string[]>,
  start: string,
  depth: number,
  most: number,
): string[] {
  const seen = new Set([start])
  let level = [start]
  for (let at = 0; at < depth && level.length > 0; at++) {
    const next: string[] = []
    for (const address of level) {
      for (const cited of bare.get(address) ?? []) {
        if (seen.has(cited) || seen.size >= most) continue
        seen.add(cited)
        next.push(cited)
      }
    }
    level = next
  }
  return [...seen]
}

async function chains(): Promise<Figure[]> {
  const { graph, bare } = createMany()
  const random = createRandom(11)
  const starts = Array.from({ length: STARTS }, () =>
    exactly(DECISIONS / 2 + random(DECISIONS / 2)),
  )
  const turn = (): (() => string) => {
    let next = 0
    return () => starts[next++ % STARTS] ?? ''
  }
  const [walked, compared, checked, bareChecked] = [turn(), turn(), turn(), turn()]
  const verify = (): { proofs: []; signers: [] } => ({ proofs: [], signers: [] })
  const contents = new Map(
    [...bare.keys()].map((address) => [address, undefined as Uint8Array | undefined]),
  )
  const bytesOf = async (address: string): Promise<Uint8Array> => {
    const kept = contents.get(address)
    if (kept !== undefined) return kept
    const found = await graph.resolve(address)
    const bytes = found.found
      ? ((await graph.read(found.contentId)) as Uint8Array)
      : new Uint8Array()
    contents.set(address, bytes)
    return bytes
  }
  const decoder = new TextDecoder()
  return [
    await compare({
      what: 'walk a chain of depth 8 among 100,000 decisions (1,000 nodes)',
      subject: () => graph.up(walked(), { depth: 8, nodes: 1000 }),
      reference: {
        what: 'the same through a bare Map of texts',
        run: () => walkBare(bare, compared(), 8, 1000),
      },
      atLeast: 0.5,
    }),
    await compare({
      what: 'why, depth 8 among 100,000 (100 nodes, each link checked, passages too)',
      subject: () => why(checked(), graph, { depth: 8, nodes: 100, verify }),
      reference: {
        what: 'hash, JSON.parse, ajv of each node alone',
        run: async () => {
          for (const address of walkBare(bare, bareChecked(), 8, 100)) {
            const bytes = await bytesOf(address)
            hash('sha256', bytes, 'hex')
            ajv(JSON.parse(decoder.decode(bytes)))
          }
        },
      },
      atLeast: 0.2,
    }),
    await pinning(graph),
  ]
}

async function pinning(graph: DecisionGraph): Promise<Figure> {
  const { proof: _, ...rest } = node
  const citations = [10, 20, 30, 40].map((place) => ({
    type: 'justified_by',
    ucxl_address: addressOf(place),
    excerpt: 'must not touch our servers',
  }))
  const draft: Decision = parseDecision({ ...rest, citations })
  return compare({
    what: 'pin four citations, passages checked',
    subject: () => pinCitations(draft, graph),
    reference: {
      what: 'look up, read, hash, parse and hash again, four times',
      run: async () => {
        for (const { ucxl_address: address } of draft.citations ?? []) {
          const found = await graph.resolve(address)
          const bytes = found.found
            ? ((await graph.read(found.contentId)) as Uint8Array)
            : undefined
          if (bytes === undefined) continue
          hash('sha256', bytes, 'hex')
          decisionHash(parseDecision(new TextDecoder().decode(bytes)))
        }
      },
    },
    atLeast: 0.5,
  })
}

const bench: Bench = {
  package: 'decision-schema',
  async run() {
    return [...(await reading()), ...(await chains())]
  },
}

export default bench
