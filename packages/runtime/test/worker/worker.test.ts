import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { BreakerState } from '@bzzz/slurp-client'
import type { Handler, Result } from '../../src/handlers/handler.ts'
import { createRig, LEASE_MS, result, SETTLE_MS } from './rig.ts'

let rig: ReturnType<typeof createRig>
beforeEach(() => {
  rig = createRig()
})
afterEach(async () => rig.stop())

const text = async (
  store: { get(address: string): Promise<{ content: Uint8Array }> },
  address: string,
) => Buffer.from((await store.get(address)).content).toString()

describe('an agent', () => {
  test('takes a task, and keeps its result, what was printed, and a decision that cites what was read', async () => {
    const a = await rig.add('a')
    const plan = 'ucxl://ada:lead@shop:spec/plan.md'
    await a.store.put({ address: plan, content: Buffer.from('one'), contentType: 'text/markdown' })
    await a.store.put({ address: plan, content: Buffer.from('two'), contentType: 'text/markdown' })
    await rig.post(a, { title: 'Fix login', instructions: 'Now.', inputs: [plan], data: { n: 1 } })
    await rig.pass(SETTLE_MS)
    const [call] = rig.calls
    expect(call!.work).toMatchObject({
      address: 'ucxl://ada:lead@shop:fix/*~/task.json',
      title: 'Fix login',
      instructions: 'Now.',
      data: { n: 1 },
      inputs: [{ address: 'ucxl://ada:lead@shop:spec/*~2/plan.md', contentType: 'text/markdown' }],
      attempt: 1,
    })
    call!.options.log('on it\n')
    call!.resolve(result('# Fixed', { contentType: 'text/markdown', summary: 'It was the clock.' }))
    await rig.pass(500)
    const mine = 'ucxl://a:coder@shop:fix'
    expect(await text(a.store, `${mine}/ada/lead/result.md`)).toBe('# Fixed')
    expect(await text(a.store, `${mine}/ada/lead/log.txt`)).toBe('on it\n')
    expect(a.decisions).toMatchObject([
      {
        agent_id: 'a',
        decision_type: 'task_completion',
        title: 'Fix login',
        summary: 'It was the clock.',
        context: { project: 'shop', task: 'fix' },
        citations: [
          { type: 'implements', ucxl_address: 'ucxl://ada:lead@shop:fix/*~/task.json' },
          { type: 'informed_by', ucxl_address: 'ucxl://ada:lead@shop:spec/*~2/plan.md' },
        ],
        impacts: [{ type: 'creates', ucxl_address: `${mine}/*~/ada/lead/result.md` }],
      },
    ])
    expect((await rig.claims(a)).get('a')).toMatchObject({
      state: 'done',
      lease: 1,
      result: `${mine}/*~/ada/lead/result.md`,
      decision: `${mine}/*~/ada/lead/decision.json`,
      log: `${mine}/*~/ada/lead/log.txt`,
    })
    expect(await rig.state(a)).toMatchObject({ status: 'done' })
    expect(a.worker.status()).toMatchObject({ running: [], done: 1, tasks: { done: 1 } })
  })

  test('cites only what the handler says that it used, by either name', async () => {
    const a = await rig.add('a')
    const inputs = ['one', 'two', 'three'].map((name) => `ucxl://ada:lead@shop:spec/${name}.md`)
    for (const address of inputs) await a.store.put({ address, content: Buffer.from(address) })
    await rig.post(a, { title: 'Fix login', inputs })
    await rig.pass(SETTLE_MS)
    const used = [
      inputs[0]!,
      'ucxl://ada:lead@shop:spec/*~1/three.md',
      'ucxl://x:y@z:w/unread',
      'no',
    ]
    rig.calls[0]!.resolve(result('x', { used }))
    await rig.pass(500)
    expect(a.decisions[0]!.citations!.map((one) => one.ucxl_address).slice(1)).toEqual([
      'ucxl://ada:lead@shop:spec/*~/one.md',
      'ucxl://ada:lead@shop:spec/*~/three.md',
    ])
  })

  test('begins nothing while what it asks is left alone, and one thing to see whether it is well', async () => {
    const begun: string[] = []
    const done = Promise.withResolvers<Result>()
    let circuit: BreakerState = { state: 'open', until: rig.now() + 20_000 }
    const handler: Handler = {
      circuit: () => (circuit.until === rig.now() ? (circuit = { state: 'half-open' }) : circuit),
      handle: async ({ title }) => {
        begun.push(title)
        return done.promise
      },
    }
    const a = await rig.add('a', { parallel: 2, handler })
    for (const name of ['one', 'two', 'three']) await rig.post(a, { title: name }, name)
    await rig.pass(19_500)
    expect(begun).toEqual([])
    await rig.pass(5000)
    expect(begun).toEqual(['one'])
    circuit = { state: 'closed' }
    done.resolve(result('x'))
    await rig.pass(5000)
    expect(begun).toEqual(['one', 'two', 'three'])
  })

  test('takes what fits it, as many at once as it may, the first ones first', async () => {
    const b = await rig.add('b', { posters: ['did:key:z6Mknobody'] })
    const a = await rig.add('a', { parallel: 2 })
    await rig.post(a, { title: 'Draw', wants: { role: 'designer' } }, 'draw')
    await rig.post(a, { title: 'Rust', wants: { capabilities: ['rust'] } }, 'rust')
    await rig.post(
      a,
      { title: 'One', wants: { role: 'coder', capabilities: ['typescript'] } },
      'one',
    )
    await rig.post(a, { title: 'Two' }, 'two')
    await rig.post(a, { title: 'Three' }, 'three')
    await rig.pass(5000)
    expect(rig.calls.map(({ by, work }) => [by, work.title])).toEqual([
      ['a', 'One'],
      ['a', 'Two'],
    ])
    rig.calls[0]!.resolve(result('x'))
    await rig.pass(5000)
    expect(rig.calls.map(({ work }) => work.title)).toEqual(['One', 'Two', 'Three'])
    expect(b.worker.status().running).toEqual([])
  })

  test('finds what was posted while it was away, and says what is malformed', async () => {
    const a = await rig.add('a', { projects: ['other'] })
    await rig.post(a, { title: 'Fix login' })
    await rig.post(a, { no: 'title' }, 'bad')
    const b = await rig.add('b')
    await rig.pass(5000)
    expect(rig.calls).toHaveLength(1)
    expect(b.events.find(({ type }) => type === 'malformed')).toMatchObject({
      task: 'ada:lead@shop:bad/task.json',
      error: { code: 'ERR_RUNTIME_TASK' },
    })
  })

  test('renews its lease as long as it works, and keeps what was printed on the way', async () => {
    const a = await rig.add('a')
    await rig.post(a, { title: 'Fix login' })
    await rig.pass(SETTLE_MS)
    rig.calls[0]!.options.log('half\n')
    await rig.pass(4 * LEASE_MS)
    expect(await text(a.store, 'ucxl://a:coder@shop:fix/ada/lead/log.txt')).toBe('half\n')
    expect(await rig.state(a)).toMatchObject({ status: 'held', holder: { lease: 1 } })
    expect(rig.calls[0]!.options.signal.aborted).toBe(false)
  })

  test('tries again what failed, later each time, as often as the task allows', async () => {
    const a = await rig.add('a')
    await rig.post(a, { title: 'Fix login', attempts: 2 })
    await rig.pass(SETTLE_MS)
    rig.calls[0]!.reject(new Error('out of luck'))
    await rig.pass(4000)
    expect(rig.calls).toHaveLength(1)
    await rig.pass(4000)
    expect(rig.calls[1]!.work.attempt).toBe(2)
    rig.calls[1]!.reject(new Error('again'))
    await rig.pass(600_000)
    expect(rig.calls).toHaveLength(2)
    expect(await rig.state(a)).toMatchObject({
      status: 'failed',
      last: { attempt: 2, code: 'ERR_RUNTIME_HANDLER', reason: 'again' },
    })
    expect(a.worker.status()).toMatchObject({ failed: 2, tasks: { failed: 1 } })
  })

  test('an input that is not there is a failure with its address', async () => {
    const a = await rig.add('a')
    await rig.post(a, { title: 'Fix', inputs: ['ucxl://a:b@c:d/nowhere'], attempts: 1 })
    await rig.pass(5000)
    expect(rig.calls).toEqual([])
    expect((await rig.claims(a)).get('a')).toMatchObject({
      state: 'failed',
      code: 'ERR_RUNTIME_TASK_INPUT',
      reason: expect.stringContaining('ucxl://a:b@c:d/nowhere'),
    })
  })
})

