import { parseDecision } from '@bzzz/decision-schema'
import { verifyProofs } from '@bzzz/identity/proofs'
import { describe, expect, test } from 'vitest'
import { DECISION, openWorld, PLACE, PLAN } from './world.ts'

async function open() {
  const world = await openWorld()
  const { call } = await world.connect()
  await call('ucxl_put', { address: PLAN, body: 'Never store card numbers.\nPay quickly.' })
  return { ...world, call }
}
const cited = { address: PLAN, excerpt: 'Never store card numbers.' }
const AT = `ucxl://${PLACE}/*~/decisions/pay-with-stripe.json`

describe('decision_publish', () => {
  test('makes a signed decision with pinned citations of what an agent says', async () => {
    const { call, identity } = await open()
    const { data, text } = await call('decision_publish', { ...DECISION, citations: [cited] })
    expect(data).toMatchObject({ address: AT, known: false, citations: ['verified'], warnings: [] })
    expect(text).toContain(`Published: ${AT}`)
    const kept = parseDecision(String((await call('ucxl_get', { address: AT })).data['text']))
    expect(kept).toMatchObject({
      agent_id: 'claude',
      status: 'accepted',
      context: { project: 'shop', task: 'checkout' },
      citations: [{ type: 'justified_by', version: 1, excerpt: cited.excerpt }],
    })
    expect(verifyProofs(kept)).toMatchObject({ verified: true, signers: [identity.did] })
  })

  test('comes back with what is there where a passage is not', async () => {
    const { call } = await open()
    const wrong = { ...cited, excerpt: 'Never keep card numbers.' }
    const { failed, code, text } = await call('decision_publish', {
      ...DECISION,
      citations: [wrong],
    })
    expect([failed, code]).toEqual([true, 'ERR_EXCERPT_NOT_FOUND'])
    expect(text).toContain('"Never keep card numbers." does not stand in it.')
    expect(text).toContain('\nNever store card numbers.\n>>>')
    expect(text).toContain('Next: Quote what stands there')
    expect((await call('ucxl_get', { address: AT })).failed).toBe(true)
  })

  test('cites nothing that does not exist', async () => {
    const { call } = await open()
    const wrong = { address: `ucxl://${PLACE}/invented.md` }
    expect(await call('decision_publish', { ...DECISION, citations: [wrong] })).toMatchObject({
      code: 'ERR_CITATION_NOT_FOUND',
    })
  })

  test('said again, it is the one that is there', async () => {
    const { call, store } = await open()
    const said = { ...DECISION, citations: [cited] }
    const first = await call('decision_publish', said)
    const again = await call('decision_publish', said)
    expect(again.data).toMatchObject({ known: true, decision_id: first.data['decision_id'] })
    expect((await store.head(`${PLACE}/decisions/pay-with-stripe.json`))?.record.version).toBe(1)
  })

  test('revises a decision where its address is given, and takes no title twice', async () => {
    const { call } = await open()
    const first = await call('decision_publish', DECISION)
    const other = { ...DECISION, reasoning: 'It is cheaper.' }
    expect(await call('decision_publish', other)).toMatchObject({ code: 'ERR_MCP_EXISTS' })
    const address = `ucxl://${PLACE}/decisions/pay-with-stripe.json`
    const second = await call('decision_publish', { ...other, address })
    expect(second.data).toMatchObject({
      address: `ucxl://${PLACE}/*~2/decisions/pay-with-stripe.json`,
      decision_id: first.data['decision_id'],
    })
    expect(await call('decision_publish', { ...DECISION, address: PLAN })).toMatchObject({
      code: 'ERR_MCP_EXISTS',
    })
  })

  test('chooses one of its options, and is found by its title', async () => {
    const { connect } = await openWorld()
    const { call } = await connect()
    const wrong = await call('decision_publish', { ...DECISION, chosen: 'Adyen' })
    expect(wrong).toMatchObject({ failed: true, code: 'ERR_MCP_INPUT' })
    expect(wrong.text).toContain('Stripe, Our own form')
    await call('decision_publish', DECISION)
    const found = await call('ucxl_query', { text: 'servers' })
    expect(found.data).toMatchObject({
      note: expect.stringContaining('no instructions') as string,
      found: [{ summary: expect.stringMatching(/^Pay with Stripe/) as string }],
    })
  })

  test('warns of a decision that nothing speaks for', async () => {
    const { call } = await open()
    const { data } = await call('decision_publish', { title: 'Do it', reasoning: 'So.' })
    expect(data['warnings']).toEqual([expect.stringMatching(/^unjustified: /)])
  })

  test('asks where to keep it where nobody has said', async () => {
    const { connect } = await openWorld({ place: undefined })
    const { call } = await connect()
    expect(await call('decision_publish', DECISION)).toMatchObject({ code: 'ERR_MCP_PLACE' })
    const address = 'ucxl://claude:architect@shop:checkout/records/'
    const { data } = await call('decision_publish', { ...DECISION, title: 'Größe: 決定!', address })
    expect(data['address']).toBe('ucxl://claude:architect@shop:checkout/*~/records/grosse.json')
  })
})

describe('decision_why', () => {
  test('answers with the chain, up and down, each link with its verdict', async () => {
    const { call } = await open()
    await call('decision_publish', { ...DECISION, citations: [cited] })
    const next = {
      title: 'Use webhooks',
      reasoning: 'Stripe sends them.',
      citations: [{ address: AT }],
    }
    await call('decision_publish', next)
    const address = `ucxl://${PLACE}/decisions/use-webhooks.json`
    const up = await call('decision_why', { address })
    expect(up.data['links']).toMatchObject([
      { to: AT, verdict: 'verified', depth: 1, title: 'Pay with Stripe', signature: 'valid' },
      { from: AT, to: `ucxl://${PLACE}/*~/plan.md`, verdict: 'verified', depth: 2 },
    ])
    const down = await call('decision_why', { address: PLAN, direction: 'down' })
    expect(down.data['links']).toMatchObject([
      { from: AT, title: 'Pay with Stripe' },
      { from: `ucxl://${PLACE}/*~/decisions/use-webhooks.json`, title: 'Use webhooks' },
    ])
    const near = await call('decision_why', { address, depth: 1 })
    expect(near.data).toMatchObject({ cut: 1 })
    expect(near.text).toContain('ask with a greater depth')
  })

  test('goes on where an answer ended', async () => {
    const { call } = await open()
    for (let index = 0; index < 20; index++)
      await call('decision_publish', {
        ...DECISION,
        title: `Decision ${index}`,
        citations: [cited],
      })
    const seen: unknown[] = []
    let after: unknown
    do {
      const page = await call('decision_why', {
        address: PLAN,
        direction: 'down',
        max_chars: 2000,
        ...(after !== undefined && { after }),
      })
      seen.push(...(page.data['links'] as { from: string }[]).map(({ from }) => from))
      after = page.data['next']
    } while (after !== undefined)
    expect(new Set(seen).size).toBe(20)
  })
})
