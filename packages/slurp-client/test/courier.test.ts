import { createMemoryStore } from '@bzzz/context-store'
import { expect, test } from 'vitest'
import {
  createMemoryState,
  DECISION_MEDIA_TYPE,
  type DeliveryOutcome,
  type OutboxState,
} from '../src/index.ts'
import { createClock, settle, START } from './clock.ts'
import {
  addressOf,
  all,
  bench,
  decision,
  draft,
  hasty,
  identity,
  keyOf,
  recorder,
} from './fixtures.ts'

const FAILED: DeliveryOutcome = { outcome: 'failed', reason: 'the service is down' }
const TAKEN: DeliveryOutcome = { outcome: 'delivered', state: 'accepted' }
const REFUSED: DeliveryOutcome = { outcome: 'refused', reason: 'no', status: 422 }
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

test('waits double up to their limit, and chance makes them shorter', async () => {
  const { deliver } = recorder(() => FAILED)
  const clock = createClock()
  const chances = [0.999_999, 0.999_999, 0.999_999, 0.5, 0, 0.999_999]
  const { client, events, until } = bench(
    {
      deliver,
      random: () => chances.shift() ?? 0,
      backoff: { firstMs: 1000, maxMs: 5000 },
      circuit: { failures: 100, waitMs: 1 },
      ...hasty(clock),
    },
    { clock },
  )
  await client.publish(draft('one'))
  await until('retrying', 6)
  const times = events
    .flatMap((event) => (event.type === 'retrying' ? [event.nextAt] : []))
    .slice(0, 6)
  const waits = times.map((time, place) => time - (times[place - 1] ?? START))
  expect(waits).toEqual([1000, 2000, 4000, 2500, 20, 5000])
  await client.close()
})

test('after failures in a row the service is left alone, and then asked once', async () => {
  let down = true
  const { deliver, titles } = recorder(() => (down ? FAILED : TAKEN))
  const circuit = { failures: 3, waitMs: 60_000 }
  const backoff = { firstMs: 100, maxMs: 100 }
  const { client, clock, events, until } = bench({ deliver, circuit, backoff })
  await client.publish(draft('one'))
  for (const count of [1, 2, 3]) {
    await until('retrying', count)
    clock.advance(50)
  }
  expect(await until('circuit-open')).toEqual({ type: 'circuit-open', until: START + 100 + 60_000 })
  // Neither new decisions nor a flush get past it.
  await client.publish(draft('two'))
  const flushed = client.flush()
  clock.advanceTo(START + 100 + 59_999)
  await settle()
  expect(titles).toHaveLength(3)
  clock.advance(1)
  await until('circuit-open', 2)
  await until('retrying', 4)
  expect(titles).toHaveLength(4)
  down = false
  clock.advance(60_000)
  await flushed
  expect(events.filter(({ type }) => type === 'circuit-closed')).toHaveLength(1)
  expect(titles.slice(4)).toEqual(['one', 'two'])
  await client.close()
})

test('a service that asks for patience does not open the circuit', async () => {
  const patience: DeliveryOutcome = { outcome: 'failed', reason: 'slowly', patience: true }
  const { deliver } = recorder((number) => (number < 20 ? patience : TAKEN))
  const clock = createClock()
  const circuit = { failures: 3, waitMs: 60_000 }
  const { client, events, until } = bench({ deliver, circuit, ...hasty(clock) }, { clock })
  await client.publish(draft('one'))
  await until('delivered')
  expect(events.filter(({ type }) => type === 'circuit-open')).toEqual([])
  await client.close()
})

test('a flush ends the wait between attempts', async () => {
  const { deliver } = recorder((number) => (number === 1 ? FAILED : TAKEN))
  const { client, until } = bench({ deliver })
  await client.publish(draft('one'))
  await until('retrying')
  await client.flush()
  expect(await all(client.pending())).toEqual([])
  await client.close()
})

