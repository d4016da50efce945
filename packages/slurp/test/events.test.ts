import { createParser } from 'eventsource-parser'
import { beforeEach, describe, expect, test } from 'vitest'
import { clock, createAuthor, sent, START } from './author.ts'
import { problemIn, serve } from './serve.ts'

beforeEach(() => {
  clock.now = START
})

/** Reads events until there are so many. */
async function readEvents(
  response: Response,
  count: number,
): Promise<{ id: string | undefined; data: { title: string } }[]> {
  const events: { id: string | undefined; data: { title: string } }[] = []
  const parser = createParser({
    onEvent: ({ id, data }) => {
      events.push({ id, data: JSON.parse(data) as { title: string } })
    },
  })
  const decoder = new TextDecoder()
  for await (const piece of response.body ?? []) {
    parser.feed(decoder.decode(piece as Uint8Array, { stream: true }))
    if (events.length >= count) break
  }
  return events
}

describe('GET /events', () => {
  test('tells of what is accepted, and goes on after the last one that was read', async () => {
    const { fetch, post } = await serve()
    const author = createAuthor()
    const stream = await fetch('/events')
    expect(stream.headers.get('content-type')).toContain('text/event-stream')
    for (const title of ['one', 'two', 'three']) {
      await post('/decisions', sent(await author.publish(title)))
    }
    const events = await readEvents(stream, 2)
    expect(events.map(({ id, data }) => [id, data.title])).toEqual([
      ['1', 'one'],
      ['2', 'two'],
    ])
    const resumed = await fetch('/events', { headers: { 'last-event-id': '2' } })
    expect((await readEvents(resumed, 1)).map(({ data }) => data.title)).toEqual(['three'])
    const all = await fetch('/events?last_event_id=0&pattern=ucxl://any:any@shop:any/**')
    expect(await readEvents(all, 3)).toHaveLength(3)
    const wrong = await fetch('/events', { headers: { 'last-event-id': 'x' } })
    expect(await problemIn(wrong)).toEqual([400, 'ERR_SLURP_REQUEST'])
  })

  test('are narrowed by pattern and type', async () => {
    const { fetch, slurp } = await serve()
    const author = createAuthor()
    for (const decision_type of ['plan', 'policy', 'plan']) {
      await slurp.ingest(sent(await author.publish(`a-${decision_type}`, { decision_type })))
      clock.now += 1000
    }
    const plans = await fetch('/events?last_event_id=0&type=policy')
    expect((await readEvents(plans, 1)).map(({ id }) => id)).toEqual(['2'])
  })

  test('begin with what comes from then on, where nothing else is asked for', async () => {
    const { fetch, slurp } = await serve()
    const author = createAuthor()
    await slurp.ingest(sent(await author.publish('before')))
    const stream = await fetch('/events')
    await slurp.ingest(sent(await author.publish('after')))
    const [event] = await readEvents(stream, 1)
    expect([event?.id, event?.data.title]).toEqual(['2', 'after'])
  })

  test('have heartbeats that move on past what is not for this client', async () => {
    const { fetch, slurp } = await serve({ limits: { heartbeatMs: 10 } })
    const stream = await fetch('/events?type=policy')
    await slurp.ingest(sent(await createAuthor().publish('a', { decision_type: 'plan' })))
    let text = ''
    for await (const piece of stream.body ?? []) {
      text += Buffer.from(piece).toString()
      if (text.includes('id: 1\n')) break
    }
    expect(text).toMatch(/^retry: 1000\nid: 0\n\n/)
    expect(text).toContain(': heartbeat\nid: 1\n\n')
    expect(text).not.toContain('data:')
  })

  test('more streams than there may be are refused', async () => {
    const { fetch } = await serve({ limits: { subscribers: 1 } })
    const first = await fetch('/events')
    expect(await problemIn(await fetch('/events'))).toEqual([429, 'ERR_SLURP_TOO_MANY'])
    await first.body?.cancel()
  })
})
