import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { PLAN, serve, type Served } from './serve.ts'

interface Message {
  id: number
  event: string
  data?: { version: number }
}

/** A WebSocket, and what it was sent. */
async function open({ url }: Served, query = '', protocols: string[] = []) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ucxi/events${query}`, protocols)
  const messages: Message[] = []
  socket.addEventListener('message', ({ data }) =>
    messages.push(JSON.parse(String(data)) as Message),
  )
  await once(socket, 'open')
  return { socket, messages }
}

describe('WebSocket on /ucxi/events', () => {
  test('gives the fields of the event stream in JSON', async () => {
    const served = await serve()
    const { socket, messages } = await open(served)
    await expect.poll(() => messages).toEqual([{ id: 0, event: 'position' }])
    await served.put(PLAN, 'one')
    await served.put(PLAN, 'two')
    await expect.poll(() => messages.length).toBe(3)
    expect(messages.slice(1)).toMatchObject([
      { id: 1, event: 'version', data: { version: 1 } },
      { id: 2, event: 'version', data: { version: 2 } },
    ])
    socket.close()
  })

  test('goes on after an id, and takes a pattern', async () => {
    const served = await serve()
    for (const word of ['one', 'two', 'three']) await served.put(PLAN, word)
    const { socket, messages } = await open(served, '?last_event_id=1')
    await expect.poll(() => messages.map(({ id }) => id)).toEqual([1, 2, 3])
    socket.close()
  })

  test.each([
    [
      '/ucxi/events?pattern=nonsense',
      'websocket',
      'HTTP/1.1 400 Bad Request',
      'ERR_ADDRESS_SCHEME',
    ],
    ['/ucxi/query', 'websocket', 'HTTP/1.1 400 Bad Request', 'ERR_UCXI_REQUEST'],
    ['/ucxi/events', 'h2c', 'HTTP/1.1 400 Bad Request', 'ERR_UCXI_REQUEST'],
    [
      '/ucxi/events',
      'websocket\r\nSec-WebSocket-Protocol: a,,b',
      'HTTP/1.1 400 Bad Request',
      'ERR_UCXI_REQUEST',
    ],
  ])('%s as %s is refused with a problem', async (path, upgrade, line, code) => {
    const { url } = await serve()
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: ${upgrade}\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    )
    let text = ''
    socket.setEncoding('utf8').on('data', (piece: string) => (text += piece))
    await once(socket, 'close')
    expect(text).toContain(line)
    expect(text).toContain(`"code":"${code}"`)
  })

  test('a page of another site is not let in', async () => {
    const { url } = await serve()
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    socket.write(
      'GET /ucxi/events HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\n' +
        'Connection: Upgrade\r\nUpgrade: websocket\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    )
    const [piece] = (await once(socket, 'data')) as [Buffer]
    expect(piece.toString()).toContain('ERR_UCXI_HOST')
    socket.destroy()
  })

  test('counts as a subscriber, and makes room when it leaves', async () => {
    const served = await serve({ limits: { subscribers: 1 } })
    const { socket } = await open(served)
    expect((await served.fetch('/ucxi/events')).status).toBe(503)
    socket.close()
    await expect
      .poll(async () => {
        const response = await served.fetch('/ucxi/events')
        await response.body?.cancel()
        return response.status
      })
      .toBe(200)
  })

  test('one that sends what nobody asked for is closed', async () => {
    const served = await serve()
    const { socket } = await open(served)
    socket.send('x'.repeat(2000))
    const [closed] = (await once(socket, 'close')) as [{ code: number }]
    expect(closed.code).toBe(1009)
  })
})
