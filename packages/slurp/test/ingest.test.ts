import { identityFromSeed } from '@bzzz/identity'
import { signDecision } from '@bzzz/decision-schema/signing'
import { beforeEach, describe, expect, test } from 'vitest'
import { createSlurp } from '../src/create-slurp.ts'
import { createMemoryStorage } from '../src/memory.ts'
import type { Slurp, SlurpInit } from '../src/slurp.ts'
import { address, citing, clock, codeOf, createAuthor, DAY, sent, START } from './author.ts'

function service(init: Partial<SlurpInit> = {}): Slurp {
  return createSlurp({ storage: createMemoryStorage(), now: () => clock.now, ...init })
}

beforeEach(() => {
  clock.now = START
})

describe('a delivery', () => {
  test('is accepted once, and known when it is sent again', async () => {
    const slurp = service()
    const delivery = sent(await createAuthor().publish('pay'))
    const first = await slurp.ingest(delivery)
    expect(first).toEqual({
      decisionId: delivery.node['decision_id'],
      address: 'ucxl://claude:architect@shop:checkout/*~/decisions/pay.json',
      version: 1,
      contentId: delivery.record['content'],
      recordId: expect.stringMatching(/^bafkrei/),
      state: 'accepted',
      isNew: true,
    })
    expect(await slurp.ingest(delivery)).toEqual({ ...first, state: 'known', isNew: false })
    expect((await slurp.counts()).versions).toBe(1)
  })

  test('that says what the version before says is kept, and is no news', async () => {
    const slurp = service()
    const author = createAuthor()
    const first = await author.publish('pay')
    const again = await author.publish('pay', first.node)
    await slurp.ingest(sent(first))
    const taken = await slurp.ingest(sent(again))
    expect(taken).toMatchObject({ version: 2, state: 'known', isNew: true })
  })

  test('is refused where anything in it was changed', async () => {
    const slurp = service()
    const author = createAuthor()
    const genuine = await author.publish('pay')
    const change = (edit: (delivery: ReturnType<typeof sent>) => void): unknown => {
      const copy = sent(genuine)
      edit(copy)
      return copy
    }
    const other = await createAuthor().publish('pay')
    const refused: [unknown, string][] = [
      [undefined, 'ERR_SLURP_DELIVERY'],
      [{ record: {} }, 'ERR_SLURP_DELIVERY'],
      [{ record: 'x', node: 'y' }, 'ERR_SLURP_DELIVERY'],
      [change(({ record }) => (record['version'] = 2)), 'ERR_RECORD_INVALID'],
      [change(({ record }) => (record['size'] = 7)), 'ERR_RECORD_SIGNATURE'],
      [change(({ record }) => (record['time'] = '2025-01-01T00:00:00Z')), 'ERR_RECORD_SIGNATURE'],
      [change(({ node }) => (node['title'] = 'Pay nobody')), 'ERR_SLURP_CONTENT'],
      [change(({ node }) => delete node['proof']), 'ERR_SLURP_CONTENT'],
      [change(({ node }) => (node['status'] = 'maybe')), 'ERR_DECISION_INVALID'],
      [{ record: genuine.record, node: other.node }, 'ERR_SLURP_CONTENT'],
    ]
    for (const [delivery, code] of refused) expect(await codeOf(slurp.ingest(delivery))).toBe(code)
    expect((await slurp.counts()).versions).toBe(0)
  })

  test('is refused where its parts do not belong together, though each is signed', async () => {
    const slurp = service()
    const author = createAuthor()
    const now = (): number => clock.now
    const mallory = identityFromSeed(new Uint8Array(32).fill(99))
    const { proof: _, ...plain } = (await createAuthor().publish('pay')).node
    const byMallory = signDecision(plain, mallory, { now })
    const forged = { ...byMallory, title: 'Another' }
    expect(await codeOf(slurp.ingest(sent(await author.publish('a', byMallory))))).toBe(
      'ERR_SLURP_SIGNATURE',
    )
    expect(await codeOf(slurp.ingest(sent(await author.publish('b', forged))))).toBe(
      'ERR_SLURP_SIGNATURE',
    )
    // One proof that holds does not make up for one that does not.
    const { node } = await author.publish('e')
    const mixed = { ...node, proof: [node.proof, byMallory.proof] }
    expect(await codeOf(slurp.ingest(sent(await author.publish('e', mixed))))).toBe(
      'ERR_SLURP_SIGNATURE',
    )
    const unsigned = await author.publish('c', { agent_id: 'eve' })
    expect(await codeOf(slurp.ingest(sent(unsigned)))).toBe('ERR_SLURP_AGENT')
  })

  test('of a time to come is refused, until that time', async () => {
    const slurp = service()
    clock.now = START + DAY
    const delivery = sent(await createAuthor().publish('pay'))
    clock.now = START
    expect(await codeOf(slurp.ingest(delivery))).toBe('ERR_SLURP_AHEAD')
    clock.now = START + DAY - 300_000
    expect(await slurp.ingest(delivery)).toMatchObject({ state: 'accepted' })
  })

  test('of another key, or that forks a timeline, is refused', async () => {
    const slurp = service()
    const [author, other] = [createAuthor(), createAuthor()]
    await slurp.ingest(sent(await author.publish('pay')))
    const rival = sent(await other.publish('pay'))
    expect(await codeOf(slurp.ingest(rival))).toBe('ERR_SLURP_CONFLICT')
    clock.now += DAY
    const second = sent(await other.publish('pay'))
    expect(await codeOf(slurp.ingest(second))).toBe('ERR_SLURP_CONFLICT')
  })

  test('is refused by the rules of who may write, with their reason', async () => {
    const slurp = service({ writers: { refusal: ({ key }) => `no certificate for ${key}` } })
    const delivery = sent(await createAuthor().publish('pay'))
    await expect(slurp.ingest(delivery)).rejects.toMatchObject({
      code: 'ERR_SLURP_WRITER',
      message: expect.stringContaining('no certificate for claude:architect@shop'),
    })
  })

  test('with rules of who may write, another key may go on with a timeline', async () => {
    const slurp = service({ writers: { refusal: () => undefined } })
    const [author, other] = [createAuthor(), createAuthor()]
    const first = await author.publish('pay')
    await slurp.ingest(sent(first))
    await other.publish('pay')
    clock.now += DAY
    const second = await other.publish('pay')
    // It points back at a first version that is not the one here.
    expect(await codeOf(slurp.ingest(sent(second)))).toBe('ERR_SLURP_CONFLICT')
  })

  test('in a lot: what holds is kept, what does not is told', async () => {
    const slurp = service()
    const author = createAuthor()
    const [a, b] = [sent(await author.publish('a')), sent(await author.publish('b'))]
    const outcomes = await slurp.ingestAll([a, { record: {} }, b, a])
    expect(outcomes.map(({ ingested }) => ingested?.state)).toEqual([
      'accepted',
      undefined,
      'accepted',
      'known',
    ])
    expect(outcomes[1]?.error).toMatchObject({ code: 'ERR_SLURP_DELIVERY' })
    expect((await slurp.counts()).versions).toBe(2)
  })

  test('of a later version may come first', async () => {
    const slurp = service()
    const author = createAuthor()
    const first = await author.publish('pay', { title: 'one' })
    clock.now += DAY
    const second = await author.publish('pay', { title: 'two' })
    await slurp.ingest(sent(second))
    await slurp.ingest(sent(first))
    expect((await slurp.get(address('pay'))).version).toBe(2)
    const { items } = await slurp.versions(address('pay'))
    expect(items.map(({ version }) => version)).toEqual([2, 1])
  })
})

