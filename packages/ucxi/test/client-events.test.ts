import { describe, expect, test } from 'vitest'
import { createUcxiClient, type EventView, type UcxiClient } from '../src/client.ts'
import { PLAN_ADDRESS, serve } from './serve.ts'

/** Cuts each event stream after so many bytes, wherever that is. */
function cutting(bytes: (connection: number) => number): {
  fetch: typeof fetch
  count: () => number
} {
  let connections = 0
  return {
    count: () => connections,
    fetch: async (input, init) => {
      const response = await fetch(input, init)
      if (!response.headers.get('content-type')?.startsWith('text/event-stream')) return response
      let left = bytes(connections++)
      const cut = new TransformStream<Uint8Array, Uint8Array>({
        transform: (piece, controller) => {
          controller.enqueue(piece.slice(0, left))
          left -= piece.length
          if (left <= 0) controller.error(new TypeError('terminated'))
        },
      })
      return new Response(response.body?.pipeThrough(cut), response)
    },
  }
}

const sleep = async (_: number, signal: AbortSignal): Promise<void> => signal.throwIfAborted()

async function collect(client: UcxiClient, until: number): Promise<number[]> {
  const ids: number[] = []
  for await (const { id } of client.subscribe({ lastEventId: 0 })) {
    ids.push(id)
    if (id >= until) break
  }
  return ids
}

describe('subscribe', () => {
  test('gives what changes, as it comes', async () => {
    const { url, store } = await serve()
    const client = createUcxiClient({ url })
    const stop = new AbortController()
    const told: EventView[] = []
    const done = (async () => {
      for await (const event of client.subscribe({ signal: stop.signal })) told.push(event)
    })()
    await expect
      .poll(async () => {
        await store.put({ address: PLAN_ADDRESS, content: Buffer.from('x') })
        return told.length
      })
      .toBeGreaterThan(1)
    expect(told[1]).toMatchObject({
      event: 'version',
      data: { content_type: 'application/octet-stream' },
    })
    stop.abort()
    await done
  })

  test('a connection that is cut, hundreds of times and anywhere, leaves no gap and no double', async () => {
    const { url, store } = await serve()
    const total = 300
    // A different place each time: inside an id, inside the data, between two events.
    const cutter = cutting((connection) => 60 + ((connection * 97) % 1500))
    const client = createUcxiClient({ url, sleep, fetch: cutter.fetch })
    const writing = (async () => {
      for (let n = 0; n < total; n++) {
        await store.put({ address: PLAN_ADDRESS, content: Buffer.from(`version ${n}`) })
        if (n % 10 === 0) await new Promise((resume) => setImmediate(resume))
      }
    })()
    expect(await collect(client, total)).toEqual(Array.from({ length: total }, (_, n) => n + 1))
    await writing
    expect(cutter.count()).toBeGreaterThan(100)
  })

  test('what happened while nobody was connected is not missed, even before the first event', async () => {
    const { url, store } = await serve()
    await store.put({ address: PLAN_ADDRESS, content: Buffer.from('before') })
    let connections = 0
    const client = createUcxiClient({
      url,
      sleep,
      fetch: async (input, init) => {
        // The first connection ends right after its opening, and something happens in between.
        if (++connections === 2)
          await store.put({ address: PLAN_ADDRESS, content: Buffer.from('in between') })
        const response = await fetch(input, init)
        if (connections > 1) return response
        const reader = (response.body as ReadableStream<Uint8Array>).getReader()
        const { value } = await reader.read()
        await reader.cancel()
        return new Response(value, response)
      },
    })
    for await (const { id, data } of client.subscribe()) {
      expect([id, data.version]).toEqual([2, 2])
      break
    }
  })

  test('an event that comes again is not given again', async () => {
    const event = (id: number): string => `id: ${id}\nevent: version\ndata: {"version":${id}}\n\n`
    const streams = [event(1) + event(2), event(1) + event(2) + event(2) + event(3)]
    const repeating: typeof fetch = async () =>
      new Response(streams.shift(), { headers: { 'content-type': 'text/event-stream' } })
    const client = createUcxiClient({ url: 'http://localhost:1', sleep, fetch: repeating })
    expect(await collect(client, 3)).toEqual([1, 2, 3])
  })

  test('what the node refuses ends it, and so does a node that was never there', async () => {
    const { url } = await serve()
    const read = async (client: UcxiClient, pattern: string): Promise<void> => {
      for await (const _ of client.subscribe({ pattern })) return
    }
    await expect(read(createUcxiClient({ url }), 'nonsense')).rejects.toMatchObject({
      code: 'ERR_ADDRESS_SCHEME',
    })
    const nobody: typeof fetch = async () => Promise.reject(new TypeError('fetch failed'))
    const lost = createUcxiClient({ url, sleep, fetch: nobody })
    await expect(read(lost, 'ucxl://any:any@any:any/**')).rejects.toMatchObject({
      code: 'ERR_UCXI_CONNECTION',
    })
  })

  test('a stream without a sign of life is made anew', async () => {
    const { url, store } = await serve()
    let connections = 0
    const client = createUcxiClient({
      url,
      sleep,
      stallMs: 50,
      fetch: async (input, init) => {
        if (++connections > 1) return fetch(input, init)
        const silent = new ReadableStream({
          start: (controller) => {
            init?.signal?.addEventListener('abort', () => controller.error(new Error('aborted')))
          },
        })
        return new Response(silent, { headers: { 'content-type': 'text/event-stream' } })
      },
    })
    await store.put({ address: PLAN_ADDRESS, content: Buffer.from('x') })
    expect(await collect(client, 1)).toEqual([1])
    expect(connections).toBe(2)
  })
})
