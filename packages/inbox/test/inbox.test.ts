import { describe, expect, test } from 'vitest'
import { InboxError, type Item } from '../src/index.ts'
import { AT, carry, member, ticking } from './team.ts'

const PLAN = 'ucxl://builder:coder@shop:checkout/plan.md'

function pair() {
  const now = ticking()
  return { builder: member('builder', ['coder'], now), ada: member('ada', ['lead', 'owner'], now) }
}

async function only(items: Promise<readonly Item[]>): Promise<Item> {
  const all = await items
  expect(all).toHaveLength(1)
  return all[0] as Item
}

describe('a question', () => {
  test('waits for the one it is for, and is answered once', async () => {
    const { builder, ada } = pair()
    const sent = await builder.inbox.send({
      ...AT,
      kind: 'question',
      to: ['ada'],
      title: 'Which?',
      choices: ['red', 'blue'],
    })
    await carry(builder, ada)
    const item = await only(ada.inbox.items())
    expect(item).toMatchObject({ why: 'for me', isOpen: true, standing: { status: 'open' } })
    expect(item.from.did).toBe(sent.from.did)

    const reply = { kind: 'answer', content: item.content, answer: 'red' } as const
    await ada.inbox.reply(item.address, reply)
    expect(await ada.inbox.items()).toEqual([])

    await carry(ada, builder)
    const { standing } = await builder.inbox.item(sent.address)
    expect(standing).toMatchObject({
      status: 'answered',
      by: { answer: 'red', by: { name: 'ada', role: 'lead' } },
    })
  })

  test('is not open for others once one has answered', async () => {
    const now = ticking()
    const builder = member('builder', ['coder'], now)
    const ada = member('ada', ['lead'], now)
    const eve = member('eve', ['lead'], now)
    await builder.inbox.send({ ...AT, kind: 'question', to: ['any:lead'], title: 'Which?' })
    await carry(builder, ada)
    await carry(builder, eve)
    const item = await only(eve.inbox.items())
    const answer = { kind: 'answer', content: item.content, answer: 'Both.' } as const
    await ada.inbox.reply(item.address, answer)
    await carry(ada, eve)
    expect(await eve.inbox.items()).toEqual([])
    expect(await eve.inbox.items({ all: true })).toHaveLength(1)
  })

  test('refuses an answer that does not fit, and keeps nothing', async () => {
    const { builder, ada } = pair()
    const about = { ...AT, kind: 'question', to: ['ada'] } as const
    await builder.inbox.send({ ...about, title: 'A', choices: ['x', 'y'], only_choices: true })
    const properties = {
      days: { type: 'integer', minimum: 1 },
      plan: { type: 'string', enum: ['basic', 'full'] },
    } as const
    const form = { type: 'object', properties, required: ['days'] } as const
    await builder.inbox.send({ ...about, title: 'B', form })
    await carry(builder, ada)
    const [b, a] = (await ada.inbox.items()) as [Item, Item]
    const refused = async (item: Item, answer: unknown): Promise<unknown> =>
      ada.inbox
        .reply(item.address, { kind: 'answer', content: item.content, answer })
        .catch((e: unknown) => e)
    for (const [item, answer] of [
      [a, 'z'],
      [a, ''],
      [a, 3],
      [a, undefined],
      [b, 'x'],
      [b, {}],
      [b, { days: 0 }],
      [b, { days: 1, plan: 'huge' }],
      [b, { days: 1, more: true }],
    ] as const)
      expect(InboxError.is(await refused(item, answer), 'ERR_INBOX_ANSWER')).toBe(true)
    expect(await ada.inbox.items()).toHaveLength(2)
    await ada.inbox.reply(b.address, {
      kind: 'answer',
      content: b.content,
      answer: { days: 2, plan: 'full' },
    })
    await ada.inbox.reply(a.address, { kind: 'answer', content: a.content, answer: 'x' })
    expect(await ada.inbox.items()).toEqual([])
  })
})