describe('curation', () => {
  const incidents = {
    name: 'incidents',
    judge: ({ decision }: { decision: { decision_type: string } | undefined }) =>
      decision?.decision_type === 'incident'
        ? { verdict: 'hold' as const, reason: 'a person looks at incidents' }
        : { verdict: 'keep' as const, reason: 'no incident' },
  }

  test('holds for a person, who takes it in', async () => {
    const slurp = service({ rules: [incidents] })
    const delivery = sent(await createAuthor().publish('fire', { decision_type: 'incident' }))
    const held = await slurp.ingest(delivery)
    expect(held).toMatchObject({ state: 'held', isNew: true })
    expect(await slurp.ingest(delivery)).toMatchObject({ state: 'held', isNew: false })
    expect(await codeOf(slurp.get(address('fire')))).toBe('ERR_SLURP_UNKNOWN')
    expect(await slurp.held()).toMatchObject([
      { rule: 'incidents', reason: 'a person looks at incidents', since: START },
    ])
    expect(await slurp.accept(held.recordId)).toMatchObject({ state: 'accepted' })
    expect((await slurp.get(address('fire'))).recordId).toBe(held.recordId)
    expect(await slurp.held()).toEqual([])
    expect(await codeOf(slurp.accept(held.recordId))).toBe('ERR_SLURP_UNKNOWN')
  })

  test('turns away for good what a person rejects', async () => {
    const slurp = service({ rules: [incidents] })
    const delivery = sent(await createAuthor().publish('fire', { decision_type: 'incident' }))
    const { recordId } = await slurp.ingest(delivery)
    await slurp.reject(recordId, 'a drill')
    await expect(slurp.ingest(delivery)).rejects.toMatchObject({
      code: 'ERR_SLURP_DROPPED',
      message: expect.stringContaining('a drill'),
    })
  })

  test('lets one person at a time decide: of two, the second is told that it is settled', async () => {
    const slurp = service({ rules: [incidents] })
    const author = createAuthor()
    const hold = async (name: string): Promise<string> =>
      (await slurp.ingest(sent(await author.publish(name, { decision_type: 'incident' })))).recordId
    const fire = await hold('fire')
    const first = await Promise.all([
      codeOf(slurp.accept(fire)),
      codeOf(slurp.reject(fire, 'a drill')),
      codeOf(slurp.accept(fire)),
    ])
    expect(first).toEqual([
      expect.objectContaining({ state: 'accepted' }),
      'ERR_SLURP_UNKNOWN',
      'ERR_SLURP_UNKNOWN',
    ])
    const smoke = await hold('smoke')
    const second = [codeOf(slurp.reject(smoke, 'a drill')), codeOf(slurp.accept(smoke))]
    expect(await Promise.all(second)).toEqual([undefined, 'ERR_SLURP_UNKNOWN'])
    expect(await codeOf(slurp.get(address('smoke')))).toBe('ERR_SLURP_UNKNOWN')
    // Where the first could not, the second may.
    const rival = createAuthor()
    const late = await hold('late')
    await slurp.ingest(sent(await rival.publish('late')))
    const third = [codeOf(slurp.accept(late)), codeOf(slurp.reject(late, 'too late'))]
    expect(await Promise.all(third)).toEqual(['ERR_SLURP_CONFLICT', undefined])
  })

  test('drops chatter, and says which rule', async () => {
    const slurp = service()
    const delivery = sent(await createAuthor().publish('hm', { ephemeral: true }))
    await expect(slurp.ingest(delivery)).rejects.toMatchObject({
      code: 'ERR_SLURP_DROPPED',
      message: expect.stringContaining('(ephemeral)'),
    })
  })

  test('holds what cites another content, or a passage that is not there', async () => {
    const slurp = service()
    const author = createAuthor()
    const plan = await author.publish('plan', { summary: 'Never store card numbers.' })
    const other = await author.publish('other')
    await slurp.ingest(sent(plan))
    const state = async (name: string, citation: object): Promise<unknown> =>
      (await slurp.ingest(sent(await author.publish(name, { citations: [citation] })))).state
    expect(await state('a', citing(plan, { excerpt: 'Never store card' }))).toBe('accepted')
    expect(await state('b', citing(plan, { excerpt: 'Always store' }))).toBe('held')
    expect(await state('c', citing(plan, { content_id: other.record.content }))).toBe('held')
    // What did not come here may still come.
    expect(await state('d', citing(other, { version: 7 }))).toBe('accepted')
    expect((await slurp.held()).map(({ rule }) => rule)).toEqual(['citations', 'citations'])
  })

  test('holds what it cannot look at because a reader fails, and says that it failed', async () => {
    const resolve = async (): Promise<never> => Promise.reject(new TypeError('no such reader'))
    const slurp = service({ reader: { resolve, read: resolve } })
    const author = createAuthor()
    const plan = await author.publish('plan')
    const { state } = await slurp.ingest(
      sent(await author.publish('a', { citations: [citing(plan)] })),
    )
    expect(state).toBe('held')
    expect(await slurp.held()).toMatchObject([
      { rule: 'citations', reason: 'the rule failed: TypeError: no such reader' },
    ])
  })

  test('explains what each rule says, and keeps nothing', async () => {
    const slurp = service()
    const { node } = await createAuthor().publish('pay')
    const { verdict, opinions } = await slurp.explain(node)
    expect(verdict).toBe('keep')
    expect(opinions.map(({ rule }) => rule)).toEqual([
      'schema',
      'decision-type',
      'ephemeral',
      'size',
      'signed',
      'duplicate',
      'citations',
    ])
    expect((await slurp.counts()).versions).toBe(0)
  })
})
