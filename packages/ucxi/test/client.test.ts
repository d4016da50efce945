import { describe, expect, test } from 'vitest'
import { createUcxiClient, ProblemError, UcxiError, type UcxiClientInit } from '../src/client.ts'
import { createCaller } from '../src/client-call.ts'
import { ROUTES } from '../src/routes.ts'
import { PLAN_ADDRESS, serve } from './serve.ts'

/** What a call waits, instead of waiting. */
function noWaiting(): { waits: number[]; sleep: NonNullable<UcxiClientInit['sleep']> } {
  const waits: number[] = []
  const sleep = async (milliseconds: number, signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted()
    waits.push(milliseconds)
  }
  return { waits, sleep }
}

/** A fetch that goes wrong as often as this says, before or after the node did what was asked. */
function flaky(faults: ('before' | 'after' | number)[]): typeof fetch {
  return async (input, init) => {
    const fault = faults.shift()
    if (fault === 'before') throw new TypeError('fetch failed')
    if (typeof fault === 'number') {
      return new Response(
        JSON.stringify({ code: 'ERR_UCXI_BUSY', status: fault, detail: 'busy' }),
        {
          status: fault,
          headers: { 'retry-after': '2' },
        },
      )
    }
    const response = await fetch(input, init)
    if (fault === 'after') throw new TypeError('terminated')
    return response
  }
}

async function all<Item>(source: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = []
  for await (const item of source) items.push(item)
  return items
}

const pieces = async function* (): AsyncGenerator<Uint8Array> {
  for (const text of ['Pay ', 'by ', 'card.']) yield new TextEncoder().encode(text)
}

describe('the operations', () => {
  test('what is put is got, with what is known of it', async () => {
    const { url } = await serve()
    const client = createUcxiClient({ url })
    const put = await client.put(PLAN_ADDRESS, 'Pay by card.', { tags: ['payment'] })
    expect(put).toMatchObject({
      version: 1,
      content_type: 'text/plain; charset=utf-8',
      tags: ['payment'],
    })
    const got = await client.get(PLAN_ADDRESS)
    expect(got).toMatchObject({
      address: 'ucxl://claude:architect@shop:checkout/*~/plan.md',
      time: '2025-08-01T00:00:00Z',
      contentType: 'text/plain; charset=utf-8',
      content: put.content,
    })
    expect(await got.text()).toBe('Pay by card.')
    await client.put(PLAN_ADDRESS, Uint8Array.of(1, 2))
    expect(await (await client.get(PLAN_ADDRESS)).bytes()).toEqual(Uint8Array.of(1, 2))
    expect(await client.entry(PLAN_ADDRESS)).toMatchObject({ encoding: 'base64', body: 'AQI=' })
  })

  test('every token can be asked for, as it stands in the address', async () => {
    const { url, threeVersions } = await serve()
    await threeVersions()
    const client = createUcxiClient({ url })
    for (const [token, text] of [
      ['*^', 'three'],
      ['^^1', 'two'],
      ['~~2', 'one'],
      ['*~2', 'two'],
    ] as const) {
      const address = `ucxl://claude:architect@shop:checkout/${token}/plan.md`
      expect(await (await client.get(address)).text(), token).toBe(text)
    }
    expect(await (await client.get(PLAN_ADDRESS, { at: '2025-08-01T00:01:00Z' })).text()).toBe(
      'two',
    )
    expect(await client.resolve(PLAN_ADDRESS, { at: '2025-08-01' })).toMatchObject({ version: 1 })
  })

  test('streams go in and come out in pieces', async () => {
    const { url } = await serve()
    const client = createUcxiClient({ url })
    await client.put(PLAN_ADDRESS, pieces())
    await client.put(PLAN_ADDRESS, pieces)
    const got = await client.get(PLAN_ADDRESS)
    const read: Uint8Array[] = []
    for await (const piece of got.body) read.push(piece)
    expect(Buffer.concat(read).toString()).toBe('Pay by card.')
  })

  test('creates, changes under a condition, deletes, restores', async () => {
    const { url } = await serve()
    const client = createUcxiClient({ url })
    const made = await client.post('ucxl://claude:architect@shop:checkout/notes/', 'x')
    expect(made.key).toMatch(/^claude:architect@shop:checkout\/notes\/\w{26}$/)
    const { content } = await client.put(PLAN_ADDRESS, 'one', { ifNoneMatch: '*' })
    await client.put(PLAN_ADDRESS, 'two', { ifMatch: content ?? '' })
    await expect(client.put(PLAN_ADDRESS, 'x', { ifMatch: content ?? '' })).rejects.toMatchObject({
      code: 'ERR_STORE_CONFLICT',
      status: 412,
    })
    expect(await client.delete(PLAN_ADDRESS)).toMatchObject({ version: 3, content: null })
    const back = await client.restore('ucxl://claude:architect@shop:checkout/*~1/plan.md')
    expect(back).toMatchObject({ version: 4, content })
    expect(await client.validate({ address: 'nonsense' })).toMatchObject({ valid: false })
    expect(await client.stats()).toMatchObject({ contexts: 2 })
    expect(await client.health()).toEqual({ status: 'ok' })
    await expect(client.announce(PLAN_ADDRESS)).rejects.toMatchObject({ code: 'ERR_UCXI_NO_MESH' })
  })

  test('pages are fetched as they are read', async () => {
    const { url, threeVersions, put } = await serve()
    await threeVersions()
    await put('/ucxl/gpt:reviewer@shop:checkout/review.md', 'good')
    const asked: string[] = []
    const counting: typeof fetch = async (input, init) => {
      asked.push(input as string)
      return fetch(input, init)
    }
    const client = createUcxiClient({ url, fetch: counting })
    const versions = await all(client.timeline(PLAN_ADDRESS, { limit: 2 }))
    expect(versions.map(({ version }) => version)).toEqual([1, 2, 3])
    expect(asked).toHaveLength(2)
    const found = await all(client.query({ pattern: 'ucxl://any:any@shop:any/**', limit: 1 }))
    expect(found.map(({ key }) => key)).toEqual([
      'claude:architect@shop:checkout/plan.md',
      'gpt:reviewer@shop:checkout/review.md',
    ])
    for await (const first of client.query({ limit: 1 })) {
      expect(first.version).toBe(3)
      break
    }
    expect(asked).toHaveLength(5)
  })
})

