import { describe, expect, it } from 'vitest'
import { createDecisionGraph, pinCitations, type CitationReader } from '../src/chains.ts'
import { DecisionError, decisionContentId, decisionHash, type Decision } from '../src/index.ts'
import {
  address,
  CONTENT_ID,
  decision,
  floating,
  key,
  signed,
  textReader,
  trusting,
} from './fixtures.ts'

const PLAN = 'We must never\n store card numbers.'
const PLAN_ID = 'bafkreiglu4xq3jcrhf7iyabgxhranyhni2thpwughbeq5vq5xk5qime2w4'

const citing = (...citations: object[]): Decision => decision('citing', { citations })

async function errorOf(work: Promise<unknown>): Promise<DecisionError> {
  const error = await work.catch((caught: unknown) => caught)
  if (error instanceof DecisionError) return error
  throw new Error(`expected a DecisionError, got ${String(error)}`)
}

describe('pinCitations', () => {
  it('adds the version and the content that a floating citation means, and keeps its address', async () => {
    const reader = textReader(PLAN)
    const draft = citing(floating('plan', { excerpt: 'never store card numbers', page: 4 }))
    const { decision: done, verdicts } = await pinCitations(draft, reader)
    expect(done.citations).toEqual([
      {
        type: 'justified_by',
        ucxl_address: address('plan'),
        excerpt: 'never store card numbers',
        page: 4,
        version: 3,
        content_id: PLAN_ID,
      },
    ])
    expect(verdicts).toEqual([{ status: 'verified' }])
    expect(Object.isFrozen(done)).toBe(true)
    expect(draft.citations?.[0]?.version).toBeUndefined()
  })

  it('adds the hash of a decision that is cited, by an instant, and of the version of then', async () => {
    const graph = createDecisionGraph()
    const old = signed('plan', { timestamp: '2025-01-01T00:00:00Z' })
    graph.add(old, { version: 1 })
    graph.add(signed('plan'), { version: 2 })
    const then = address('plan').replace('*^', '2025-03-01T00:00:00Z')
    const draft = citing({ type: 'refines', ucxl_address: then })
    const pinned = await pinCitations(draft, graph, { verify: trusting })
    expect(pinned.decision.citations?.[0]).toEqual({
      type: 'refines',
      ucxl_address: then,
      version: 1,
      content_id: decisionContentId(old),
      decision_hash: decisionHash(old),
    })
    expect(pinned.verdicts).toEqual([{ status: 'verified' }])
  })

  it('refuses a passage that does not stand there, and shows what comes nearest', async () => {
    const draft = citing(
      floating('plan'),
      floating('plan', { excerpt: 'must always store card data' }),
    )
    const error = await errorOf(pinCitations(draft, textReader(PLAN)))
    expect(error).toMatchObject({ code: 'ERR_EXCERPT_NOT_FOUND', path: '/citations/1/excerpt' })
    expect(error.message).toContain('"must always store card data"')
    expect(error.message).toContain('"must never store card numbers."')
  })

  it.each([
    ['not-found', 'ERR_CITATION_NOT_FOUND'],
    ['out-of-range', 'ERR_CITATION_NOT_FOUND'],
    ['gone', 'ERR_CITATION_NOT_FOUND'],
  ] as const)('refuses a citation whose version is %s', async (reason, code) => {
    const reader = { ...textReader(PLAN), resolve: async () => ({ found: false, reason }) as const }
    expect(await errorOf(pinCitations(citing(floating('plan')), reader))).toMatchObject({
      code,
      path: '/citations/0',
    })
  })

  it('leaves a citation as it is that cannot be asked for here, and says so', async () => {
    const unavailable = { found: false, reason: 'unavailable', message: 'no peer has it' } as const
    const reader: CitationReader = { ...textReader(PLAN), resolve: async () => unavailable }
    const draft = citing(floating('plan'))
    const { decision: done, verdicts } = await pinCitations(draft, reader)
    expect(done).toBe(draft)
    expect(verdicts).toEqual([
      { status: 'unverified', reason: 'unavailable', detail: 'no peer has it' },
    ])
  })

  it('pins, and does not trust, what cannot be read', async () => {
    const reader: CitationReader = { ...textReader(PLAN), read: async () => undefined }
    const draft = citing(floating('plan', { excerpt: 'anything' }))
    const { decision: done, verdicts } = await pinCitations(draft, reader)
    expect(done.citations?.[0]).toMatchObject({ version: 3, content_id: PLAN_ID })
    expect(verdicts).toMatchObject([{ status: 'unverified', reason: 'content-unavailable' }])
  })

  it('cannot find a passage in what is no text', async () => {
    const reader = textReader(Uint8Array.of(0xff, 0xfe))
    const { verdicts } = await pinCitations(citing(floating('plan', { excerpt: 'x' })), reader)
    expect(verdicts).toMatchObject([{ status: 'unverified', reason: 'not-text' }])
    const bare = await pinCitations(citing(floating('plan', { excerpt: ' \n' })), reader)
    expect(bare.verdicts).toEqual([{ status: 'verified' }])
  })

  it('refuses bytes that are not those of their id, and a content other than the pinned one', async () => {
    const forged = textReader(PLAN, { contentId: CONTENT_ID })
    expect(await errorOf(pinCitations(citing(floating('plan')), forged))).toMatchObject({
      code: 'ERR_CITATION_CHANGED',
      received: expect.stringContaining('content-forged') as string,
    })
    const draft = citing(floating('plan', { version: 3, content_id: CONTENT_ID }))
    expect(await errorOf(pinCitations(draft, textReader(PLAN)))).toMatchObject({
      code: 'ERR_CITATION_CHANGED',
      received: expect.stringContaining('content-differs') as string,
    })
  })

  it('asks for the very version that is pinned, whatever the address says', async () => {
    const asked: string[] = []
    const inner = textReader(PLAN, { version: 2 })
    const reader: CitationReader = {
      ...inner,
      resolve: async (text) => {
        asked.push(text)
        return inner.resolve(text)
      },
    }
    const draft = citing(floating('plan', { version: 2, content_id: PLAN_ID }))
    const { decision: done } = await pinCitations(draft, reader)
    expect(asked).toEqual([address('plan', 2)])
    expect(done).toBe(draft)
  })

  it('refuses a cited decision whose proof is wrong, or that says it is kept elsewhere', async () => {
    const graph = createDecisionGraph()
    graph.add(signed('plan'), { version: 1 })
    const wrong = (): { proofs: { status: 'invalid'; reason: string }[]; signers: string[] } => ({
      proofs: [{ status: 'invalid', reason: 'it was changed' }],
      signers: [],
    })
    const work = pinCitations(citing(floating('plan')), graph, { verify: wrong })
    expect(await errorOf(work)).toMatchObject({
      code: 'ERR_DECISION_SIGNATURE',
      received: 'signature-invalid (it was changed)',
    })
    const moved = textReader(JSON.stringify(signed('elsewhere')))
    const error = await errorOf(pinCitations(citing(floating('plan')), moved, { verify: trusting }))
    expect(error.received).toContain('address-differs')
  })

  it('does not change what is signed', async () => {
    const draft = signed('citing', { citations: [floating('plan')] })
    expect(await errorOf(pinCitations(draft, textReader(PLAN)))).toMatchObject({
      code: 'ERR_DECISION_SIGNATURE',
      path: '/proof',
    })
  })

  it('looks up at most eight at once, and tells of the first that is wrong', async () => {
    let [now, most] = [0, 0]
    const inner = textReader(PLAN)
    const reader: CitationReader = {
      ...inner,
      resolve: async (text) => {
        most = Math.max(most, ++now)
        await new Promise((done) => setImmediate(done))
        now--
        return inner.resolve(text)
      },
    }
    const citations = Array.from({ length: 30 }, (_, index) =>
      floating(`plan-${index}`, { excerpt: 'absent words' }),
    )
    const error = await errorOf(pinCitations(citing(floating('plan'), ...citations), reader))
    expect(error.path).toBe('/citations/1/excerpt')
    expect(most).toBe(8)
  })

  it('stops when its signal fires, before and in between', async () => {
    const reason = new Error('enough')
    const before = pinCitations(citing(floating('plan')), textReader(PLAN), {
      signal: AbortSignal.abort(reason),
    })
    await expect(before).rejects.toBe(reason)
    const controller = new AbortController()
    const inner = textReader(PLAN)
    const seen: (AbortSignal | undefined)[] = []
    const reader: CitationReader = {
      ...inner,
      resolve: async (text, options) => {
        seen.push(options?.signal)
        controller.abort(reason)
        return inner.resolve(text)
      },
    }
    const { signal } = controller
    await expect(pinCitations(citing(floating('plan')), reader, { signal })).rejects.toBe(reason)
    expect(seen).toEqual([signal])
  })

  it('finds a passage in the texts of a cited decision', async () => {
    const graph = createDecisionGraph()
    const reasoning = 'He said "no",\nand left.'
    graph.add(signed('plan', { justification: { reasoning } }), { version: 1 })
    const draft = citing(floating('plan', { excerpt: 'said "no", and left' }))
    const { verdicts } = await pinCitations(draft, graph, { verify: trusting })
    expect(verdicts).toEqual([{ status: 'verified' }])
    expect(key('plan')).toBe('claude:architect@shop:checkout/decisions/plan.json')
  })
})