test('a flush does not end a wait that the service asked for', async () => {
  const busy: DeliveryOutcome = { outcome: 'failed', reason: 'slowly', retryAfterMs: 60_000 }
  const { deliver, titles } = recorder((number) => (number === 1 ? busy : TAKEN))
  const { client, clock, until } = bench({ deliver })
  await client.publish(draft('one'))
  expect(await until('retrying')).toMatchObject({ nextAt: START + 60_000 })
  const flushed = client.flush()
  clock.advance(59_999)
  await settle()
  expect(titles).toEqual(['one'])
  clock.advance(1)
  await flushed
  expect(titles).toEqual(['one', 'one'])
  await client.close()
})

test('a flush of nothing resolves, one that is given up rejects with its reason, and one that is closed too', async () => {
  const { client, until } = bench(recorder(() => FAILED))
  await client.flush()
  await client.publish(draft('one'))
  await until('retrying')
  const abort = new AbortController()
  const given = client.flush({ signal: abort.signal })
  const reason = new Error('no time')
  abort.abort(reason)
  await expect(given).rejects.toBe(reason)
  const closed = expect(client.flush()).rejects.toMatchObject({ code: 'ERR_PUBLISH_CLOSED' })
  await settle()
  await client.close()
  await closed
})

test('a flush waits for what was pending, and not for what comes after', async () => {
  const gates: (() => void)[] = []
  const deliver = async (): Promise<DeliveryOutcome> => {
    await new Promise<void>((resolve) => gates.push(resolve))
    return TAKEN
  }
  const { client } = bench({ deliver })
  await client.publish(draft('one'))
  let flushed = false
  const done = client.flush().then(() => (flushed = true))
  await settle()
  await client.publish(draft('two'))
  expect(flushed).toBe(false)
  gates.shift()?.()
  await done
  expect((await all(client.pending())).map(({ key }) => key)).toEqual([keyOf('two')])
  await client.close()
})

test('pending says what waits, how often it was tried, and when it is tried again', async () => {
  const { client, until } = bench(recorder(() => FAILED))
  const ids: string[] = []
  for (const name of ['one', 'two']) ids.push((await client.publish(draft(name))).id)
  await until('retrying')
  expect(await all(client.pending())).toMatchObject([
    { id: ids[0], key: keyOf('one'), version: 1, time: START, attempts: 1, nextAt: START + 250 },
    { id: ids[1], key: keyOf('two'), version: 1, attempts: 0 },
  ])
  await client.close()
})

test('after a restart the wait goes on where it was, and the count too', async () => {
  const { deliver, titles } = recorder((number) => (number < 3 ? FAILED : TAKEN))
  const first = bench({ deliver })
  await first.client.publish(draft('one'))
  await first.until('retrying')
  await first.client.close()
  const second = first.again()
  await settle()
  expect(titles).toHaveLength(1)
  second.clock.advance(250)
  expect(await second.until('retrying')).toMatchObject({ attempts: 2 })
  second.clock.advance(1000)
  expect(await second.until('delivered')).toMatchObject({ attempts: 3 })
  await second.client.close()
})

test('a dead letter is tried again when it is asked for, after what is new, and then is gone', async () => {
  const { deliver, titles } = recorder((number) => [REFUSED, FAILED][number - 1] ?? TAKEN)
  const { client, until } = bench({ deliver })
  const { id } = await client.publish(draft('one'))
  await until('dead')
  await client.publish(draft('two'))
  await until('retrying')
  await client.retry(id)
  await client.publish(draft('three'))
  expect((await all(client.pending())).map(({ key }) => key)).toEqual(
    ['two', 'three', 'one'].map((name) => keyOf(name)),
  )
  await client.flush()
  expect(titles).toEqual(['one', 'two', 'two', 'three', 'one'])
  expect(await all(client.deadLetters())).toEqual([])
  expect(await all(client.pending())).toEqual([])
  await expect(client.retry(id)).rejects.toMatchObject({ code: 'ERR_PUBLISH_NOT_FOUND' })
  await client.close()
})

