import { afterEach, beforeEach, expect, test } from 'vitest'
import { createInbox } from '@bzzz/inbox'
import { createRig, LEASE_MS, result, SETTLE_MS } from './rig.ts'

let rig: ReturnType<typeof createRig>
let dead: Set<string>
beforeEach(() => {
  rig = createRig()
  dead = new Set()
})
afterEach(async () => rig.stop(dead))

const ASK = { ask: { to: ['ada'], question: 'Which colour?', choices: ['red', 'blue'] } }

/** A person with a node of her own, on which nobody works. */
async function addPerson() {
  const node = await rig.add('ada', { projects: [] })
  const inbox = createInbox({ store: node.store, self: { name: 'ada', roles: ['lead'] } })
  return { node, inbox }
}

async function answer({ inbox }: Awaited<ReturnType<typeof addPerson>>, text: string) {
  const [item] = await inbox.items()
  return inbox.reply(item!.address, { kind: 'answer', content: item!.content, answer: text })
}

test('what is asked appears with whom it is for; the answer is given to the handler, and cited', async () => {
  const a = await rig.add('a')
  const ada = await addPerson()
  await rig.post(ada.node, { title: 'Paint it' })
  await rig.pass(SETTLE_MS * 2)
  expect(rig.calls[0]!.work.answers).toEqual([])
  rig.calls[0]!.resolve(ASK)
  await rig.pass(1000)
  const [item] = await ada.inbox.items()
  expect(item).toMatchObject({
    from: { name: 'a', role: 'coder' },
    message: {
      kind: 'question',
      title: 'Which colour?',
      choices: ['red', 'blue'],
      about: [{ address: 'ucxl://ada:lead@shop:fix/*~/task.json' }],
    },
  })
  expect(a.worker.status()).toMatchObject({ waiting: ['ada:lead@shop:fix/task.json'] })
  expect(a.events).toContainEqual(expect.objectContaining({ type: 'asked' }))

  // It waits much longer than a lease and than the time limit.
  await rig.pass(LEASE_MS * 3)
  expect(await rig.state(a)).toMatchObject({ status: 'held' })
  const reply = await answer(ada, 'blue')
  await rig.pass(1000)
  expect(rig.calls[1]!.work).toMatchObject({
    attempt: 1,
    answers: [
      { question: 'Which colour?', answer: 'blue', by: 'ada:lead', address: reply.address },
    ],
  })
  rig.calls[1]!.resolve(result('Blue it is.', { used: [] }))
  await rig.pass(500)
  expect(a.decisions[0]!.citations!.map((one) => one.ucxl_address)).toEqual([
    'ucxl://ada:lead@shop:fix/*~/task.json',
    reply.address,
  ])
  expect(await ada.inbox.items()).toEqual([])
})

test('who waits works on others meanwhile', async () => {
  await rig.add('a', { parallel: 1 })
  const ada = await addPerson()
  await rig.post(ada.node, { title: 'one' }, 'one')
  await rig.pass(SETTLE_MS * 2)
  await rig.post(ada.node, { title: 'two' }, 'two')
  await rig.pass(SETTLE_MS * 2)
  expect(rig.calls).toHaveLength(1)
  rig.calls[0]!.resolve(ASK)
  await rig.pass(SETTLE_MS * 2)
  expect(rig.calls.map(({ work }) => work.title)).toEqual(['one', 'two'])
})

test('an agent that takes over does not ask again, and has what was answered meanwhile', async () => {
  const a = await rig.add('a')
  const ada = await addPerson()
  await rig.post(ada.node, { title: 'Paint it' })
  await rig.pass(SETTLE_MS * 2)
  rig.calls[0]!.resolve(ASK)
  await rig.pass(1000)
  const b = await rig.add('b')
  a.die()
  dead.add('a')
  await rig.pass(LEASE_MS + SETTLE_MS + 2000)
  expect(rig.calls[1]).toMatchObject({ by: 'b', work: { attempt: 2, answers: [] } })
  rig.calls[1]!.resolve(ASK)
  await rig.pass(1000)
  expect(await ada.inbox.items()).toHaveLength(1)
  await answer(ada, 'red')
  await rig.pass(1000)
  expect(rig.calls[2]).toMatchObject({ by: 'b', work: { answers: [{ answer: 'red' }] } })
  rig.calls[2]!.resolve(result('Red.'))
  await rig.pass(500)
  expect(await rig.state(b)).toMatchObject({ status: 'done' })
})

test('who asks for what was answered, or what nobody can be asked, has failed', async () => {
  const a = await rig.add('a')
  const ada = await addPerson()
  await rig.post(ada.node, { title: 'Paint it', attempts: 1 })
  await rig.post(ada.node, { title: 'Write it', attempts: 1 }, 'other')
  await rig.pass(SETTLE_MS * 2)
  rig.calls[0]!.resolve(ASK)
  await rig.pass(SETTLE_MS * 2 + 1000)
  await answer(ada, 'red')
  await rig.pass(1000)
  rig.calls[1]!.resolve({ ask: { to: ['nobody here'], question: 'x' } })
  rig.calls[2]!.resolve(ASK)
  await rig.pass(1000)
  const claims = [await rig.claims(a), await rig.claims(a, 'other')]
  for (const claim of claims)
    expect(claim.get('a')).toMatchObject({ state: 'failed', code: 'ERR_RUNTIME_HANDLER_ANSWER' })
})

test('a task that is cancelled while somebody is asked ends the wait', async () => {
  const a = await rig.add('a')
  const ada = await addPerson()
  await rig.post(ada.node, { title: 'Paint it' })
  await rig.pass(SETTLE_MS * 2)
  rig.calls[0]!.resolve(ASK)
  await rig.pass(1000)
  await rig.post(ada.node, { title: 'Paint it', status: 'cancelled' })
  await rig.pass(1000)
  expect(a.worker.status()).toMatchObject({ running: [], waiting: [] })
})

test('nobody answers who was not asked, by a question of their own', async () => {
  const a = await rig.add('a')
  const ada = await addPerson()
  const mallory = await rig.add('mallory', { projects: [] })
  await rig.post(ada.node, { title: 'Paint it' })
  await rig.pass(SETTLE_MS * 2)
  rig.calls[0]!.resolve(ASK)
  await rig.pass(1000)
  const [item] = await ada.inbox.items()
  const id = item!.key.slice(item!.key.lastIndexOf('/') + 1).replace('.json', '')
  const forged = createInbox({ store: mallory.store, self: { name: 'mallory', roles: ['coder'] } })
  const me = createInbox({ store: mallory.store, self: { name: 'zoe', roles: ['lead'] } })
  const at = { project: 'shop', task: 'fix', kind: 'question', title: 'Which colour?' } as const
  for (const name of [id, id.replace(/-.*/, '-0000000000000000')]) {
    const { address, content } = await forged.send({ ...at, to: ['zoe'], id: name })
    await me.reply(address, { kind: 'answer', content, answer: 'black' })
  }
  await rig.pass(1000)
  expect(rig.calls).toHaveLength(1)
  // Nor after a restart, from what stands there.
  a.die()
  dead.add('a')
  await rig.add('b')
  await rig.pass(LEASE_MS + SETTLE_MS + 2000)
  expect(rig.calls[1]).toMatchObject({ by: 'b', work: { answers: [] } })
  rig.calls[1]!.resolve(ASK)
  await rig.pass(1000)
  expect(rig.calls).toHaveLength(2)
  await answer(ada, 'red')
  await rig.pass(1000)
  expect(rig.calls[2]!.work.answers).toMatchObject([{ answer: 'red', by: 'ada:lead' }])
})
