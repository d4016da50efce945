import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { beforeEach, describe, expect, test } from 'vitest'
import { createSlurp } from '../src/create-slurp.ts'
import { createMemoryStorage, verifyWebhook } from '../src/index.ts'
import type { Slurp, SlurpInit } from '../src/slurp.ts'
import { openSqliteStorage } from '../src/sqlite.ts'
import type { WebhookRequest, WebhookResponse } from '../src/webhook-send.ts'
import { createSend } from '../src/webhook-send.ts'
import { assertTarget, isPrivateAddress } from '../src/webhook-target.ts'
import { clock, codeOf, createAuthor, sent, START } from './author.ts'

/** A receiver, and timers that the test fires. */
interface Bench {
  readonly slurp: Slurp
  readonly sent: WebhookRequest[]
  /** What it answers, in turn; 200 once there is no more. */
  readonly answers: (number | Error | WebhookResponse)[]
  readonly waits: number[]
  /** Lets what waits run, at its time. */
  readonly pass: () => Promise<void>
}

function bench(init: Partial<SlurpInit> = {}): Bench {
  const requests: WebhookRequest[] = []
  const answers: Bench['answers'] = []
  const waits: number[] = []
  let timers: { run: () => void; at: number }[] = []
  const slurp = createSlurp({
    storage: createMemoryStorage(),
    now: () => clock.now,
    random: () => 0.5,
    send: async (request) => {
      requests.push(request)
      const answer = answers.shift() ?? 200
      if (answer instanceof Error) throw answer
      return typeof answer === 'number' ? { status: answer } : answer
    },
    schedule: (run, milliseconds) => {
      const timer = { run, at: clock.now + milliseconds }
      waits.push(milliseconds)
      timers.push(timer)
      return () => (timers = timers.filter((one) => one !== timer))
    },
    ...init,
  })
  return {
    slurp,
    sent: requests,
    answers,
    waits,
    async pass() {
      const due = timers
      timers = []
      clock.now = Math.max(clock.now, ...due.map(({ at }) => at))
      for (const { run } of due) run()
      await slurp.idle()
    },
  }
}

const TARGET = 'https://n8n.example/hook'

beforeEach(() => {
  clock.now = START
})

async function add(
  slurp: Slurp,
  name: string,
  fields: Record<string, unknown> = {},
): Promise<void> {
  await slurp.ingest(
    sent(await createAuthor(fields['agent_id'] as string | undefined).publish(name, fields)),
  )
  await slurp.idle()
}

