import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createClock } from './clock.ts'
import { all, bench, draft, hasty, keyOf } from './fixtures.ts'
import { startSlurpServer, type Behaviour, type SlurpServer } from './slurp-server.ts'

let server: SlurpServer
beforeEach(async () => {
  server = await startSlurpServer()
})
afterEach(async () => server.close())

/** Misbehaves in these ways, one for each request, and is good from then on. */
function misbehave(...behaviours: Behaviour[]): void {
  server.behave = (number) => behaviours[number - 1] ?? 'good'
}

const titles = (): string[] => server.seen.map(({ title }) => title)
const names = ['one', 'two', 'three', 'four', 'five']

test('decisions arrive in their order, at /decisions, as JSON with the token', async () => {
  let tokens = 0
  const token = async (): Promise<string> => `secret-${++tokens}`
  const { client } = bench({ url: `${server.url}/`, token })
  for (const name of names) await client.publish(draft(name))
  await client.flush()
  expect(titles()).toEqual(names)
  expect(server.requests.map(({ path }) => path)).toEqual(names.map(() => '/decisions'))
  expect(server.requests[1]?.headers).toMatchObject({
    'content-type': 'application/json',
    authorization: 'Bearer secret-2',
  })
  await client.close()
})

describe.each<[string, Behaviour[], number]>([
  ['that answers 500, 502, 503 and 504', [500, 502, 503, 504].map((status) => ({ status })), 4],
  ['that asks for patience', [408, 425, 429].map((status) => ({ status })), 3],
  ['that is not there yet', ['reset', 'reset'], 2],
  ['that closes before it answers', ['lose', 'lose'], 2],
  ['that closes in the middle of an answer', ['cut', 'cut'], 2],
  ['that answers something else', [{ status: 200, body: '<h1>Welcome</h1>' }], 1],
  ['that answers nothing at all', [{ status: 201, body: '' }], 1],
  ['that answers about another decision', [{ status: 200, body: answerOf('another') }], 1],
  ['that answers without an end', ['endless'], 1],
  ['that is elsewhere', [{ status: 307, headers: { location: '/elsewhere' } }, { status: 404 }], 2],
])('a service %s', (_, behaviours, retries) => {
  test('gets every decision in the end, once, in order, and none is dead', async () => {
    misbehave(...behaviours)
    const clock = createClock()
    const { client, events } = bench({ url: server.url, ...hasty(clock) }, { clock })
    for (const name of names) await client.publish(draft(name))
    await client.flush()
    expect(titles()).toEqual(names)
    expect(events.filter(({ type }) => type === 'retrying')).toHaveLength(retries)
    expect(events.filter(({ type }) => type === 'delivered')).toHaveLength(5)
    expect(await all(client.deadLetters())).toEqual([])
    expect(new Set(server.requests.map(({ path }) => path))).toEqual(new Set(['/decisions']))
    await client.close()
  })
})

function answerOf(id: string): string {
  const answer = { decision_id: id, address: 'ucxl://a:b@c:d/*^/e', version: 1, content_id: 'x' }
  return JSON.stringify({ ...answer, state: 'accepted' })
}

test('a service that took a decision whose answer was lost knows it, and readers see it once', async () => {
  misbehave('lose')
  const clock = createClock()
  const { client, until } = bench({ url: server.url, ...hasty(clock) }, { clock })
  await client.publish(draft('one'))
  expect(await until('delivered')).toMatchObject({ state: 'known', attempts: 2 })
  expect(titles()).toEqual(['one'])
  await client.close()
})

test('an attempt that takes too long is given up, and made again', async () => {
  misbehave('hang')
  const { client, clock, until } = bench({ url: server.url, attemptMs: 1000 })
  await client.publish(draft('one'))
  await server.received(1)
  clock.advance(999)
  expect(server.requests).toHaveLength(1)
  clock.advance(1)
  expect(await until('retrying')).toMatchObject({ reason: 'no answer within 1000 ms', attempts: 1 })
  clock.advance(250)
  expect(await until('delivered')).toMatchObject({ attempts: 2 })
  await client.close()
})

test('an answer that comes after the client gave up does no harm', async () => {
  misbehave('late')
  const { client, clock, until } = bench({ url: server.url, attemptMs: 1000 })
  await client.publish(draft('one'))
  await server.received(1)
  await client.publish(draft('two'))
  clock.advance(1000)
  await until('retrying')
  server.release()
  clock.advance(250)
  await client.flush()
  expect(titles()).toEqual(['one', 'two'])
  await client.close()
})

test.each([
  ['seconds', '120', 120_000],
  ['a date', 'Fri, 01 Aug 2025 00:02:00 GMT', 120_000],
  ['far more than is sensible', '999999999', 3_600_000],
])('Retry-After in %s is heeded, also by a flush', async (_, header, wait) => {
  misbehave({ status: 429, headers: { 'retry-after': header } })
  const { client, clock, until } = bench({ url: server.url })
  const start = clock.now()
  await client.publish(draft('one'))
  expect(await until('retrying')).toMatchObject({ nextAt: start + wait })
  const flushed = client.flush()
  clock.advanceTo(start + wait - 1)
  await new Promise(setImmediate)
  expect(server.requests).toHaveLength(1)
  clock.advance(1)
  await flushed
  expect(titles()).toEqual(['one'])
  await client.close()
})

test.each([400, 401, 403, 409, 413, 415, 422])(
  'what is refused with %i is a dead letter with the reason, and the next one goes on',
  async (status) => {
    const problem = {
      code: 'ERR_SLURP_CONTENT',
      title: 'No',
      detail: 'Another record is version 1.',
    }
    misbehave('good', { status, body: JSON.stringify(problem) })
    const { client, clock } = bench({ url: server.url })
    for (const name of names) await client.publish(draft(name))
    await client.flush()
    expect(titles()).toEqual(['one', 'three', 'four', 'five'])
    const letters = await all(client.deadLetters())
    expect(letters).toEqual([
      {
        id: expect.stringMatching(/^bafkrei/),
        key: keyOf('two'),
        version: 1,
        decisionId: expect.stringMatching(/^[\da-f-]{36}$/),
        reason: 'Another record is version 1.',
        status,
        code: 'ERR_SLURP_CONTENT',
        attempts: 1,
        at: clock.now(),
      },
    ])
    await client.close()
  },
)

test('a refusal in no known form is a dead letter all the same', async () => {
  misbehave({ status: 403, body: '<h1>Forbidden</h1>' })
  const { client, until } = bench({ url: server.url })
  await client.publish(draft('one'))
  const { letter } = await until('dead')
  expect(letter).toMatchObject({ status: 403, reason: 'the service answered 403' })
  expect(letter).not.toHaveProperty('code')
  await client.close()
})

test('a base that is no URL is refused at once', () => {
  expect(() => bench({ url: 'slurp' })).toThrowError(TypeError)
})