test('a dead letter that is refused again is one again, with all its attempts, through restarts', async () => {
  const { deliver } = recorder(() => REFUSED)
  const first = bench({ deliver })
  const { id } = await first.client.publish(draft('one'))
  await first.until('dead')
  await first.client.retry(id)
  await first.until('dead', 2)
  await first.client.close()
  const { client } = first.again()
  expect(await all(client.deadLetters())).toMatchObject([{ id, attempts: 2, status: 422 }])
  await client.dismiss(id)
  expect(await all(client.deadLetters())).toEqual([])
  await client.close()
})

test('a retry that was asked for before a restart is made after it', async () => {
  let wrong = true
  const { deliver, titles } = recorder(() => (wrong ? REFUSED : TAKEN))
  const first = bench({ deliver })
  const { id } = await first.client.publish(draft('one'))
  await first.until('dead')
  await first.client.close()
  const entry = await first.state.get('dead', id)
  if (!entry) throw new Error('there is no letter')
  await first.state.save({ remove: [{ list: 'dead', id }], put: [{ list: 'again', entry }] })
  wrong = false
  const second = first.again()
  expect(await second.until('delivered')).toMatchObject({ id, attempts: 2 })
  expect(titles).toEqual(['one', 'one'])
  await second.client.close()
})

test('with maxAnswered a decision that the service fails on stops no other for good', async () => {
  const deliver = async ({ node }: { node: { title?: string } }): Promise<DeliveryOutcome> =>
    node.title === 'poison' ? { outcome: 'failed', reason: '500', answered: true } : TAKEN
  const clock = createClock()
  const { client, events } = bench({ deliver, maxAnswered: 4, ...hasty(clock) }, { clock })
  for (const name of ['poison', 'two']) await client.publish(draft(name))
  await client.flush()
  expect(await all(client.deadLetters())).toMatchObject([{ key: keyOf('poison'), attempts: 4 }])
  expect(events.at(-1)).toMatchObject({ type: 'delivered', key: keyOf('two') })
  await client.close()
})

test('decisions that another process wrote are delivered too, and other contexts are not', async () => {
  const { deliver, titles } = recorder()
  const { client, store } = bench({ deliver })
  const said = await client.publish(draft('one'))
  if (said.status !== 'published') throw new Error('it was not published')
  await store.put({ address: addressOf('plan'), content: bytes('{"title":"no decision"}') })
  const tombstone = await store.put({ address: addressOf('one'), content: null })
  expect(tombstone.record.version).toBe(2)
  const sealed = { method: 'age', key: 'k' }
  await store.put({
    address: addressOf('sealed'),
    content: bytes('x'),
    contentType: DECISION_MEDIA_TYPE,
    encryption: sealed,
  })
  await client.flush()
  expect(titles).toEqual(['one'])
  expect(await all(client.deadLetters())).toEqual([])
  await client.close()
})

test('what is kept as a decision and is none is a dead letter, and so is what was erased', async () => {
  const { deliver } = recorder()
  const first = bench({ deliver })
  await first.client.close()
  const { store } = first
  await store.put({
    address: addressOf('odd'),
    content: bytes('{}'),
    contentType: DECISION_MEDIA_TYPE,
  })
  await store.put({
    address: addressOf('gone'),
    content: bytes('{"a":1}'),
    contentType: DECISION_MEDIA_TYPE,
  })
  await store.redact(addressOf('gone').replace('*^', '*~1'), 'a name was in it')
  const { client, until } = first.again()
  await until('dead', 2)
  expect(await all(client.deadLetters())).toMatchObject([
    { key: keyOf('odd'), reason: expect.stringMatching(/^Expected .*decision_id/) },
    { key: keyOf('gone'), reason: 'its content is not in the store: it was erased, or never came' },
  ])
  await client.close()
})