describe('a webhook', () => {
  test('is told of what is accepted from then on, signed, each once', async () => {
    const { slurp, sent: requests } = bench()
    await add(slurp, 'before')
    const { id, secret } = await slurp.addWebhook({ url: TARGET })
    await add(slurp, 'pay')
    expect(requests.map(({ url }) => url)).toEqual([TARGET])
    const [request] = requests
    const { headers = {}, body = '' } = request ?? {}
    expect(JSON.parse(body)).toMatchObject({
      type: 'decision.accepted',
      timestamp: '2025-08-01T00:00:00Z',
      data: { title: 'pay', sequence: 2 },
    })
    expect(headers['webhook-id']).toBe(`${id}.2`)
    expect(headers['webhook-timestamp']).toBe('1754006400')
    // By hand, as Standard Webhooks has it.
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
    const signed = createHmac('sha256', key).update(`${id}.2.1754006400.${body}`).digest('base64')
    expect(headers['webhook-signature']).toBe(`v1,${signed}`)
    const message = { headers, body, secret, now: clock.now }
    expect(verifyWebhook(message)).toBe(true)
    expect(verifyWebhook({ ...message, body: `${body} ` })).toBe(false)
    for (const off of [300_000, -300_000])
      expect(verifyWebhook({ ...message, now: clock.now + off })).toBe(true)
    for (const off of [300_001, -300_001])
      expect(verifyWebhook({ ...message, now: clock.now + off })).toBe(false)
    expect(verifyWebhook({ ...message, headers: {} })).toBe(false)
    const other = `whsec_${Buffer.alloc(32).toString('base64')}`
    expect(verifyWebhook({ ...message, secret: other })).toBe(false)
    expect(await slurp.attempts(id)).toEqual([
      { webhook: id, sequence: 2, attempt: 1, at: START, status: 200, outcome: 'delivered' },
    ])
  })

  test('signs as the example of Standard Webhooks does', () => {
    const message = {
      headers: {
        'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
        'webhook-timestamp': '1614265330',
        'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
      },
      body: '{"test": 2432232314}',
      secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
      now: 1_614_265_330_000,
    }
    expect(verifyWebhook(message)).toBe(true)
  })

  test('is told of all there is from the sequence that it names', async () => {
    const { slurp, sent: requests } = bench()
    for (const name of ['a', 'b', 'c']) await add(slurp, name)
    await slurp.addWebhook({ url: TARGET, after: 1 })
    await slurp.idle()
    const titles = requests.map(
      ({ body }) => (JSON.parse(body) as { data: { title: string } }).data.title,
    )
    expect(titles).toEqual(['b', 'c'])
    // It cannot begin ahead of all that is here: what comes next would be passed over.
    const { position } = await slurp.addWebhook({ url: TARGET, after: 900 })
    expect(position).toBe(3)
  })

  test('is told only of what matches its pattern and types', async () => {
    const { slurp, sent: requests } = bench()
    await slurp.addWebhook({
      url: TARGET,
      pattern: 'ucxl://eve:any@shop:any/**',
      types: ['policy', 'incident'],
    })
    await add(slurp, 'a')
    await add(slurp, 'b', { agent_id: 'eve' })
    await add(slurp, 'c', { agent_id: 'eve', decision_type: 'plan' })
    const titles = requests.map(
      ({ body }) => (JSON.parse(body) as { data: { title: string } }).data.title,
    )
    expect(titles).toEqual(['b'])
    const [hook] = await slurp.webhooks()
    expect(hook?.position).toBe(3)
  })

  test('that fails is tried again, later and later, with jitter; in order', async () => {
    const { slurp, answers, waits, sent: requests, pass } = bench()
    const { id } = await slurp.addWebhook({ url: TARGET })
    answers.push(500, new Error('connection refused'), { status: 429, retryAfter: '60' })
    await add(slurp, 'a')
    await add(slurp, 'b')
    expect(requests).toHaveLength(1)
    await pass()
    await pass()
    await pass()
    // Half of 2 and of 4 seconds; then what it asked for.
    expect([...new Set(waits)]).toEqual([1000, 2000, 60_000])
    const ids = requests.map(({ headers }) => headers['webhook-id'])
    expect(ids).toEqual([`${id}.1`, `${id}.1`, `${id}.1`, `${id}.1`, `${id}.2`])
    const log = await slurp.attempts(id)
    expect(log.map(({ outcome, status, error }) => [outcome, status, error])).toEqual([
      ['delivered', 200, undefined],
      ['delivered', 200, undefined],
      ['failed', 429, 'it answered 429'],
      ['failed', undefined, 'connection refused'],
      ['failed', 500, 'it answered 500'],
    ])
  })

  test('is disabled after too many failures, with the reason, and can be enabled again', async () => {
    const { slurp, answers, pass, sent: requests } = bench()
    const { id } = await slurp.addWebhook({ url: TARGET })
    answers.push(...Array<number>(16 * 5).fill(500))
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) await add(slurp, name)
    for (let n = 0; n < 80; n++) await pass()
    const [hook] = await slurp.webhooks()
    expect(hook?.disabled).toBe(
      '5 events in a row could not be delivered; the last: it answered 500',
    )
    expect(requests).toHaveLength(80)
    await add(slurp, 'g')
    expect(requests).toHaveLength(80)
    await slurp.enableWebhook(id)
    await slurp.idle()
    expect(requests).toHaveLength(82)
    expect((await slurp.webhooks())[0]?.disabled).toBeUndefined()
  })

  test('whose receiver is gone is disabled at once', async () => {
    const { slurp, answers } = bench()
    await slurp.addWebhook({ url: TARGET })
    answers.push(410)
    await add(slurp, 'a')
    expect((await slurp.webhooks())[0]?.disabled).toBe('the receiver answered 410: it is gone')
  })

  test('goes on after the end of the service where it stopped', async () => {
    const storage = openSqliteStorage({ file: ':memory:' })
    const first = bench({ storage })
    await first.slurp.addWebhook({ url: TARGET })
    first.answers.push(500)
    await add(first.slurp, 'a')
    await first.slurp.close()
    clock.now += 60_000
    const second = bench({ storage })
    await second.slurp.idle()
    expect(second.sent).toHaveLength(1)
    await second.slurp.close()
    await storage.close()
  })

  test('that is removed is told no more', async () => {
    const { slurp, sent: requests } = bench()
    const { id } = await slurp.addWebhook({ url: TARGET })
    await slurp.removeWebhook(id)
    await add(slurp, 'a')
    expect(requests).toEqual([])
    expect(await codeOf(slurp.attempts(id))).toBe('ERR_SLURP_UNKNOWN')
  })

  test('needs a public http URL, a pattern, and a secret that are some', async () => {
    const { slurp } = bench()
    const refused = [
      'ftp://example.org/',
      'https://user:pw@example.org/',
      'http://localhost/',
      'http://sub.localhost./',
      'http://127.0.0.1/',
      'http://0x7f.1/',
      'http://[::1]/',
      'http://[::ffff:10.0.0.1]/',
      'http://169.254.169.254/latest/meta-data',
      'hello',
    ]
    for (const url of refused) {
      expect(await codeOf(slurp.addWebhook({ url })), url).toBe('ERR_SLURP_WEBHOOK')
    }
    const short = slurp.addWebhook({ url: TARGET, secret: 'whsec_c2hvcnQ=' })
    expect(await codeOf(short)).toBe('ERR_SLURP_WEBHOOK')
    const pattern = slurp.addWebhook({ url: TARGET, pattern: 'hello' })
    expect(await codeOf(pattern)).toBe('ERR_ADDRESS_SCHEME')
    const open = bench({ allowPrivateWebhooks: true })
    expect((await open.slurp.addWebhook({ url: 'http://127.0.0.1:9/' })).url).toBe(
      'http://127.0.0.1:9/',
    )
  })
})