describe('what takes too long or is not wanted any more', () => {
  test('is told to end at the time limit, and not waited for for long', async () => {
    const a = await rig.add('a', { timeLimitMs: 10_000 })
    await rig.post(a, { title: 'Fix login', attempts: 1 })
    await rig.post(a, { title: 'Next' }, 'next')
    await rig.pass(SETTLE_MS + 10_000)
    expect(rig.calls[0]!.options.signal.aborted).toBe(true)
    // It does not heed its signal. The agent goes on.
    await rig.pass(5000 + SETTLE_MS)
    expect((await rig.claims(a)).get('a')).toMatchObject({
      state: 'failed',
      code: 'ERR_RUNTIME_HANDLER_LATE',
      reason: 'It took longer than 10000 ms',
    })
    expect(rig.calls[1]!.work.title).toBe('Next')
  })

  test('a deadline ends it, also where it is far from the time limit; and is not begun after it', async () => {
    const a = await rig.add('a')
    await rig.post(a, { title: 'Fix', deadline: '2026-01-01T00:00:07Z' })
    await rig.pass(7000)
    const { signal } = rig.calls[0]!.options
    expect(signal.reason).toMatchObject({ code: 'ERR_RUNTIME_HANDLER_LATE' })
    rig.calls[0]!.reject(signal.reason)
    await rig.post(a, { title: 'Late', deadline: '2026-01-01T00:00:07Z' }, 'late')
    await rig.pass(60_000)
    expect(rig.calls).toHaveLength(1)
    expect((await rig.claims(a)).get('a')).toMatchObject({
      state: 'failed',
      reason: 'The deadline is over',
    })
    expect(a.worker.status().tasks).toMatchObject({ expired: 2 })
  })

  test.each([
    ['cancelled', { title: 'Fix login', status: 'cancelled' }],
    ['made malformed', { no: 'title' }],
  ])('what is %s is ended, and nobody takes it again', async (_, next) => {
    const a = await rig.add('a')
    await rig.post(a, { title: 'Fix login' })
    await rig.pass(SETTLE_MS)
    await rig.post(a, next)
    const { signal } = rig.calls[0]!.options
    expect(signal.reason).toMatchObject({ message: 'It was cancelled' })
    rig.calls[0]!.reject(signal.reason)
    await rig.pass(60_000)
    expect((await rig.claims(a)).get('a')).toMatchObject({ state: 'released' })
    expect(rig.calls).toHaveLength(1)
  })
})

