import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { openSqliteStore } from '@bzzz/context-store/sqlite'
import {
  createDecision,
  decisionBytes,
  type Decision,
  type DecisionDraft,
} from '@bzzz/decision-schema'
import { signDecision } from '@bzzz/decision-schema/signing'
import { identityFromSeed } from '@bzzz/identity'
import type { Bench, Figure } from '../../../scripts/bench-harness.ts'
import { createSlurpClient, DECISION_MEDIA_TYPE } from '../src/index.ts'
import { openSqliteState } from '../src/sqlite.ts'

const ROUNDS = 1000
const WARM_UP = 200
const now = Date.now
const identity = identityFromSeed(new Uint8Array(32).fill(1))

/** About 1 KB, as agents write them. */
function draft(number: number): DecisionDraft {
  return {
    ucxl_address: `ucxl://claude:architect@shop:checkout/*^/decisions/d${number}.json`,
    agent_id: 'claude',
    decision_type: 'architecture_choice',
    status: 'accepted',
    title: 'Pay with Stripe',
    summary: 'Checkout hands the payment over to Stripe, which keeps all card data on its side.',
    options: [
      { name: 'Stripe', pros: ['No card data on our side'], cons: ['Fees'] },
      { name: 'Adyen', pros: ['Cheaper'], cons: ['A contract first'] },
    ],
    chosen: 'Stripe',
    consequences: { good: ['One dependency less'], bad: ['Higher fees'] },
    justification: { reasoning: 'Card data must not touch our servers.', criteria: ['Time'] },
  }
}

type Durability = 'normal' | 'full'

/** Milliseconds of each round of either side, taken in turns. */
interface Times {
  readonly subject: number[]
  readonly reference: number[]
}

const bench: Bench = {
  package: 'slurp-client',
  async run() {
    const worker = new Worker(new URL('slurp-worker.ts', import.meta.url))
    const [port] = (await once(worker, 'message')) as [number]
    const url = `http://127.0.0.1:${port}`
    const folder = mkdtempSync(join(tmpdir(), 'bzzz-bench-'))
    try {
      const normal = await measure(folder, url, 'normal')
      const full = await measure(folder, url, 'full')
      return [
        ...figures('publish until it is safe from a killed process', normal.durable, DURABLE),
        ...figures('publish until it is safe from a power cut', full.durable, DURABLE),
        ...figures('publish until it is delivered', normal.delivered, DELIVERED),
      ]
    } finally {
      await worker.terminate()
      rmSync(folder, { recursive: true })
    }
  },
}
export default bench

const DURABLE = { what: 'sign, put', most: 20 }
const DELIVERED = { what: 'sign, put, fetch', most: 200 }

async function measure(
  folder: string,
  url: string,
  durability: Durability,
): Promise<{ durable: Times; delivered: Times }> {
  const open = (name: string) =>
    openSqliteStore({
      file: join(folder, `${durability}-${name}.db`),
      writer: identity,
      durability,
    })
  const store = open('subject')
  const plain = open('reference')
  const state = openSqliteState({ file: join(folder, `${durability}-state.db`), durability })
  let onDelivered = (): void => {}
  const client = createSlurpClient({
    store,
    identity,
    state,
    url,
    onEvent: ({ type }) => {
      if (type === 'delivered') onDelivered()
    },
  })

  const alone = async (number: number): Promise<{ node: Decision; record: object }> => {
    const node = signDecision(createDecision(draft(number), { now }), identity, { now })
    const { record } = await plain.put({
      address: node.ucxl_address,
      content: decisionBytes(node),
      contentType: DECISION_MEDIA_TYPE,
    })
    return { node, record }
  }

  const durable: Times = { subject: [], reference: [] }
  const delivered: Times = { subject: [], reference: [] }
  for (let number = 0; number < ROUNDS + WARM_UP; number++) {
    const arrived = new Promise<void>((resolve) => {
      onDelivered = resolve
    })
    const began = performance.now()
    await client.publish(draft(number))
    const safe = performance.now()
    await arrived
    const there = performance.now()
    const sent = await alone(number)
    const put = performance.now()
    const answer = await fetch(`${url}/decisions`, { method: 'POST', body: JSON.stringify(sent) })
    await answer.json()
    const fetched = performance.now()
    if (number < WARM_UP) continue
    durable.subject.push(safe - began)
    durable.reference.push(put - there)
    delivered.subject.push(there - began)
    delivered.reference.push(fetched - there)
  }
  await client.close()
  await state.close()
  await store.close()
  await plain.close()
  return { durable, delivered }
}

function figures(
  what: string,
  { subject, reference }: Times,
  goal: { readonly what: string; readonly most: number },
): Figure[] {
  return [0.5, 0.99].map((share) => {
    const value = quantile(subject, share)
    const beside = quantile(reference, share)
    return {
      what: `${what}, p${share * 100}`,
      value,
      unit: 'ms',
      reference: { what: goal.what, value: beside },
      ratio: beside / value,
      goal: `<= ${goal.most} ms`,
      met: value <= goal.most,
    }
  })
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
