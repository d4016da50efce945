import { createMemoryStore } from '@bzzz/context-store'
import { generateIdentity } from '@bzzz/identity'
import { createUcxi, startUcxiServer } from '@bzzz/ucxi'
import { attachMemory } from '@bzzz/ucxi-mcp'
import { describe, expect, onTestFinished, test } from 'vitest'
import { DECISION, openWorld, PLACE, PLAN } from './world.ts'

async function open({ withKey = true } = {}) {
  const identity = generateIdentity()
  const store = createMemoryStore({ writer: identity })
  const node = await startUcxiServer({ ucxi: createUcxi({ store }) })
  onTestFinished(async () => node.close())
  const memory = attachMemory({ url: node.url, ...(withKey && { identity }) })
  return { ...(await openWorld({ memory })), nodeStore: store, node, identity }
}

describe('attached to a node that runs', () => {
  test('all tools do what they do on a store of their own', async () => {
    const { connect, identity } = await open()
    const { call } = await connect()
    for (const body of ['Never store card numbers.', 'Never store card numbers. Pay quickly.'])
      expect((await call('ucxl_put', { address: PLAN, body })).failed).toBe(false)
    const { data, text } = await call('ucxl_get', { address: PLAN })
    expect(data).toMatchObject({
      version: 2,
      author: { key: identity.did, own: true, signature: 'node' },
    })
    expect(text).toContain('signature held, as the node says')
    expect((await call('ucxl_query', { text: 'quickly' })).data['found']).toHaveLength(1)
    expect(
      (await call('ucxl_navigate', { address: PLAN, list: true })).data['versions'],
    ).toHaveLength(2)
    expect((await call('ucxl_navigate', { address: PLAN, diff: '~~1' })).data['diff']).toContain(
      'Pay quickly',
    )
    const citations = [{ address: PLAN, excerpt: 'Pay quickly.' }]
    const published = await call('decision_publish', { ...DECISION, citations })
    expect(published.data).toMatchObject({ citations: ['verified'], warnings: [] })
    const address = `ucxl://${PLACE}/decisions/pay-with-stripe.json`
    expect((await call('decision_why', { address })).data['links']).toMatchObject([
      { verdict: 'verified' },
    ])
    const down = await call('decision_why', { address: PLAN, direction: 'down' })
    expect(down.data['links']).toMatchObject([{ from: published.data['address'] }])
    const late = await call('ucxl_put', { address: PLAN, body: 'x', if_none_match: '*' })
    expect(late).toMatchObject({ code: 'ERR_STORE_CONFLICT' })
  })

  test('changes on the node are told', async () => {
    const { connect, nodeStore } = await open()
    const { client } = await connect()
    const uri = 'ucxl://claude:architect@shop%3Acheckout/*%5E/plan.md'
    const told: string[] = []
    client.setNotificationHandler('notifications/resources/updated', ({ params }) => {
      told.push(params.uri)
    })
    await client.listen({ resourceSubscriptions: [uri] })
    await expect
      .poll(
        async () => {
          await nodeStore.put({ address: PLAN, content: Buffer.from(String(told.length)) })
          return told.length
        },
        { timeout: 10_000 },
      )
      .toBeGreaterThan(0)
    expect(told[0]).toBe(uri)
  })

  test('without a key decisions are not made, and a node that is gone is said so', async () => {
    const { connect, node } = await open({ withKey: false })
    const { call } = await connect()
    expect(await call('decision_publish', DECISION)).toMatchObject({ code: 'ERR_MCP_NO_KEY' })
    await node.close()
    const memory = attachMemory({ url: 'http://127.0.0.1:9' })
    const world = await openWorld({ memory })
    const other = await world.connect()
    const gone = await other.call('ucxl_get', { address: PLAN })
    expect(gone).toMatchObject({ failed: true, code: 'ERR_UCXI_CONNECTION' })
    expect(gone.text).toContain('Try again in a moment')
  })

  test('a party sees what it may, though the node lets the door see all', async () => {
    const { node, nodeStore } = await open()
    const secret = 'ucxl://claude:architect@vault:keys/secret.md'
    await nodeStore.put({ address: secret, content: Buffer.from('hidden') })
    await nodeStore.put({ address: PLAN, content: Buffer.from('open'), contentType: 'text/plain' })
    const { connect } = await openWorld({
      memory: attachMemory({ url: node.url }),
      authorize: () => ({
        principal: 'reader',
        may: (what, key) => what === 'read' && key.includes('@shop:'),
      }),
    })
    const { call, client } = await connect()
    expect((await call('ucxl_get', { address: PLAN })).data['text']).toBe('open')
    const denied = { failed: true, code: 'ERR_STORE_DENIED' }
    expect(await call('ucxl_get', { address: secret })).toMatchObject(denied)
    expect(await call('ucxl_put', { address: PLAN, body: 'x' })).toMatchObject(denied)
    expect(await call('ucxl_navigate', { address: secret, list: true })).toMatchObject(denied)
    expect((await call('ucxl_query', {})).data['found']).toHaveLength(1)
    expect((await client.listResources()).resources).toHaveLength(1)
  })

  test('a decision signed by another key than that of the node is marked', async () => {
    const { node } = await open()
    const memory = attachMemory({ url: node.url, identity: generateIdentity() })
    const { connect } = await openWorld({ memory })
    const { call } = await connect()
    const { data } = await call('decision_publish', { ...DECISION, citations: [] })
    expect(data['warnings']).toEqual([expect.stringMatching(/^other-key: /)])
  })
})
