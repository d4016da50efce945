import { connect } from 'node:net'
import { createMemoryStore } from '@bzzz/context-store'
import { identityFromSeed } from '@bzzz/identity'
import { expect, test } from 'vitest'
import { createUcxi, startUcxiServer, type Ucxi } from '../src/index.ts'
import { collectGarbage } from './garbage.ts'
import { atEnd, problemIn } from './serve.ts'

// 100,000 requests: UCXI_FUZZ=100000 npx vitest run packages/ucxi/test/fuzz.test.ts
const COUNT = Number(process.env['UCXI_FUZZ'] ?? 5000)
const SEED = Number(process.env['UCXI_FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const AT_ONCE = 16
const NEW_STORE_EVERY = 1000

/** mulberry32: the same numbers for the same seed. */
function generator(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below) | 0
  }
}

const PLAN = 'claude:architect@shop:checkout/plan.md'
const HEADERS = 'Host: localhost\r\nConnection: close\r\n'
const withBody = (head: string, body: string, more = ''): string =>
  `${head} HTTP/1.1\r\n${HEADERS}${more}Content-Length: ${body.length}\r\n\r\n${body}`
const JSON_TYPE = 'Content-Type: application/json\r\n'
const SEEDS = [
  `GET /ucxl/${PLAN} HTTP/1.1\r\n${HEADERS}Accept: application/vnd.ucxl.entry+json\r\n\r\n`,
  `GET /ucxl/claude:architect@shop%3Acheckout/*~1/plan.md HTTP/1.1\r\n${HEADERS}Range: bytes=0-9\r\nIf-Range: "x"\r\nAccept-Encoding: br, gzip;q=0.5\r\n\r\n`,
  `HEAD /ucxl/${PLAN}?at=2025-08-01T00:00:00Z&valid_at=2025-08-01 HTTP/1.1\r\n${HEADERS}If-None-Match: W/"a", "b"\r\n\r\n`,
  withBody(
    `PUT /ucxl/${PLAN}?tags=a&tags=b`,
    'Pay by card.',
    'Content-Type: text/plain\r\nIf-Match: *\r\n',
  ),
  withBody(
    `PUT /ucxl/${PLAN}`,
    '{"body":"x","encoding":"base64","tags":["a"]}',
    'Content-Type: application/vnd.ucxl.entry+json\r\n',
  ),
  withBody(
    'POST /ucxl/claude:architect@shop:checkout/notes/',
    'x',
    'Idempotency-Key: "a1"\r\nRepr-Digest: sha-256=:LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE=:\r\n',
  ),
  `PUT /ucxl/${PLAN} HTTP/1.1\r\n${HEADERS}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
  `DELETE /ucxl/${PLAN} HTTP/1.1\r\n${HEADERS}If-Match: "x"\r\n\r\n`,
  `GET /timegate/${PLAN} HTTP/1.1\r\n${HEADERS}Accept-Datetime: Fri, 01 Aug 2025 00:00:00 GMT\r\n\r\n`,
  `GET /timemap/${PLAN}?from=1&limit=2 HTTP/1.1\r\n${HEADERS}Accept: application/linkset+json, */*;q=0.1\r\n\r\n`,
  `GET /ucxi/query?pattern=ucxl%3A%2F%2Fany%3Aany%40any%3Aany%2F**&limit=2&alive=true&tags=a HTTP/1.1\r\n${HEADERS}\r\n`,
  `GET /ucxi/query?text=pay%20-card%20%22by%22&since=2025-08-01&after=1 HTTP/1.1\r\n${HEADERS}\r\n`,
  withBody('QUERY /ucxi/query', '{"pattern":"ucxl://any:any@any:any/**","limit":1}', JSON_TYPE),
  withBody(
    'POST /ucxi/restore',
    `{"address":"ucxl://claude:architect@shop:checkout/*~1/plan.md"}`,
    JSON_TYPE,
  ),
  withBody('POST /ucxi/validate', '{"address":"ucxl://a:b@c:d/x"}', JSON_TYPE),
  withBody('POST /ucxi/announce', `{"address":"ucxl://${PLAN}"}`, JSON_TYPE),
  `GET /ucxi/resolve?address=ucxl://${PLAN} HTTP/1.1\r\n${HEADERS}\r\n`,
  `GET /ucxi/events?pattern=nonsense HTTP/1.1\r\n${HEADERS}Last-Event-ID: 7\r\n\r\n`,
  `GET /ucxi/events?last_event_id=x HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
  `OPTIONS /ucxl/${PLAN} HTTP/1.1\r\n${HEADERS}Origin: http://localhost\r\nAccess-Control-Request-Method: PUT\r\n\r\n`,
  `GET /openapi.json HTTP/1.1\r\n${HEADERS}Authorization: Bearer x\r\n\r\n`,
]
const PIECES = [
  '%00',
  '%2e%2e',
  '%ff',
  '\0',
  '\r\n',
  '\r\n\r\n',
  '//',
  '..',
  '*',
  '**',
  '~~',
  '^^9',
  '*~0',
  '?',
  '#',
  '&',
  '=',
  '"',
  '<',
  '>',
  ',',
  ';',
  '{',
  '[[[[',
  '\uD800',
  'é',
  '-1',
  '999999999999999999999',
  '1e9',
  'NaN',
  'null',
  '__proto__',
  'constructor',
  'x'.repeat(3000),
  'Content-Length: 5\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Expect: 100-continue\r\n',
  'Upgrade: h2c\r\nConnection: Upgrade\r\n',
  'Content-Encoding: gzip\r\n',
  'Host: evil\r\n',
]

function mutate(random: (below: number) => number): Buffer {
  let bytes = Buffer.from(SEEDS[random(SEEDS.length)] ?? '', 'latin1')
  for (let times = random(4); times >= 0; times--) {
    const place = random(bytes.length + 1)
    const [before, after] = [bytes.subarray(0, place), bytes.subarray(place)]
    switch (random(6)) {
      case 0:
        bytes = Buffer.concat([before, Buffer.from(PIECES[random(PIECES.length)] ?? ''), after])
        break
      case 1:
        bytes = Buffer.concat([before, after.subarray(random(12))])
        break
      case 2:
        bytes = Buffer.concat([before, Buffer.of(random(256)), after.subarray(1)])
        break
      case 3: {
        const other = Buffer.from(SEEDS[random(SEEDS.length)] ?? '', 'latin1')
        bytes = Buffer.concat([before, other.subarray(random(other.length))])
        break
      }
      case 4:
        bytes = Buffer.concat([before, before.subarray(random(place + 1)), after])
        break
      default:
        // As it is: what follows a right request matters too.
        break
    }
  }
  return bytes
}

/** Sends bytes, closes its own side, and gives what came back. An event stream is hung up on. */
async function say(port: number, bytes: Buffer): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    let text = ''
    socket.setEncoding('latin1')
    socket.on('data', (piece: string) => {
      text += piece
      if (text.includes('text/event-stream') || text.includes('101 Switching')) socket.destroy()
    })
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(text))
    socket.end(bytes)
  })
}

