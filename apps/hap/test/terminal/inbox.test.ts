import { describe, expect, test } from 'vitest'
import { rig, type Rig } from './rig.ts'

const AT = { project: 'shop', task: 'checkout', to: ['ada'] }
const PLAN = 'ucxl://ada:author@shop:checkout/plan.md'

async function withProposal() {
  const all = await rig()
  await all.put('plan.md', 'Store no card numbers.\nNever.')
  const sent = await all.agent.send({ ...AT, kind: 'proposal', title: 'May I?', about: [PLAN] })
  await all.until('May I?')
  return { ...all, sent }
}

async function standingOf({ agent }: Rig, address: string) {
  return (await agent.item(address)).standing
}

describe('the inbox', () => {
  test('shows what awaits the person, with what it is about as it was meant', async () => {
    const { press, screen, put, until } = await withProposal()
    const list = await screen()
    expect(list).toContain('[1 inbox (1)]')
    expect(list).toMatch(/> proposal +May I\? +by builder/)
    await put('plan.md', 'Store all of them.')
    await press('enter')
    const shown = await until('Store no card numbers.')
    expect(shown).toContain('proposal by builder:coder')
    expect(shown).toContain('by now there is version 2')
    expect(shown).not.toContain('Store all of them.')
  })

  test('approving binds what was shown, and is taken back', async () => {
    const all = await withProposal()
    const { press, screen, sent, until, agent } = all
    await press('enter', 'a', '<go on>', 'enter')
    expect(await screen()).toContain('approved by ada')
    const item = await agent.item(sent.address)
    expect(item.standing.status).toBe('approved')
    expect(item.replies[0]).toMatchObject({
      kind: 'approved',
      content: sent.content,
      comment: 'go on',
    })
    await press('backspace')
    await until('Nothing awaits you.')
    await press('u')
    await until('[1 inbox (1)]')
    expect((await standingOf(all, sent.address)).status).toBe('open')
  })

  test('rejecting can be thought better of', async () => {
    const all = await withProposal()
    const { press, screen, sent } = all
    await press('enter', 'n', '<no', 'escape')
    expect(await screen()).toContain('Nothing was done.')
    expect((await standingOf(all, sent.address)).status).toBe('open')
    await press('n', 'enter')
    expect(await screen()).toContain('rejected by ada')
    expect((await standingOf(all, sent.address)).status).toBe('rejected')
  })

  test('what was changed since it was shown is not approved, but shown again', async () => {
    const all = await withProposal()
    const { press, screen, sent, source, until } = all
    await press('enter', 'a')
    // While she thinks.
    const other = { ...sent.message, title: 'May I do something else?' }
    const content = Buffer.from(JSON.stringify(other))
    const contentType = 'application/vnd.ucxl.message+json'
    await source.store.put({ address: sent.address.replace(/\*~\d*\//, ''), content, contentType })
    await until('IT HAS CHANGED')
    await press('enter')
    const shown = await screen()
    expect(shown).toContain('ERR_INBOX_CHANGED')
    expect(shown).toContain('May I do something else?')
    expect((await standingOf(all, sent.address)).status).toBe('open')
  })

  test('a question is answered by a choice, or in words', async () => {
    const all = await rig()
    const { agent, press, screen, until } = all
    const choices = ['red', 'blue']
    const one = await agent.send({ ...AT, kind: 'question', title: 'Which?', choices })
    await until('Which?')
    await press('enter', 'j', 'enter')
    expect(await screen()).toContain('Answer "blue"? (y/n)')
    await press('y')
    expect(await standingOf(all, one.address)).toMatchObject({ by: { answer: 'blue' } })
    await press('backspace')
    const two = await agent.send({ ...AT, kind: 'question', title: 'Why?' })
    await until('Why?')
    await press('enter', 'r', '<because>', 'enter')
    await until('answered by ada')
    expect(await standingOf(all, two.address)).toMatchObject({ by: { answer: 'because' } })
    await press('backspace')
    const three = await agent.send({ ...AT, kind: 'question', title: 'And then?' })
    await until('And then?')
    all.editor.edit = async () => 'a long\nanswer\n'
    await press('enter', 'e')
    await until('answered by ada')
    expect(await standingOf(all, three.address)).toMatchObject({ by: { answer: 'a long\nanswer' } })
  })

  test('a question is answered by a form that is made of its schema', async () => {
    const all = await rig()
    const { agent, press, screen, until } = all
    const sent = await agent.send({
      ...AT,
      kind: 'question',
      title: 'How much?',
      form: {
        type: 'object',
        properties: {
          size: { type: 'integer', minimum: 1, title: 'Size' },
          colour: { type: 'string', enum: ['red', 'blue'] },
          sure: { type: 'boolean' },
        },
        required: ['size', 'sure'],
      },
    })
    await until('How much?')
    await press('enter', 'f', 'S')
    expect(await screen()).toContain('Fill in first: Size')
    await press('enter', '<lots>', 'enter')
    expect(await screen()).toContain('Size is a number.')
    await press('enter', '<0>', 'enter', 'j', 'enter', 'enter', 'j', 'enter', 'S')
    expect(await screen()).toContain('ERR_INBOX_ANSWER')
    await press('f', 'enter', '<3>', 'enter', 'j', 'enter', 'enter', 'j', 'enter', 'S')
    await until('answered by ada')
    expect(await standingOf(all, sent.address)).toMatchObject({
      by: { answer: { size: 3, colour: 'blue', sure: true } },
    })
  })

  test('a message is taken off the list when it was seen', async () => {
    const { agent, press, until } = await rig()
    await agent.send({ ...AT, kind: 'message', title: 'Hello', to: ['bob'], body: 'ask @ada' })
    await until(/mention +Hello/)
    await press('enter', 's', 'backspace')
    await until('Nothing awaits you.')
    await press('A')
    await until(/mention, seen +Hello/)
  })
})

describe('composing', () => {
  test('sends a question from a template, and takes it back', async () => {
    const { agent, press, screen, put, until, source, editor } = await rig()
    await put('plan.md', 'A plan.')
    await press('c', 'S')
    expect(await screen()).toContain('Fill in first: To, Project:task, Title')
    await press('enter')
    expect(await screen()).toMatch(/\*Kind +question/)
    expect(await screen()).toContain('What I want to know:')
    await press('j', 'enter', '<builder>', 'enter')
    await press('j', 'enter', '<sh>', 'tab', 'enter')
    expect(await screen()).toMatch(/\*Project:task +shop:checkout/)
    await press('j', 'enter', '<Is it right?>', 'enter')
    await press('j', 'enter', '<ada:author@shop:checkout/plan.md>', 'enter')
    await press('j', 'enter', '<yes | no>', 'enter')
    editor.edit = async (text) => `${text}\nthe plan`
    await press('j', 'e', 'S')
    await until('It is sent')
    const [item] = await agent.items()
    expect(item?.message).toMatchObject({
      kind: 'question',
      to: ['builder'],
      title: 'Is it right?',
      choices: ['yes', 'no'],
      about: [{ address: 'ucxl://ada:author@shop:checkout/*~/plan.md' }],
    })
    expect(item?.message.body).toMatch(/^What I want to know:[^]*the plan$/)
    expect(item?.from).toMatchObject({ name: 'ada', role: 'lead', did: source.did })
    await press('u')
    await until('Taken back: Is it right?')
    expect(await agent.items()).toEqual([])
  })

  test('answers a message, and says what is wrong with what was written', async () => {
    const { agent, press, screen, until } = await rig()
    await agent.send({ ...AT, kind: 'message', title: 'Hello' })
    await until('Hello')
    await press('enter', 'r')
    const form = await screen()
    expect(form).toContain('[6 compose]')
    expect(form).toMatch(/\*To +builder:coder/)
    expect(form).toMatch(/\*Project:task +shop:checkout/)
    expect(form).toMatch(/\*Title +Re: Hello/)
    await press('j', 'enter', 'ctrl-u', '<not a name!>', 'enter', 'S')
    expect(await screen()).toContain('ERR_INBOX_INVALID')
  })
})

test('a message cannot speak to the terminal, whatever part of it tries', async () => {
  const { agent, press, screen, until } = await rig()
  const evil = '\u001b]0;owned\u0007\u202e'
  const field = { type: 'string' as const, title: `Title${evil}`, description: `Hint${evil}` }
  await agent.send({
    ...AT,
    kind: 'question',
    title: `Form${evil}`,
    body: `Body${evil}`,
    form: {
      type: 'object',
      properties: { one: field, two: { ...field, enum: [`Option${evil}`] } },
      required: ['one'],
    },
  })
  await agent.send({ ...AT, kind: 'question', title: `Choose${evil}`, choices: [`Choice${evil}`] })
  // The rig refuses a screen with a control character in it: each of these has been looked at.
  await until('Form␛]0;owned␇')
  await press('/', '<form>', 'enter', 'enter', 'f')
  expect(await screen()).toContain('Hint␛]0;owned␇‹202E›')
  await press('enter')
  expect(await screen()).toContain('Title␛]0;owned␇')
  await press('<x>', 'enter', 'j', 'enter')
  expect(await screen()).toContain('Option␛]0;owned␇‹202E›')
  await press('S')
  await until('answered by')
  await press('backspace', 'escape', '/', '<choose>', 'enter', 'enter', 'r', 'tab')
  expect(await screen()).toContain('answer: Choice␛]0;owned␇')
  await press('enter')
  await until('answered by')
})
