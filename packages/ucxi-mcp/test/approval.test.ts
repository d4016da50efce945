import { createMemoryStore } from '@bzzz/context-store'
import { generateIdentity } from '@bzzz/identity'
import { createInbox } from '@bzzz/inbox'
import { createUcxi } from '@bzzz/ucxi'
import { localMemory } from '@bzzz/ucxi-mcp'
import { describe, expect, test } from 'vitest'
import { DECISION, openWorld, PLACE, PLAN } from './world.ts'

const approval = { to: ['ada:lead'], tools: ['decision_publish', 'ucxl_put'] }
const AT = `ucxl://${PLACE}/decisions/pay-with-stripe.json`

async function open(policy = approval) {
  const world = await openWorld({ approval: policy })
  const ada = createInbox({ store: world.store, self: { name: 'ada', roles: ['lead'] } })
  return { ...world, ada }
}

describe('what a person has to approve', () => {
  test('waits in the inbox, and is kept exactly as it was shown once it is approved', async () => {
    const { connect, ada, store } = await open()
    const { call } = await connect()
    const first = await call('decision_publish', DECISION)
    expect(first).toMatchObject({ failed: true, code: 'ERR_MCP_WAITING' })
    expect(first.text).toContain('make the same call again later')
    expect((await call('ucxl_get', { address: AT })).failed).toBe(true)
    // Asked again, it is the same item.
    await call('decision_publish', DECISION)
    const items = await ada.items()
    expect(items).toHaveLength(1)
    const [item] = items
    if (!item) throw new Error('No item')
    const shown = item.message.about[0]
    await ada.reply(item.address, { kind: 'approved', content: item.content })
    const done = await call('decision_publish', DECISION)
    expect(done.failed).toBe(false)
    const kept = await store.resolve(AT)
    expect(kept.record.content).toBe(shown?.content)
  })

  test('survives a restart of the server', async () => {
    const { connect, ada, memory, door } = await open()
    const { call } = await connect()
    await call('decision_publish', DECISION)
    await door.close()
    const [item] = await ada.items()
    await ada.reply(item?.address ?? '', { kind: 'approved', content: item?.content ?? '' })
    const again = await openWorld({ approval, memory })
    const { call: callAgain } = await again.connect()
    expect((await callAgain('decision_publish', DECISION)).failed).toBe(false)
  })

  test('is another thing once it says something else', async () => {
    const { connect, ada } = await open()
    const { call } = await connect()
    await call('decision_publish', DECISION)
    const [item] = await ada.items()
    await ada.reply(item?.address ?? '', { kind: 'approved', content: item?.content ?? '' })
    const other = { ...DECISION, reasoning: 'Something else that nobody saw.' }
    expect(await call('decision_publish', other)).toMatchObject({ code: 'ERR_MCP_WAITING' })
    expect(await ada.items()).toHaveLength(1)
  })

  test('comes back with what was said where it is rejected', async () => {
    const { connect, ada } = await open()
    const { call } = await connect()
    await call('decision_publish', DECISION)
    const [item] = await ada.items()
    const reply = {
      kind: 'rejected',
      content: item?.content ?? '',
      comment: 'Ask legal first.',
    } as const
    await ada.reply(item?.address ?? '', reply)
    const { code, text } = await call('decision_publish', DECISION)
    expect(code).toBe('ERR_MCP_APPROVAL')
    expect(text).toContain('ada rejected it, and said "Ask legal first."')
  })

  test('holds for writes too, where that is wanted', async () => {
    const { connect, ada, store } = await open()
    const { call } = await connect()
    const write = { address: PLAN, body: 'Pay by card.' }
    expect(await call('ucxl_put', write)).toMatchObject({ code: 'ERR_MCP_WAITING' })
    const [item] = await ada.items()
    await ada.reply(item?.address ?? '', { kind: 'approved', content: item?.content ?? '' })
    expect((await call('ucxl_put', write)).failed).toBe(false)
    expect((await store.get(PLAN)).record.version).toBe(1)
  })

  test('counts only with the keys that were named', async () => {
    const { connect, ada } = await open({
      ...approval,
      keys: ['did:key:z6MkSomebodyElse'],
    } as never)
    const { call } = await connect()
    await call('decision_publish', DECISION)
    const [item] = await ada.items()
    await ada.reply(item?.address ?? '', { kind: 'approved', content: item?.content ?? '' })
    expect(await call('decision_publish', DECISION)).toMatchObject({ code: 'ERR_MCP_WAITING' })
  })
})

describe.each([{ legacy: false }, { legacy: true }])(
  'a client that can ask ($legacy)',
  ({ legacy }) => {
    test('asks the person before it, and the verdict is kept as a record', async () => {
      const { connect, ada } = await open()
      const asked: string[] = []
      const elicit = (message: string) => {
        asked.push(message)
        return { approve: true, comment: 'Fine.' }
      }
      const { call } = await connect({ legacy, elicit })
      const done = await call('decision_publish', DECISION)
      expect(done.failed).toBe(false)
      expect(asked).toHaveLength(1)
      expect(asked[0]).toContain('Card data must not touch our servers.')
      const [item] = await ada.items({ all: true })
      expect(item?.standing).toMatchObject({
        status: 'approved',
        by: [{ by: { name: 'ada', role: 'lead' } }],
      })
    })

    test('passes on that it was rejected, and waits where nothing was said', async () => {
      const { connect } = await open()
      const { call } = await connect({ legacy, elicit: () => ({ approve: false, comment: 'No.' }) })
      expect(await call('decision_publish', DECISION)).toMatchObject({ code: 'ERR_MCP_APPROVAL' })
      const { call: silent } = await connect({ legacy, elicit: () => 'decline' })
      const other = { ...DECISION, title: 'Something else' }
      expect(await silent('decision_publish', other)).toMatchObject({ code: 'ERR_MCP_WAITING' })
    })
  },
)

test('a server without a key says so', async () => {
  const store = createMemoryStore({ writer: generateIdentity() })
  const memory = localMemory({ ucxi: createUcxi({ store }), identity: undefined })
  const { connect } = await openWorld({ memory })
  const { call } = await connect()
  expect(await call('decision_publish', DECISION)).toMatchObject({ code: 'ERR_MCP_NO_KEY' })
})
