import { keyOf, parse } from '@bzzz/ucxl-address'
import postgres from 'postgres'
import { describe, expect, onTestFinished, test, vi, type TestContext } from 'vitest'
import { cites, key, looking, names, row } from '../src/conformance-subject.ts'
import { storageConformance } from '../src/conformance.ts'
import { openPostgresStorage } from '../src/postgres/index.ts'
import type { DecisionStorage } from '../src/storage.ts'
import type { Slurp } from '../src/slurp.ts'
import type { StoredDecision } from '../src/storage.ts'
import type { WebhookRequest, WebhookResponse, WebhookSend } from '../src/webhook-send.ts'
import { createSlurp } from '../src/create-slurp.ts'
import { address, codeOf, createAuthor, DAY, sent, START } from './author.ts'
import { postgresStorages } from './postgres-server.ts'

const storages = postgresStorages()
const skipped = ({ skip }: TestContext): void =>
  skip(storages.problem !== undefined, storages.problem)

/** A storage of a schema, closed with the test. */
async function open(schema: string): Promise<DecisionStorage> {
  const storage = await openPostgresStorage({ url: storages.server.url, schema })
  onTestFinished(async () => storage.close())
  return storage
}

/** A service on a storage, closed with the test. */
function serviceOf(storage: DecisionStorage, send?: WebhookSend): Slurp {
  const slurp = createSlurp({ storage, now: () => START + DAY, ...(send && { send }) })
  onTestFinished(async () => slurp.close())
  return slurp
}

/** A connection of somebody else, closed with the test. */
function connect(): postgres.Sql {
  const sql = postgres(storages.server.url, { max: 1, onnotice: () => {} })
  onTestFinished(async () => sql.end())
  return sql
}

describe('in PostgreSQL', () => {
  for (const { name, run } of storageConformance(storages.open)) {
    test(name, async (context) => {
      skipped(context)
      await run()
    })
  }
})

test('what was added is there when it is opened again, and is searched', async (context) => {
  skipped(context)
  const first = await open('again')
  await first.add([row('a', 1, { title: 'alpha', edges: [cites('plan')] })])
  await first.close()
  const second = await open('again')
  expect(await second.add([row('a', 1)])).toEqual([{ outcome: 'known', sequence: 1 }])
  const { hits } = await second.search(looking('alpha'))
  expect(hits.map(({ decision }) => decision.key)).toEqual([key('a')])
  expect(await second.incoming(key('plan'), { kind: 'cites' })).toHaveLength(1)
})

test('of several services that write at once, nobody who follows misses any', async (context) => {
  skipped(context)
  const writers = await Promise.all(['many', 'many', 'many'].map(open))
  const reader = await open('many')
  const seen: string[] = []
  let after = 0
  const look = async (): Promise<void> => {
    const page = await reader.changes({ after, limit: 1000 })
    seen.push(...names(page))
    after = page.at(-1)?.sequence ?? after
  }
  const following = (async () => {
    while (seen.length < 160) await look()
  })()
  // All of them have all of it: each version is news to exactly one.
  const lots = writers.map(async (writer, mine) => {
    let added = 0
    for (let n = 0; n < 40; n++) {
      const lot = [row(`w${mine}-${n}`), row(`shared${n}`)]
      added += (await writer.add(lot)).filter(({ outcome }) => outcome === 'added').length
    }
    return added
  })
  const added = await Promise.all(lots)
  await following
  await look()
  expect(added.reduce((sum, count) => sum + count)).toBe(160)
  expect([seen.length, new Set(seen).size, after]).toEqual([160, 160, 160])
})

test('what one service takes in is followed at another', async (context) => {
  skipped(context)
  const [one, other] = [serviceOf(await open('two')), serviceOf(await open('two'))]
  const stop = new AbortController()
  onTestFinished(() => stop.abort())
  const following = other.follow({ after: 0, signal: stop.signal })
  const next = following.next()
  await one.ingest(sent(await createAuthor().publish('pay')))
  const lot = (await next).value as StoredDecision[]
  expect(lot.map((found) => found.key)).toEqual([keyOf(parse(address('pay')))])
})

test('of two services one at a time tells a webhook, each event once and in order', async (context) => {
  skipped(context)
  const told: string[] = []
  const send = async ({ body }: WebhookRequest): Promise<WebhookResponse> => {
    const { data } = JSON.parse(body) as { data: { address: string } }
    told.push(data.address)
    await new Promise(setImmediate)
    return { status: 200 }
  }
  const services = [serviceOf(await open('hooks'), send), serviceOf(await open('hooks'), send)]
  await services[0]!.addWebhook({ url: 'https://n8n.example/hook' })
  const author = createAuthor()
  const asked = Array.from({ length: 20 }, (_, n) => `d${n}`)
  for (const [n, name] of asked.entries()) {
    await services[n % 2]!.ingest(sent(await author.publish(name)))
  }
  await vi.waitFor(() => expect(told.length).toBeGreaterThanOrEqual(20), { timeout: 10_000 })
  await Promise.all(services.map(async (service) => service.idle()))
  expect(told).toEqual(asked.map((name) => address(name, 'claude', '*~')))
})