describe('sending', () => {
  const message = { headers: { 'content-type': 'application/json' }, body: '{"ö":1}' }

  test('goes out over HTTP, follows no redirect, and is told what came back', async () => {
    const seen: [string | undefined, string][] = []
    const server = createServer((request, answer) => {
      request.setEncoding('utf8')
      let body = ''
      request.on('data', (piece: string) => (body += piece))
      request.on('end', () => {
        seen.push([request.method, body])
        answer.writeHead(302, { location: 'http://127.0.0.1:1/', 'retry-after': '7' }).end('x')
      })
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    const { signal } = new AbortController()
    const answer = await createSend({ allowPrivate: true })({ url, signal, ...message })
    expect(answer).toEqual({ status: 302, retryAfter: '7' })
    expect(seen).toEqual([['POST', '{"ö":1}']])
    // A name that leads here is as good as the address, also where another address is harmless.
    const addresses = [
      { address: '8.8.8.8', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ]
    const guarded = createSend({ allowPrivate: false, resolve: async () => addresses })
    const named = url.replace('127.0.0.1', 'hooks.example')
    expect(await codeOf(guarded({ url: named, signal, ...message }))).toBe('ERR_SLURP_WEBHOOK')
    expect(await codeOf(guarded({ url, signal, ...message }))).toBe('ERR_SLURP_WEBHOOK')
    expect(seen).toHaveLength(1)
    await new Promise((done) => server.close(done))
  })

  test('an answer that never ends is cut', async () => {
    const server = createServer((request, answer) => {
      request.resume()
      answer.writeHead(200)
      const more = (): void => {
        while (!answer.destroyed && answer.write('x'.repeat(16_384)));
      }
      answer.on('drain', more)
      more()
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    const signal = AbortSignal.timeout(5000)
    const answer = await createSend({ allowPrivate: true })({ url, signal, ...message })
    expect([answer.status, signal.aborted]).toEqual([200, false])
    await new Promise((done) => server.close(done))
  })

  test('addresses of this machine, its network, and of nobody are told apart', () => {
    const inside = [
      '10.1.2.3',
      '192.168.0.1',
      '172.31.0.1',
      '100.64.0.1',
      '0.0.0.0',
      '::',
      '::1',
      'fe80::1',
      'fd00::1',
      '::ffff:127.0.0.1',
      '64:ff9b::7f00:1',
      '2002:7f00:1::',
      '255.255.255.255',
      '224.0.0.1',
    ]
    for (const ip of inside) expect(isPrivateAddress(ip), ip).toBe(true)
    for (const ip of ['8.8.8.8', '172.32.0.1', '2606:4700::1111', '::ffff:8.8.8.8'])
      expect(isPrivateAddress(ip), ip).toBe(false)
    expect(assertTarget('https://example.org', false).href).toBe('https://example.org/')
  })
})