describe('several agents', () => {
  test('that claim at once see that one was first: the others withdraw before they begin', async () => {
    // The one that has the task already waits until the others have it.
    const a = await rig.add('a', { random: () => 0.5 })
    const others = [await rig.add('b'), await rig.add('c')]
    await rig.post(a, { title: 'Fix login' })
    await rig.pass(5000)
    expect(rig.calls).toHaveLength(1)
    const claims = [...(await rig.claims(others[0]!)).values()]
    expect(claims.map(({ state }) => state).toSorted()).toEqual([
      'claimed',
      'withdrawn',
      'withdrawn',
    ])
    const [first] = claims.map(({ writer }) => writer).toSorted()
    expect(claims.find(({ state }) => state === 'claimed')?.writer).toBe(first)
    rig.calls[0]!.resolve(result('x'))
    await rig.pass(60_000)
    expect(rig.calls).toHaveLength(1)
    for (const node of [a, ...others])
      expect(node.worker.status().tasks).toMatchObject({ done: 1, open: 0 })
  })

  test('when one dies another one takes its task, with the next lease', async () => {
    const a = await rig.add('a')
    await rig.post(a, { title: 'Fix login' })
    await rig.pass(SETTLE_MS)
    const b = await rig.add('b')
    await rig.pass(1000)
    rig.calls[0]!.options.log('I was here\n')
    await rig.pass(LEASE_MS)
    a.die()
    await rig.pass(LEASE_MS - 15_000)
    expect(rig.calls).toHaveLength(1)
    await rig.pass(20_000)
    expect(rig.calls.map(({ by, work }) => [by, work.attempt])).toEqual([
      ['a', 1],
      ['b', 2],
    ])
    // What the dead one had printed is kept.
    expect(await text(b.store, 'ucxl://a:coder@shop:fix/ada/lead/log.txt')).toBe('I was here\n')
    rig.calls[1]!.resolve(result('x'))
    await rig.pass(1000)
    expect(await rig.state(b)).toMatchObject({ status: 'done', by: { lease: 2, writer: b.did } })
  })

  test('who comes back after its lease went to another one stops, and changes nothing', async () => {
    const a = await rig.add('a')
    await rig.post(a, { title: 'Fix login' })
    await rig.pass(SETTLE_MS)
    const b = await rig.add('b')
    await rig.pass(1000)
    a.isCutOff = true
    await rig.pass(LEASE_MS + 10_000)
    expect(rig.calls.map(({ by }) => by)).toEqual(['a', 'b'])
    a.isCutOff = false
    await rig.pass(1000)
    const { signal } = rig.calls[0]!.options
    expect(signal.reason).toMatchObject({ message: 'Another agent holds it' })
    rig.calls[0]!.resolve(result('too late'))
    rig.calls[1]!.resolve(result('in time'))
    await rig.pass(1000)
    for (const node of [a, b])
      expect(await rig.state(node)).toMatchObject({ status: 'done', by: { writer: b.did } })
    expect(a.decisions).toEqual([])
    expect((await rig.claims(b)).get('a')).toMatchObject({ state: 'withdrawn', lease: 1 })
  })

  test('parted from each other both may work; when they meet, all say which result counts', async () => {
    const a = await rig.add('a')
    const b = await rig.add('b')
    a.isCutOff = true
    const task = { title: 'Fix login' }
    await rig.post(a, task)
    // The task has come to both, by a third one.
    for await (const { record } of a.store.history('ada:lead@shop:fix/task.json')) {
      await b.store.append([record])
      await b.store.addContent(record.content!, Buffer.from(JSON.stringify(task)))
    }
    await rig.pass(5000)
    for (const call of rig.calls) call.resolve(result(`by ${call.by}`))
    await rig.pass(1000)
    expect(rig.calls.map(({ by }) => by).toSorted()).toEqual(['a', 'b'])
    a.isCutOff = false
    await rig.pass(1000)
    const [one, other] = [await rig.state(a), await rig.state(b)]
    expect(one).toMatchObject({ status: 'done' })
    expect(other).toEqual(one)
    expect((await rig.claims(a)).size).toBe(2)
  })

  test('who starts again does not wait for its own old lease', async () => {
    const a = await rig.add('a')
    await rig.post(a, { title: 'Fix login' })
    await rig.pass(SETTLE_MS)
    a.die()
    const again = await rig.add('a', {}, a)
    expect((await rig.claims(again)).get('a')).toMatchObject({
      state: 'failed',
      reason: 'The agent was ended in the middle of it',
    })
    await rig.pass(10_000)
    expect(rig.calls.map(({ work }) => work.attempt)).toEqual([1, 2])
  })

  test('one that stops hands back what it cannot finish, and it costs no attempt', async () => {
    const a = await rig.add('a')
    await rig.post(a, { title: 'Fix login', attempts: 1 })
    await rig.pass(SETTLE_MS)
    await rig.add('b')
    await rig.pass(1000)
    const stopped = a.worker.stop()
    await rig.pass(3000)
    const { signal } = rig.calls[0]!.options
    expect(signal.reason).toMatchObject({ message: 'The agent stops' })
    rig.calls[0]!.reject(signal.reason)
    await stopped
    await rig.pass(SETTLE_MS + 1000)
    expect(rig.calls.map(({ by, work }) => [by, work.attempt])).toEqual([
      ['a', 1],
      ['b', 1],
    ])
  })

  test('one that stops finishes what takes no longer than a moment', async () => {
    const a = await rig.add('a')
    await rig.post(a, { title: 'Fix login' })
    await rig.pass(SETTLE_MS)
    const stopped = a.worker.stop()
    rig.calls[0]!.resolve(result('just in time'))
    await rig.pass(500)
    await stopped
    expect(await rig.state(a)).toMatchObject({ status: 'done' })
  })
})
