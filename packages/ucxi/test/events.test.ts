import { connect } from 'node:net'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { readEvents, type EventReader } from './event-reader.ts'
import { collectGarbage } from './garbage.ts'
import { PLAN, problemIn, serve, type Served } from './serve.ts'

async function open(
  { fetch }: Served,
  { query = '', lastId }: { query?: string; lastId?: string } = {},
): Promise<EventReader> {
  const headers = lastId === undefined ? {} : { 'last-event-id': lastId }
  return readEvents(await fetch(`/ucxi/events${query}`, { headers }))
}

async function write(served: Served, count: number, path = PLAN): Promise<void> {
  for (let n = 0; n < count; n++) await served.put(path, `version ${n}`)
}

describe('GET /ucxi/events', () => {
  test('tells of each write and deletion, in order, with what was written', async () => {
    const served = await serve()
    const events = await open(served)
    await write(served, 2)
    await served.fetch(PLAN, { method: 'DELETE' })
    const told = await events.take(3)
    expect(told.map(({ id, event, data }) => [id, event, data.version, data.content])).toEqual([
      ['1', 'version', 1, expect.stringMatching(/^bafkrei/)],
      ['2', 'version', 2, expect.stringMatching(/^bafkrei/)],
      ['3', 'version', 3, null],
    ])
    await events.close()
  })

  test('tells of what matches a pattern alone', async () => {
    const served = await serve()
    const query = `?pattern=${encodeURIComponent('ucxl://gpt:any@any:any/**')}`
    const events = await open(served, { query })
    await write(served, 2)
    await write(served, 1, '/ucxl/gpt:reviewer@shop:checkout/review.md')
    const [only] = await events.take(1)
    expect([only?.id, only?.data.address]).toEqual([
      '3',
      'ucxl://gpt:reviewer@shop:checkout/*~/review.md',
    ])
    await events.close()
  })

  test('goes on after Last-Event-ID, from the log and then as things come', async () => {
    const served = await serve()
    await write(served, 5)
    for (const events of [
      await open(served, { lastId: '2' }),
      await open(served, { query: '?last_event_id=2' }),
    ]) {
      expect((await events.take(3)).map(({ id }) => id)).toEqual(['3', '4', '5'])
      await events.close()
    }
    const events = await open(served, { lastId: '4' })
    await write(served, 1)
    expect((await events.take(2)).map(({ id }) => id)).toEqual(['5', '6'])
    await events.close()
  })

  test('says at once where it stands, so that nothing is missed by who leaves before an event', async () => {
    const served = await serve()
    await write(served, 3)
    const first = await open(served)
    await write(served, 1)
    await first.take(1)
    const early = await open(served)
    // Read the opening alone: the heartbeat is far away.
    const opening = early.take(1)
    opening.catch(() => undefined)
    await write(served, 1)
    await opening
    expect(early.lastId()).toBe('5')
    await early.close()
    await first.close()
  })

  test('gives signs of life that move the place on, past what is not for the reader', async () => {
    const served = await serve({ limits: { heartbeatMs: 20 } })
    const query = `?pattern=${encodeURIComponent('ucxl://gpt:any@any:any/**')}`
    const events = await open(served, { query })
    await write(served, 3)
    const never = events.take(1)
    never.catch(() => undefined)
    await expect.poll(() => events.lastId()).toBe('3')
    expect(events.comments).toContain('heartbeat')
    await events.close()
  })

  test.each([
    ['?pattern=nonsense', {}, 400, 'ERR_ADDRESS_SCHEME'],
    [`?pattern=ucxl://any:any@any:any/${'*a'.repeat(17)}`, {}, 400, 'ERR_UCXI_REQUEST'],
    [`?pattern=ucxl://any:any@any:any/${'a'.repeat(600)}`, {}, 400, 'ERR_UCXI_REQUEST'],
    ['', { 'last-event-id': 'x' }, 400, 'ERR_UCXI_REQUEST'],
    ['', { 'last-event-id': '-1' }, 400, 'ERR_UCXI_REQUEST'],
    // Of another node: it would wait for an event that this one gives to something else.
    ['', { 'last-event-id': '7' }, 400, 'ERR_UCXI_REQUEST'],
  ])('%s %j is %i %s', async (query, headers, status, code) => {
    const served = await serve()
    await write(served, 2)
    const response = await served.fetch(`/ucxi/events${query}`, {
      headers: headers as Record<string, string>,
    })
    expect(await problemIn(response)).toEqual([status, code])
  })

  test('more subscribers than there may be are refused, and one that leaves makes room', async () => {
    const served = await serve({ limits: { subscribers: 3, subscribersPerClient: 2 } })
    const two = [await open(served), await open(served)]
    expect(await problemIn(await served.fetch('/ucxi/events'))).toEqual([429, 'ERR_UCXI_TOO_MANY'])
    await two[0]?.close()
    await expect
      .poll(async () => {
        const response = await served.fetch('/ucxi/events')
        await response.body?.cancel()
        return response.status
      })
      .toBe(200)
    await two[1]?.close()
    const one = await serve({ limits: { subscribers: 1 } })
    const first = await open(one)
    const busy = await one.fetch('/ucxi/events')
    expect(busy.headers.get('retry-after')).toBe('1')
    expect(await problemIn(busy)).toEqual([503, 'ERR_UCXI_BUSY'])
    await first.close()
  })

  test('a reader that falls behind loses nothing and holds nobody up, and memory stays flat', async () => {
    const served = await serve()
    const { hostname, port } = new URL(served.url)
    const slow = connect(Number(port), hostname)
    slow.write(`GET /ucxi/events HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`)
    await once(slow, 'readable')
    slow.pause()
    const quick = await open(served)
    // Far more than the ring, a socket's buffers and a lot hold together.
    const tags = Array.from({ length: 60 }, (_, n) => `${n}-${'x'.repeat(100)}`)
    const address = 'ucxl://claude:architect@shop:checkout/large.md'
    const total = 3000
    collectGarbage()
    const before = process.memoryUsage().arrayBuffers
    for (let n = 0; n < total; n += 100) {
      const one = { address, content: Buffer.from('x'), tags }
      await served.store.putAll(Array.from({ length: 100 }, () => one))
      await quick.take(100)
    }
    // What waits for the slow one is in the store's log, and not in memory: that would be 20 MiB.
    const grown = (): number => {
      collectGarbage()
      return process.memoryUsage().arrayBuffers - before
    }
    await expect.poll(grown, { timeout: 15_000 }).toBeLessThan(8 * 1024 * 1024)
    let text = ''
    slow.setEncoding('utf8')
    slow.on('data', (piece: string) => {
      text += piece
    })
    slow.resume()
    await expect.poll(() => text.includes(`id: ${total}\n`), { timeout: 20_000 }).toBe(true)
    const ids = [...text.matchAll(/^id: (\d+)\r?\nevent/gm)].map(([, id]) => Number(id))
    expect(ids).toEqual(Array.from({ length: total }, (_, n) => n + 1))
    slow.destroy()
    await quick.close()
  })

  test('ends when the server closes', async () => {
    const { startUcxiServer } = await import('../src/index.ts')
    const { ucxi } = await serve()
    const server = await startUcxiServer({ ucxi })
    const events = readEvents(await fetch(`${server.url}/ucxi/events`))
    const next = events.take(1)
    next.catch(() => undefined)
    await server.close()
    await expect(next).rejects.toThrow('ended')
  })
})
