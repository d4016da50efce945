import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { openSqliteStore } from '@bzzz/context-store/sqlite'
import { identityFromSeed } from '@bzzz/identity'
import { createSlurpClient, type SlurpClient } from '@bzzz/slurp-client'
import { openSqliteState } from '@bzzz/slurp-client/sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSqliteStorage } from '../src/sqlite.ts'

// A hundred times takes minutes: BZZZ_KILLS=100 npx vitest run packages/slurp/test/end-to-end
const KILLS = Number(process.env['BZZZ_KILLS'] ?? 8)
const SEED = Number(process.env['BZZZ_SEED'] ?? 1)
const DEADLINE_MS = 60_000

let folder: string
let service: ChildProcess | undefined
let url = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bzzz-slurp-'))
})
afterEach(async () => {
  await kill()
  await rm(folder, { recursive: true })
})

/** Starts the service on its file, in a process of its own, on whatever port is free. */
async function start(): Promise<void> {
  const flags = ['--conditions=@bzzz/source', '--disable-warning=ExperimentalWarning']
  const script = resolve(import.meta.dirname, 'child-service.ts')
  const child = spawn(process.execPath, [...flags, script, join(folder, 'slurp.db')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  service = child
  child.stdout.setEncoding('utf8')
  const [line] = (await once(child.stdout, 'data')) as [string]
  url = line.trim()
}

async function kill(): Promise<void> {
  if (!service) return
  const ended = once(service, 'close')
  service.kill('SIGKILL')
  await ended
  service = undefined
}

interface Author {
  readonly client: SlurpClient
  readonly delivered: () => number
  readonly close: () => Promise<void>
}

/** An author whose store and outbox are files. The service is asked wherever it is just then. */
function author(): Author {
  const identity = identityFromSeed(new Uint8Array(32).fill(1))
  const store = openSqliteStore({ file: join(folder, 'store.db'), writer: identity })
  const state = openSqliteState({ file: join(folder, 'outbox.db') })
  let delivered = 0
  const client = createSlurpClient({
    store,
    identity,
    state,
    url: 'http://service.invalid',
    fetch: async (target, init) => {
      const { pathname } = new URL(target instanceof Request ? target.url : target)
      return fetch(`${url}${pathname}`, init)
    },
    backoff: { firstMs: 5, maxMs: 20 },
    circuit: { failures: 5, waitMs: 20 },
    onEvent: ({ type }) => {
      if (type === 'delivered') delivered++
    },
  })
  return {
    client,
    delivered: () => delivered,
    close: async () => {
      await client.close()
      await state.close()
      await store.close()
    },
  }
}

const addressOf = (agent: string, name: string | number): string =>
  `ucxl://${agent}:architect@shop:checkout/*^/decisions/${name}.json`

test('what an author publishes is asked of the service: why, what would fall, and by its words', async () => {
  await start()
  const { client, close } = author()
  const policy = { agent_id: 'ada', decision_type: 'policy' }
  await client.publish({
    ...policy,
    ucxl_address: addressOf('ada', 'cards'),
    title: 'Keep no card data',
  })
  const cites = (name: string) => [
    {
      type: 'justified_by' as const,
      ucxl_address: addressOf('ada', name),
      relevance: 'high' as const,
    },
  ]
  await client.publish({
    ...policy,
    ucxl_address: addressOf('ada', 'provider'),
    title: 'Let a provider take payments',
    citations: cites('cards'),
  })
  await client.publish({
    ...policy,
    ucxl_address: addressOf('ada', 'stripe'),
    title: 'Pay with Stripe',
    citations: cites('provider'),
  })
  await client.flush()
  await close()

  const ask = async (path: string, name: string): Promise<string> => {
    const address = encodeURIComponent(addressOf('ada', name))
    return (await fetch(`${url}/decisions/${address}/${path}`)).text()
  }
  const why = JSON.parse(await ask('why', 'stripe')) as Chain
  expect(why.nodes.map(({ title }) => title)).toEqual([
    'Pay with Stripe',
    'Let a provider take payments',
    'Keep no card data',
  ])
  expect(why.links.map(({ verdict }) => verdict.status)).toEqual(['verified', 'verified'])
  const impact = JSON.parse(await ask('consequences', 'cards')) as Chain
  expect(impact.nodes.map(({ title }) => title)).toEqual([
    'Keep no card data',
    'Let a provider take payments',
    'Pay with Stripe',
  ])
  const found = (await (await fetch(`${url}/decisions?q=stripe+type:policy`)).json()) as {
    items: { title: string }[]
  }
  expect(found.items.map(({ title }) => title)).toEqual(['Pay with Stripe'])
})

interface Chain {
  readonly nodes: readonly { readonly title: string }[]
  readonly links: readonly { readonly verdict: { readonly status: string } }[]
}

test(
  `the service is killed ${KILLS} times while it takes decisions in: each is there once, in order (seed ${SEED})`,
  { timeout: DEADLINE_MS + KILLS * 3000 },
  async () => {
    const random = createRandom(SEED)
    const { client, delivered, close } = author()
    const published: { agent: string; id: string }[] = []
    let interrupted = 0
    for (let turn = 0; turn < KILLS; turn++) {
      await start()
      const before = delivered()
      const count = 5 + random(20)
      for (let number = 0; number < count; number++) {
        const agent = ['ada', 'bob', 'eve'][random(3)] ?? ''
        const address = addressOf(agent, random(10))
        const said = { agent_id: agent, decision_type: 'policy', title: `${turn}.${number}` }
        const { id } = await client.publish({ ucxl_address: address, ...said })
        published.push({ agent, id })
      }
      const wanted = before + random(count)
      for (let end = Date.now() + DEADLINE_MS; delivered() < wanted && Date.now() < end;)
        await new Promise(setImmediate)
      await kill()
      if (delivered() < published.length) interrupted++
    }
    expect(interrupted).toBeGreaterThan(KILLS / 4)
    await start()
    await client.flush()
    await close()
    await kill()

    const storage = openSqliteStorage({ file: join(folder, 'slurp.db') })
    const taken: { agent: string; id: string }[] = []
    for (let after = 0; ;) {
      const page = await storage.changes({ after, limit: 1000 })
      const last = page.at(-1)
      if (!last) break
      after = last.sequence
      taken.push(
        ...page.map(({ recordId, key }) => ({ id: recordId, agent: key.split(':', 1)[0] ?? '' })),
      )
    }
    await storage.close()
    for (const agent of ['ada', 'bob', 'eve']) {
      const of = (list: typeof taken): string[] =>
        list.filter((one) => one.agent === agent).map(({ id }) => id)
      expect(of(taken), `seed ${SEED}`).toEqual(of(published))
    }
  },
)

/** Park and Miller's generator: the same choices for the same seed. */
function createRandom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
}