describe('a proposal', () => {
  test('is approved for exactly what was shown', async () => {
    const { builder, ada } = pair()
    const plan = await builder.store.put({ address: PLAN, content: Buffer.from('one') })
    const draft = { ...AT, kind: 'proposal', to: ['ada:owner'], title: 'Go?', id: 'go' } as const
    await builder.inbox.send({ ...draft, about: [PLAN] })
    await carry(builder, ada)
    const shown = await only(ada.inbox.items())
    expect(shown.message.about).toEqual([
      { address: 'ucxl://builder:coder@shop:checkout/*~/plan.md', content: plan.record.content },
    ])

    await builder.store.put({ address: PLAN, content: Buffer.from('two') })
    await builder.inbox.send({ ...draft, about: [PLAN] })
    await carry(builder, ada)
    const verdict = { kind: 'approved', content: shown.content } as const
    const late = await ada.inbox.reply(PLAN, verdict).catch((error: unknown) => error)
    expect(late).toMatchObject({ code: 'ERR_INBOX_CHANGED' })
    const changed = await ada.inbox
      .reply('ucxl://builder:coder@shop:checkout/messages/go.json', verdict)
      .catch((error: unknown) => error)
    expect(changed).toMatchObject({ code: 'ERR_INBOX_CHANGED' })
    // Nor by the version that was shown: it would not count.
    const old = await ada.inbox.reply(shown.address, verdict).catch((error: unknown) => error)
    expect(old).toMatchObject({ code: 'ERR_INBOX_CHANGED' })
    expect((await only(ada.inbox.items())).standing.status).toBe('open')
  })

  test('that was approved and changed afterwards waits again', async () => {
    const { builder, ada } = pair()
    const draft = { ...AT, kind: 'proposal', to: ['ada'], title: 'Go?', id: 'go' } as const
    await builder.inbox.send(draft)
    await carry(builder, ada)
    const first = await only(ada.inbox.items())
    await ada.inbox.reply(first.address, { kind: 'approved', content: first.content })
    await builder.inbox.send({ ...draft, body: 'And twice.' })
    await carry(builder, ada)
    expect(await only(ada.inbox.items())).toMatchObject({
      isOpen: true,
      standing: { status: 'open' },
      mine: { kind: 'approved', content: first.content },
    })
  })

  test('needs as many signers as it says, and one rejection is enough', async () => {
    const now = ticking()
    const builder = member('builder', ['coder'], now)
    const leads = ['ada', 'eve', 'joe'].map((name) => member(name, ['lead'], now))
    const { address } = await builder.inbox.send({
      ...AT,
      kind: 'proposal',
      to: ['any:lead'],
      title: 'Go?',
      needs: 2,
    })
    const standings: string[] = []
    for (const [place, lead] of leads.entries()) {
      await carry(builder, lead)
      const { content } = await lead.inbox.item(address)
      await lead.inbox.reply(address, { kind: place === 2 ? 'rejected' : 'approved', content })
      await carry(lead, builder)
      standings.push((await builder.inbox.item(address)).standing.status)
    }
    expect(standings).toEqual(['open', 'approved', 'rejected'])
  })

  test('is not approved by whom it is not for', async () => {
    const { builder, ada } = pair()
    const eve = member('eve', ['lead'])
    const { address, content } = await builder.inbox.send({
      ...AT,
      kind: 'proposal',
      to: ['ada'],
      title: 'Go?',
    })
    await carry(builder, eve)
    const refused = eve.inbox.reply(address, { kind: 'approved', content })
    await expect(refused).rejects.toMatchObject({ code: 'ERR_INBOX_NOT_ADDRESSED' })
    // One that writes it all the same is not counted.
    await eve.store.put({
      address: 'ucxl://eve:lead@shop:checkout/replies/builder/coder/messages/m1.json',
      content: Buffer.from(
        JSON.stringify({
          kind: 'approved',
          to: 'builder:coder@shop:checkout/messages/m1.json',
          version: 1,
          content,
        }),
      ),
    })
    await carry(eve, builder)
    const { standing, replies } = await builder.inbox.item(address)
    expect(standing.status).toBe('open')
    expect(replies).toHaveLength(1)
    await carry(builder, ada)
    expect(await ada.inbox.items()).toHaveLength(1)
  })
})

