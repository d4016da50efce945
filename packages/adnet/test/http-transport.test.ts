import { getEventListeners, once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { httpTransport, subscribe } from '../src/index.ts'
import { wasNeverSent } from '../src/http-transport.ts'

const ask = { method: 'GET', path: '/x', headers: {} } as const

/** A server that answers as it is told, and the way to it. */
async function answering(answer: RequestListener, connections = 64) {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const http = httpTransport({ url: `http://127.0.0.1:${port}/v2/`, connections })
  onTestFinished(() => {
    http.close()
    server.closeAllConnections()
    server.close()
  })
  return { server, transport: http.transport, close: () => http.close() }
}

const signalOf = () => new AbortController()

async function bytesOf(body: AsyncIterable<Uint8Array>): Promise<number> {
  let bytes = 0
  for await (const part of body) bytes += part.length
  return bytes
}

test('a request is sent as it is given, below the path of the network', async () => {
  const { transport } = await answering((request, response) => {
    response.writeHead(201, { 'x-two': ['a', 'b'], 'x-seen': request.headers['x-own'] ?? '' })
    request.pipe(response)
  })
  const { signal } = signalOf()
  const headers = { 'x-own': 'mine' }
  const answer = await transport({ method: 'POST', path: '/y?z=1', headers, body: 'ä', signal })
  expect(answer).toMatchObject({ status: 201, headers: { 'x-two': 'a, b', 'x-seen': 'mine' } })
  expect(await bytesOf(answer.body)).toBe(2)
})

describe('an answer', () => {
  test('of many bytes waits for who reads', async () => {
    const total = 64 << 20
    let [written, isHeld] = [0, false]
    const { transport } = await answering((_, response) => {
      const part = Buffer.alloc(1 << 20)
      const more = (): void => {
        while (written < total) {
          written += part.length
          if (!response.write(part)) {
            isHeld = true
            return void response.once('drain', more)
          }
        }
        response.end()
      }
      more()
    })
    const { body } = await transport({ ...ask, signal: signalOf().signal })
    const parts = body[Symbol.asyncIterator]()
    await parts.next()
    // Sockets and what waits here hold some megabytes; without a bound it would all come.
    let last = -1
    await expect
      .poll(
        () => {
          const stands = isHeld && written === last
          last = written
          return stands
        },
        { interval: 100, timeout: 5_000 },
      )
      .toBe(true)
    expect(written).toBeLessThan(total)
    const rest = await bytesOf({ [Symbol.asyncIterator]: () => parts })
    expect(rest).toBeGreaterThan(total - (2 << 20))
    expect(written).toBe(total)
  })

  test('that breaks off is a network that cannot be reached', async () => {
    const { transport } = await answering((_, response) => {
      response.writeHead(200, { 'content-length': 10 })
      response.write('half', () => response.destroy())
    })
    const { body } = await transport({ ...ask, signal: signalOf().signal })
    await expect(bytesOf(body)).rejects.toMatchObject({ code: 'ERR_ADNET_UNREACHABLE' })
  })

  test('is given up when its signal is aborted, also between its parts', async () => {
    const gone = Promise.withResolvers<void>()
    const { transport } = await answering((_, response) => {
      response.on('close', () => gone.resolve())
      response.write('first')
    })
    const stop = signalOf()
    const { body } = await transport({ ...ask, signal: stop.signal })
    const reading = bytesOf(body)
    stop.abort(new Error('enough'))
    await expect(reading).rejects.toThrow('enough')
    await gone.promise
  })

  test('that is not read to its end closes its connection, and the next one has another', async () => {
    const gone = Promise.withResolvers<void>()
    const { transport } = await answering((_, response) => {
      response.on('close', () => gone.resolve())
      response.write('first')
    }, 1)
    for await (const part of (await transport({ ...ask, signal: signalOf().signal })).body) {
      expect(String(Buffer.from(part))).toBe('first')
      break
    }
    await gone.promise
    expect((await transport({ ...ask, signal: signalOf().signal })).status).toBe(200)
  })
})

describe('a signal', () => {
  test('that is aborted before sends nothing', async () => {
    let asked = 0
    const { transport } = await answering((_, response) => {
      asked++
      response.end()
    })
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(transport({ ...ask, signal })).rejects.toThrow('enough')
    expect((await transport({ ...ask, signal: signalOf().signal })).status).toBe(200)
    expect(asked).toBe(1)
  })

  test('ends what waits for a connection, and what was before it goes on', async () => {
    const paths: string[] = []
    const held = Promise.withResolvers<() => void>()
    const { transport } = await answering((request, response) => {
      paths.push(request.url ?? '')
      if (paths.length > 1) response.end()
      else held.resolve(() => response.end())
    }, 1)
    const first = transport({ ...ask, signal: signalOf().signal })
    const release = await held.promise
    const stop = signalOf()
    const second = transport({ ...ask, path: '/second', signal: stop.signal })
    const stream = subscribe(transport, 'trades', { pair: 'AX-DX' }, stop).next()
    stop.abort(new Error('enough'))
    await expect(stream).rejects.toThrow('enough')
    release()
    await expect(second).rejects.toThrow('enough')
    expect((await first).status).toBe(200)
    expect((await transport({ ...ask, path: '/third', signal: signalOf().signal })).status).toBe(
      200,
    )
    expect(paths).toEqual(['/v2/x', '/v2/third'])
  })

  test('leaves no listeners behind', async () => {
    const { transport } = await answering((_, response) => response.end('7'))
    const { signal } = signalOf()
    await bytesOf((await transport({ ...ask, signal })).body)
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })
})

test('what is under way fails when all is closed', async () => {
  const asked = Promise.withResolvers<void>()
  const { transport, close } = await answering(() => asked.resolve())
  const call = transport({ ...ask, signal: signalOf().signal })
  await asked.promise
  close()
  await expect(call).rejects.toMatchObject({ code: 'ERR_ADNET_UNREACHABLE' })
})

test('what was never sent is known from what may have been', () => {
  const by = (code: string) => new Error('x', { cause: Object.assign(new Error('y'), { code }) })
  expect(['ECONNREFUSED', 'UND_ERR_CONNECT_TIMEOUT'].map((code) => wasNeverSent(by(code)))).toEqual(
    [true, true],
  )
  expect(['UND_ERR_SOCKET', 'ECONNRESET'].map((code) => wasNeverSent(by(code)))).toEqual([
    false,
    false,
  ])
})