test('a webhook is claimed by one, until that one gives it up', async (context) => {
  skipped(context)
  const [one, other] = [await open('claims'), await open('claims')]
  const progress = { position: 0, attempts: 0, failures: 0, nextAt: 0 }
  const hook = { id: 'a', url: 'https://example.org/', secret: 's', created: 0, ...progress }
  await one.putWebhook(hook)
  expect([await one.claimWebhook?.('a'), await other.claimWebhook?.('a')]).toEqual([true, false])
  await other.releaseWebhook?.('a')
  await one.putWebhook({ ...hook, position: 1 })
  expect([await one.claimWebhook?.('a'), await other.claimWebhook?.('a')]).toEqual([true, false])
  await one.releaseWebhook?.('a')
  expect([await other.claimWebhook?.('a'), await other.claimWebhook?.('b')]).toEqual([true, false])
  // Who ended without giving it up has it for a minute.
  const sql = connect()
  await sql.unsafe("UPDATE claims.webhooks SET claimed_until = now() - interval '1 second'")
  expect(await one.claimWebhook?.('a')).toBe(true)
})

test('a call that failed changed nothing, and gave out no sequence', async (context) => {
  skipped(context)
  const storage = await open('undone')
  const wrong = { ...row('b'), at: Number.NaN }
  await expect(storage.add([row('a'), wrong])).rejects.toMatchObject({ code: 'ERR_SLURP_FILE' })
  expect(await storage.counts()).toMatchObject({ versions: 0, position: 0 })
  expect(await storage.add([row('a')])).toEqual([{ outcome: 'added', sequence: 1 }])
})

test('a text may have words of any length and number, and any character', async (context) => {
  skipped(context)
  const storage = await open('texts')
  const long = 'x'.repeat(5000)
  const body = `${long} ${'often '.repeat(400)} ${'filler '.repeat(20_000)} it's \\ end`
  await storage.add([row('a', 1, { title: "It's a \0 title", body })])
  for (const words of ["it's", 'often', 'end', 'title']) {
    const terms = words.split("'").map((word) => ({ words: [word], prefix: false, not: false }))
    expect((await storage.search(looking('', { terms }))).hits, words).toHaveLength(1)
  }
  for (const words of [long, `${long.slice(0, 300)}*`])
    expect((await storage.search(looking(words))).hits).toHaveLength(1)
  expect(await storage.byContentId('\0')).toBeUndefined()
})

test('a signal that fires ends the wait for what is being read', async (context) => {
  skipped(context)
  const storage = await open('locked')
  await storage.add([row('a')])
  const sql = connect()
  const stop = new AbortController()
  await sql.begin(async (held) => {
    await held.unsafe('LOCK TABLE locked.contexts IN ACCESS EXCLUSIVE MODE')
    const reading = storage.version(key('a'), undefined, { signal: stop.signal })
    const waiting = `SELECT 1 FROM pg_stat_activity
      WHERE application_name = 'slurp' AND wait_event_type = 'Lock'`
    while ((await held.unsafe(waiting)).length === 0);
    stop.abort(new Error('enough'))
    await expect(reading).rejects.toThrow('enough')
  })
  expect((await storage.version(key('a')))?.version).toBe(1)
})

test('a server that ends and comes back has all that was acknowledged', async (context) => {
  skipped(context)
  const storage = await open('restarted')
  await storage.add([row('a')])
  await storages.server.stop()
  expect(await codeOf(storage.add([row('b')]))).toBe('ERR_SLURP_BUSY')
  await storages.server.start()
  expect(await storage.add([row('b')])).toEqual([{ outcome: 'added', sequence: 2 }])
  expect((await storage.counts()).versions).toBe(2)
})

test('what is not there, not ours, or of another release is refused, and no password is told', async (context) => {
  skipped(context)
  const sql = connect()
  await sql.unsafe('CREATE SCHEMA foreign_one')
  await sql.unsafe('CREATE TABLE foreign_one.x (y text)')
  expect(await codeOf(open('foreign_one'))).toBe('ERR_SLURP_FILE')
  await open('newer')
  await sql.unsafe('UPDATE newer.slurp_schema SET version = 99')
  await expect(open('newer')).rejects.toThrow(/another release \(version 99/)
  expect(await codeOf(open('Upper"case'))).toBe('ERR_SLURP_FILE')

  const { port } = new URL(storages.server.url)
  const at = async (url: string): Promise<unknown> =>
    openPostgresStorage({ url }).then(
      () => 'opened',
      (error: unknown) => error,
    )
  const answers = [
    await at('postgres://slurp:secret@127.0.0.1:1/postgres'),
    await at(`postgres://slurp:secret@127.0.0.1:${port}/nowhere`),
    await at('http://slurp:secret@127.0.0.1/postgres'),
    await at('postgres://slurp:secret@:x'),
  ] as { code: string; message: string }[]
  expect(answers.map(({ code }) => code)).toEqual([
    'ERR_SLURP_BUSY',
    'ERR_SLURP_FILE',
    'ERR_SLURP_FILE',
    'ERR_SLURP_FILE',
  ])
  for (const { message } of answers) expect(message).not.toContain('secret')
})