test('a store that was put in the place of another is delivered from its start', async () => {
  const { deliver, titles } = recorder()
  const first = bench({ deliver })
  for (const name of ['one', 'two', 'three']) await first.client.publish(draft(name))
  await first.client.flush()
  await first.client.close()
  const fresh = createMemoryStore({ writer: identity, now: first.clock.now })
  const other = bench({ deliver }, { clock: first.clock, store: fresh, state: first.state })
  await other.client.publish(draft('four'))
  await other.until('delivered')
  expect(titles).toEqual(['one', 'two', 'three', 'four'])
  expect(other.events.map(({ type }) => type)).toContain('rewound')
  await other.client.close()
})

test('so is one that has as many changes as the other had', async () => {
  const { deliver, titles } = recorder()
  const first = bench({ deliver })
  await first.client.publish(draft('one'))
  await first.client.flush()
  await first.client.close()
  const fresh = createMemoryStore({ writer: identity, now: first.clock.now })
  const away = bench({ deliver: async () => FAILED }, { store: fresh })
  for (const name of ['two', 'three']) await away.client.publish(draft(name))
  await away.client.close()
  const other = bench({ deliver }, { store: fresh, state: first.state })
  await other.until('delivered', 2)
  expect(titles).toEqual(['one', 'two', 'three'])
  await other.client.close()
})

test('a state that fails holds deliveries up, and they go on when it works again', async () => {
  const clock = createClock()
  const inner = createMemoryState()
  let broken = true
  const state: OutboxState = {
    ...inner,
    save: async (change) => {
      if (broken) throw new Error('the disk is full')
      return inner.save(change)
    },
  }
  const { deliver, titles } = recorder()
  const { client, until } = bench({ deliver }, { clock, state })
  const result = await client.publish(draft('one'))
  expect(result.status).toBe('published')
  expect(await until('stalled')).toMatchObject({ error: new Error('the disk is full') })
  broken = false
  // Being woken does not end the wait; time does.
  for (const name of ['two', 'three']) await client.publish(draft(name))
  await settle()
  expect(titles).toEqual(['one'])
  clock.advance(250)
  await until('delivered', 3)
  // The first one had arrived, which nobody could know: the service knows it.
  expect(titles).toEqual(['one', 'one', 'two', 'three'])
  await client.close()
})

test('a client that is closed before it could read its state leaves that as it is', async () => {
  const inner = createMemoryState()
  const progress = { cursor: { sequence: 4, record: 'bafkrei4' }, attempts: null }
  await inner.save({ progress })
  const broken = async (): Promise<never> => Promise.reject(new Error('the disk is away'))
  const { client, until } = bench(recorder(), { state: { ...inner, progress: broken } })
  await until('stalled')
  await client.close()
  expect(await inner.progress()).toEqual(progress)
})

test('a client whose store was closed ends by itself', async () => {
  const { client, store } = bench(recorder(() => FAILED))
  await store.close()
  await settle()
  await expect(client.publish(draft('one'))).rejects.toMatchObject({
    code: expect.stringMatching(/^ERR_(STORE|PUBLISH)_CLOSED$/),
  })
  await client.close()
})

test('closing ends an attempt that is under way, and the decision stays pending', async () => {
  let aborted = false
  const hang = async (
    _: unknown,
    { signal }: { signal: AbortSignal },
  ): Promise<DeliveryOutcome> => {
    signal.addEventListener('abort', () => (aborted = true))
    return new Promise(() => {})
  }
  const first = bench({ deliver: hang })
  await first.client.publish(draft('one'))
  await settle()
  await first.client.close()
  expect(aborted).toBe(true)
  const { deliver, titles } = recorder()
  const second = first.again({ deliver })
  await second.until('delivered')
  expect(titles).toEqual(['one'])
  await second.client.close()
})

test('a listener that throws disturbs nothing', async () => {
  const onEvent = (): never => {
    throw new Error('not mine')
  }
  const { client, until } = bench({ ...recorder(), onEvent })
  await client.publish(decision('one'))
  await client.flush()
  await until('delivered').catch(() => {})
  await client.close()
})
