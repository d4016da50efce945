import { createMemoryStore } from '@bzzz/context-store'
import { contentIdOf } from '@bzzz/context-store'
import { decisionBytes, parseDecision, type Decision } from '@bzzz/decision-schema'
import { signDecision } from '@bzzz/decision-schema/signing'
import { identityFromSeed } from '@bzzz/identity'
import { rowOf } from '../src/row-of.ts'
import type { Delivery, NewDecision } from '../src/index.ts'

export const START = Date.UTC(2025, 7, 1)
export const identity = identityFromSeed(new Uint8Array(32).fill(1))
const now = (): number => START

/** Park and Miller's generator: the same in every run. */
export function createRandom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
}

const random = createRandom(5)
// As in texts: the first words are in most of them, the last ones in few.
export const word = (): string => `w${Math.floor(20_000 ** (random(1_000_000) / 1_000_000))}`

export const addressOf = (place: number): string =>
  `ucxl://claude:architect@p${place % 50}:checkout/*^/decisions/d${place}.json`

interface Cited {
  readonly place: number
  readonly contentId: string
}

/** About 1.5 KB, as agents write them. */
function decisionAt(place: number, cited: readonly Cited[], words: number): Decision {
  const text = Array.from({ length: words }, word).join(' ')
  return parseDecision({
    decision_id: `01987654-3210-7abc-8def-${String(place).padStart(12, '0')}`,
    ucxl_address: addressOf(place),
    timestamp: new Date(START + place).toISOString(),
    agent_id: 'claude',
    decision_type: place % 3 ? 'policy' : 'plan',
    status: 'accepted',
    title: text.slice(0, 40),
    summary: 'Checkout hands the payment over.',
    options: [{ name: 'Stripe', pros: ['No card data'] }, { name: 'Adyen' }],
    chosen: 'Stripe',
    justification: { reasoning: text },
    citations: cited.map((one) => ({
      type: 'justified_by',
      ucxl_address: addressOf(one.place),
      version: 1,
      content_id: one.contentId,
    })),
  })
}

/** Deliveries as they come over the network, each resting on one before it. */
export async function makeDeliveries(count: number, from: number): Promise<Delivery[]> {
  const store = createMemoryStore({ writer: identity, now })
  const made: Delivery[] = []
  let before: Cited[] = []
  for (let place = from; place < from + count; place++) {
    const node = signDecision(decisionAt(place, before, 60), identity, { now })
    const content = decisionBytes(node)
    const { record } = await store.put({ address: addressOf(place), content })
    before = [{ place, contentId: record.content ?? '' }]
    made.push(JSON.parse(JSON.stringify({ record, node })) as Delivery)
  }
  await store.close()
  return made
}

/**
 * Rows of signed decisions that each cite three before them. Their records are not signed: nobody
 * looks at these again once they are kept.
 */
export function* makeRows(count: number): Generator<NewDecision> {
  const pick = createRandom(7)
  const ids: string[] = []
  const decoder = new TextDecoder()
  for (let place = 0; place < count; place++) {
    const places = place < 3 ? [] : [pick(place), pick(place), pick(place)]
    const cited = places.map((one) => ({ place: one, contentId: ids[one] ?? '' }))
    const node = signDecision(decisionAt(place, cited, 100), identity, { now })
    const bytes = decisionBytes(node)
    const content = contentIdOf(bytes)
    ids.push(content)
    const record = {
      key: addressOf(place).slice('ucxl://'.length).replace('/*^/', '/'),
      version: 1,
      time: '2025-08-01T00:00:00Z',
      previous: null,
      content,
      content_type: 'application/json',
      size: bytes.length,
      writer: identity.did,
      signature: '',
    }
    yield rowOf({ id: `record-${place}`, record }, node, decoder.decode(bytes))
  }
}