describe('the list', () => {
  test('has what names one, what is for all, and not what one sent', async () => {
    const { builder, ada } = pair()
    await builder.inbox.send({ ...AT, kind: 'message', to: ['eve'], title: 'Ask @ADA, please.' })
    await builder.inbox.send({ ...AT, kind: 'message', to: ['any'], title: 'To all' })
    await builder.inbox.send({ ...AT, kind: 'message', to: ['eve'], title: 'mail@ada.org, @adam' })
    await ada.inbox.send({ ...AT, kind: 'message', to: ['builder'], title: 'Hello' })
    await carry(builder, ada)
    const items = await ada.inbox.items()
    expect(items.map(({ why, message }) => [why, message.title])).toEqual([
      ['for me', 'To all'],
      ['mentioned', 'Ask @ADA, please.'],
    ])
    for (const { address, content } of items)
      await ada.inbox.reply(address, { kind: 'seen', content })
    expect(await ada.inbox.items()).toEqual([])
    expect((await ada.inbox.items({ all: true })).map(({ why }) => why)).toEqual([
      'sent',
      'for me',
      'mentioned',
    ])
  })

  test('has a message again whose reply was taken back, and none that was taken back', async () => {
    const { builder, ada } = pair()
    const { address } = await builder.inbox.send({
      ...AT,
      kind: 'message',
      to: ['ada'],
      title: 'x',
    })
    await carry(builder, ada)
    const { content } = await only(ada.inbox.items())
    const reply = await ada.inbox.reply(address, { kind: 'seen', content })
    expect(await ada.inbox.items()).toEqual([])
    await ada.inbox.takeBack(reply.address)
    expect(await ada.inbox.items()).toHaveLength(1)
    await expect(ada.inbox.takeBack(address)).rejects.toMatchObject({ code: 'ERR_STORE_WRITER' })
    await builder.inbox.takeBack(address)
    await carry(builder, ada)
    expect(await ada.inbox.items()).toEqual([])
  })

  test('waits for a content that comes later, and tells of it', async () => {
    const { builder, ada } = pair()
    let told = Promise.withResolvers<void>()
    const unwatch = ada.inbox.watch(() => told.resolve())
    await told.promise
    expect(await ada.inbox.items()).toEqual([])
    await builder.inbox.send({ ...AT, kind: 'message', to: ['ada'], title: 'x' })
    told = Promise.withResolvers()
    await carry(builder, ada, false)
    await told.promise
    expect(await ada.inbox.items()).toEqual([])
    await carry(builder, ada)
    told = Promise.withResolvers()
    // Nothing tells that a content came: it is looked for again after a while.
    for (const run of ada.waiting.splice(0)) run()
    await told.promise
    expect(await ada.inbox.items()).toHaveLength(1)
    unwatch()
    ada.inbox.close()
    await expect(ada.inbox.items()).rejects.toMatchObject({ code: 'ERR_INBOX_CLOSED' })
  })

  test('leaves alone what is no message', async () => {
    const { builder, ada } = pair()
    const broken = [
      '{',
      '[]',
      '{"kind":"order","to":["ada"],"title":"x"}',
      '\u{0}',
      '{"kind":"message","to":["a:b:c"],"title":"x"}',
    ]
    for (const [place, text] of broken.entries())
      await builder.store.put({
        address: `ucxl://builder:coder@shop:checkout/messages/${place}.json`,
        content: Buffer.from(text),
      })
    await builder.store.put({
      address: 'ucxl://builder:coder@shop:checkout/replies/x',
      content: Buffer.from('{}'),
    })
    await carry(builder, ada)
    expect(await ada.inbox.items({ all: true })).toEqual([])
    const none = ada.inbox.item('ucxl://builder:coder@shop:checkout/messages/0.json')
    await expect(none).rejects.toMatchObject({ code: 'ERR_INBOX_NOT_FOUND' })
  })
})