test(
  `${COUNT} mutated requests (seed ${SEED}) end in no 500, no crash and no growth`,
  { timeout: 3_600_000 },
  async () => {
    console.log(`UCXI_FUZZ_SEED=${SEED}`)
    const random = generator(SEED)
    const writer = identityFromSeed(new Uint8Array(32).fill(1))
    const renew = (): Ucxi => createUcxi({ store: createMemoryStore({ writer }) })
    let current = renew()
    // What is written goes away now and then: what grows besides is a leak.
    const ucxi = new Proxy({} as Ucxi, {
      get: (_, name) => {
        const value: unknown = Reflect.get(current, name)
        return typeof value === 'function' ? (value.bind(current) as unknown) : value
      },
    })
    const faults: unknown[] = []
    const server = await startUcxiServer({
      ucxi,
      // One request that is never counted out for each that may be under way would be seen at once.
      limits: { stallMs: 1000, headersMs: 1000, requestMs: 2000, requests: AT_ONCE + 8 },
      onError: (error) => faults.push(error),
    })
    atEnd(async () => server.close())
    const port = Number(new URL(server.url).port)
    const statuses = new Map<string, number>()
    const heapOf = (): number => {
      collectGarbage()
      return process.memoryUsage().heapUsed
    }
    // What is in use goes up and down with what is stored: its low points tell of a leak.
    const heaps: number[] = []
    let left = COUNT
    const one = async (): Promise<void> => {
      while (left-- > 0) {
        if (left % NEW_STORE_EVERY === 0) current = renew()
        if (left % Math.ceil(COUNT / 40) === 0) heaps.push(heapOf())
        const bytes = mutate(random)
        const answer = await say(port, bytes)
        // Of a right request, cut in two, there may be two answers; of one alone the body can be told.
        const only = answer.startsWith('HTTP/1.1 4') && answer.lastIndexOf('HTTP/1.1') === 0
        if (only && !answer.includes('application/problem+json'))
          throw new Error(`no problem for ${JSON.stringify(bytes.toString('latin1'))}: ${answer}`)
        for (const [, status = ''] of answer.matchAll(/^HTTP\/1\.1 (\d{3})/gm)) {
          statuses.set(status, (statuses.get(status) ?? 0) + 1)
          if (status === '500' || /"code":"ERR_UCXI_(?:BUSY|TOO_MANY|INTERNAL)"/.test(answer))
            throw new Error(
              `${status} for ${JSON.stringify(bytes.toString('latin1'))}: ${answer.slice(0, 400)}`,
            )
        }
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, one))
    expect(faults).toEqual([])
    expect((await fetch(`${server.url}/ucxi/health`)).status).toBe(200)
    expect(await problemIn(await fetch(`${server.url}/nowhere`))).toEqual([
      404,
      'ERR_UCXI_NOT_FOUND',
    ])
    const half = Math.floor(heaps.length / 2)
    const low = (from: number, to: number): number => Math.min(...heaps.slice(from, to))
    const grown = (low(half, heaps.length) - low(Math.floor(half / 2), half)) / 1024 / 1024
    console.log(Object.fromEntries(statuses), `heap grew by ${grown.toFixed(1)} MiB`)
    expect(grown).toBeLessThan(16)
  },
)