describe('what goes wrong', () => {
  test('a problem becomes an error with its code and all that was said', async () => {
    const { url, threeVersions } = await serve()
    await threeVersions()
    const client = createUcxiClient({ url })
    const error: unknown = await client
      .get('ucxl://claude:architect@shop:checkout/*~9/plan.md')
      .catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(ProblemError)
    expect(error).toBeInstanceOf(UcxiError)
    expect(error).toMatchObject({
      code: 'ERR_TEMPORAL_OUT_OF_RANGE',
      status: 404,
      problem: { exists: { last: { version: 3 } } },
    })
  })

  test('a URL that is no node is told apart', async () => {
    const page: typeof fetch = async () => new Response('<html>', { status: 404 })
    const client = createUcxiClient({ url: 'http://localhost:1', fetch: page })
    await expect(client.get(PLAN_ADDRESS)).rejects.toMatchObject({ code: 'ERR_UCXI_RESPONSE' })
    const ok: typeof fetch = async () => new Response('<html>')
    const other = createUcxiClient({ url: 'http://localhost:1', fetch: ok })
    await expect(other.stats()).rejects.toMatchObject({ code: 'ERR_UCXI_RESPONSE' })
  })

  test('a write whose answer was lost is sent again, and done once', async () => {
    const { url, store } = await serve()
    const { sleep } = noWaiting()
    const client = createUcxiClient({ url, sleep, fetch: flaky(['after', 'before', 'after']) })
    expect(await client.put(PLAN_ADDRESS, 'one')).toMatchObject({ version: 1 })
    expect((await store.stats()).versions).toBe(1)
    const posting = createUcxiClient({ url, sleep, fetch: flaky(['after']) })
    await posting.post('ucxl://claude:architect@shop:checkout/notes/', 'x')
    expect((await store.stats()).versions).toBe(2)
    const restoring = createUcxiClient({ url, sleep, fetch: flaky(['after']) })
    await restoring.restore('ucxl://claude:architect@shop:checkout/*~1/plan.md')
    expect((await store.stats()).versions).toBe(3)
  })

  test('waits grow, are spread, and end with the tries', async () => {
    const { url } = await serve()
    const { waits, sleep } = noWaiting()
    const faults = Array.from({ length: 9 }, () => 'before' as const)
    const client = createUcxiClient({ url, sleep, fetch: flaky(faults), random: () => 0.5 })
    await expect(client.stats()).rejects.toMatchObject({
      code: 'ERR_UCXI_CONNECTION',
      cause: expect.any(TypeError),
    })
    expect(waits).toEqual([75, 150, 300, 600])
    expect(faults).toHaveLength(4)
  })

  test('a node that is busy is asked again when it says', async () => {
    const { url } = await serve()
    const { waits, sleep } = noWaiting()
    const client = createUcxiClient({ url, sleep, fetch: flaky([503, 429]) })
    expect(await client.put(PLAN_ADDRESS, 'one')).toMatchObject({ version: 1 })
    expect(waits).toEqual([2000, 2000])
  })

  test('what can be sent once only is not sent again', async () => {
    const { url, store } = await serve()
    const { waits, sleep } = noWaiting()
    const once = createUcxiClient({ url, sleep, fetch: flaky(['after']) })
    await expect(once.put(PLAN_ADDRESS, pieces())).rejects.toMatchObject({
      code: 'ERR_UCXI_CONNECTION',
    })
    expect(waits).toEqual([])
    const again = createUcxiClient({ url, sleep, fetch: flaky(['after']) })
    await again.put(PLAN_ADDRESS, pieces)
    expect((await store.stats()).versions).toBe(2)
  })

  test('what would be done twice, and is not known by a key, is not sent again', async () => {
    const { waits, sleep } = noWaiting()
    const caller = createCaller({ url: 'http://localhost:1', sleep, fetch: flaky(['before']) })
    const call = { route: ROUTES.post, input: { address: PLAN_ADDRESS }, body: () => 'x' }
    await expect(caller.send(call)).rejects.toMatchObject({ code: 'ERR_UCXI_CONNECTION' })
    expect(waits).toEqual([])
  })

  test('what the node refuses is not asked again', async () => {
    const { url } = await serve()
    const { waits, sleep } = noWaiting()
    const client = createUcxiClient({ url, sleep })
    await expect(client.get(PLAN_ADDRESS)).rejects.toMatchObject({ code: 'ERR_TEMPORAL_NOT_FOUND' })
    expect(waits).toEqual([])
  })

  test('a deadline ends a call with all its tries', async () => {
    const silent: typeof fetch = async (_, init) =>
      new Promise((__, reject) => {
        const end = (): void => reject(init?.signal?.reason as Error)
        if (init?.signal?.aborted) end()
        init?.signal?.addEventListener('abort', end)
      })
    const client = createUcxiClient({ url: 'http://localhost:1', fetch: silent, timeoutMs: 20 })
    await expect(client.stats()).rejects.toMatchObject({ code: 'ERR_UCXI_DEADLINE' })
    await expect(client.stats({ timeoutMs: 10 })).rejects.toThrow('10 milliseconds')
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(client.stats({ signal })).rejects.toThrow('enough')
    const stop = new AbortController()
    const asked = client.stats({ signal: stop.signal, timeoutMs: 10_000 })
    stop.abort(new Error('stop'))
    await expect(asked).rejects.toThrow('stop')
  })

  test('the token is a header of each request, asked for anew each time', async () => {
    const seen: (string | null)[] = []
    const watching: typeof fetch = async (_, init) => {
      seen.push(new Headers(init?.headers).get('authorization'))
      return Response.json({ status: 'ok' })
    }
    let count = 0
    const token = async (): Promise<string> => `t${++count}`
    const client = createUcxiClient({ url: 'http://localhost:1', fetch: watching, token })
    await client.health()
    await client.health()
    expect(seen).toEqual(['Bearer t1', 'Bearer t2'])
  })
})