test('a flood of replies leaves room for those of whom it is for', async () => {
  const { builder, ada } = pair()
  const draft = { ...AT, kind: 'question', to: ['zoe'], title: 'Which?' } as const
  const { address, key, content } = await builder.inbox.send(draft)
  const body = { kind: 'answer', to: key, version: 1, content, answer: 'no' }
  // `zoe` comes last, by name as by time.
  const names = Array.from({ length: 1200 }, (_, at) => `bot${at}`)
  await ada.store.putAll(
    [...names, 'zoe'].map((name) => ({
      address: `ucxl://${name}:x@shop:checkout/replies/builder/coder/messages/m1.json`,
      content: Buffer.from(JSON.stringify({ ...body, answer: name })),
    })),
  )
  await carry(ada, builder)
  const { standing, replies } = await builder.inbox.item(address)
  expect(standing).toMatchObject({ status: 'answered', by: { answer: 'zoe' } })
  expect(replies).toHaveLength(1001)
  const [item] = await builder.inbox.items({ all: true })
  expect(item).toMatchObject({ standing: { status: 'answered' } })
  expect(item!.replies).toHaveLength(1001)
})

describe('any context', () => {
  test('can be approved in the version that was shown, and is not answered', async () => {
    const { builder, ada } = pair()
    const one = await builder.store.put({ address: PLAN, content: Buffer.from('one') })
    await builder.store.put({ address: PLAN, content: Buffer.from('two') })
    await carry(builder, ada)
    const content = one.record.content as string
    const old = 'ucxl://builder:coder@shop:checkout/*~1/plan.md'
    const reply = await ada.inbox.reply(old, { kind: 'approved', content, comment: 'Well done.' })
    expect(reply).toMatchObject({ version: 1, content, comment: 'Well done.' })
    expect(await ada.inbox.replies(PLAN)).toEqual([reply])
    const record = await ada.store.head('ada:lead@shop:checkout/replies/builder/coder/plan.md')
    expect(record?.record.writer).toBe(reply.by.did)
    const answer = ada.inbox.reply(old, { kind: 'answer', content, answer: 'x' })
    await expect(answer).rejects.toMatchObject({ code: 'ERR_INBOX_NOT_FOUND' })
    const nothing = ada.inbox.reply('ucxl://a:b@shop:checkout/x', { kind: 'approved', content })
    await expect(nothing).rejects.toMatchObject({ code: 'ERR_INBOX_NOT_FOUND' })
  })
})

describe('sending', () => {
  test('a second time under the same name is the same message', async () => {
    const { builder } = pair()
    const draft = { ...AT, kind: 'question', to: ['ada'], title: 'x', id: 'q' } as const
    const first = await builder.inbox.send(draft)
    expect(await builder.inbox.send(draft)).toEqual(first)
    expect((await builder.inbox.send({ ...draft, body: 'y' })).version).toBe(2)
  })

  test('refuses what is no message, and says where', async () => {
    const { builder } = pair()
    const draft = { ...AT, kind: 'message', to: ['ada'], title: 'x' } as const
    for (const [wrong, where] of [
      [{ to: [] }, 'to'],
      [{ to: ['a b'] }, 'to.0'],
      [{ title: '' }, 'title'],
      [{ about: [{ address: 'ucxl://any:any@shop:any/**', content: null }] }, 'about.0.address'],
      [{ body: 'x'.repeat(100_001) }, 'body'],
      [{ deadline: 'tomorrow' }, 'deadline'],
    ] as const) {
      const refused = builder.inbox.send({ ...draft, ...wrong })
      await expect(refused).rejects.toMatchObject({
        code: 'ERR_INBOX_INVALID',
        message: expect.stringContaining(where) as string,
      })
    }
    const nothing = builder.inbox.send({ ...draft, about: [PLAN] })
    await expect(nothing).rejects.toMatchObject({ code: 'ERR_INBOX_NOT_FOUND' })
    expect(await builder.inbox.items({ all: true })).toEqual([])
  })
})
