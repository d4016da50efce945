import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { openSqliteStore } from '@bzzz/context-store/sqlite'
import { identityFromSeed } from '@bzzz/identity'
import { expect, test } from 'vitest'
import { createSlurpClient } from '../src/index.ts'
import { openSqliteState } from '../src/sqlite.ts'
import { all } from './fixtures.ts'
import { startSlurpServer, type Behaviour } from './slurp-server.ts'

// Three hundred times is a matter of minutes: BZZZ_KILLS=300 npx vitest run packages/slurp-client/test/kill
const KILLS = Number(process.env['BZZZ_KILLS'] ?? 40)
const SEED = Number(process.env['BZZZ_SEED'] ?? 1)
const SIDES = 2

interface Safe {
  readonly agent: string
  readonly title: string
  readonly id: string
}

/** Park and Miller's generator: the same choices for the same seed. */
function createRandom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
}

/** Starts a publisher, and kills it at some moment; gives what it said was safe. */
async function publishAndKill(args: string[], random: (below: number) => number): Promise<Safe[]> {
  const flags = ['--conditions=@bzzz/source', '--disable-warning=ExperimentalWarning']
  const script = resolve(import.meta.dirname, 'child-publisher.ts')
  const child = spawn(process.execPath, [...flags, script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.setEncoding('utf8')
  child.stdout.on('data', (piece: string) => {
    said += piece
  })
  // Some are killed when they have said nothing yet: while they start, read the log, or write first.
  const lines = random(4) === 0 ? 1 : 2 + random(40)
  while (said.split('\n').length <= lines) await once(child.stdout, 'data')
  for (let turns = random(3000); turns > 0; turns--) await new Promise(setImmediate)
  child.kill('SIGKILL')
  await once(child, 'close')
  // The last line may be cut: then the decision was not said to be safe.
  return said
    .split('\n')
    .slice(1, -1)
    .map((line) => {
      const [agent = '', title = '', id = ''] = line.split(' ')
      return { agent, title, id }
    })
}

test.concurrent.for(Array.from({ length: SIDES }, (_, side) => side))(
  `what was published before any of ${KILLS / SIDES} kills arrives, once, in the order of each agent (side %i, seed ${SEED})`,
  { timeout: 60_000 + KILLS * 3000 },
  async (side) => {
    const folder = await mkdtemp(join(tmpdir(), 'bzzz-kill-'))
    const random = createRandom(SEED + side)
    const server = await startSlurpServer()
    const wrong: Behaviour[] = ['reset', 'lose', 'cut', { status: 500 }, { status: 200, body: '{' }]
    // One request in eight goes wrong in some way.
    server.behave = () => (random(8) === 0 ? (wrong[random(wrong.length)] ?? 'good') : 'good')
    const safe: Safe[] = []
    try {
      for (let kill = 0; kill < KILLS / SIDES; kill++) {
        safe.push(...(await publishAndKill([folder, server.url, String(kill)], random)))
      }
      const identity = identityFromSeed(new Uint8Array(32).fill(1))
      const store = openSqliteStore({ file: join(folder, 'store.db'), writer: identity })
      const state = openSqliteState({ file: join(folder, 'outbox.db') })
      const backoff = { firstMs: 5, maxMs: 20 }
      const circuit = { failures: 5, waitMs: 20 }
      const { url } = server
      const client = createSlurpClient({ store, identity, state, url, backoff, circuit })
      await client.flush()
      expect(await all(client.pending())).toEqual([])
      expect(await all(client.deadLetters())).toEqual([])
      await client.close()
      await state.close()
      await store.close()

      expect(safe.length).toBeGreaterThan(KILLS)
      const places = new Map(server.seen.map(({ record }, place) => [record, place]))
      expect(places.size).toBe(server.seen.length)
      const missing = safe.filter(({ id }) => !places.has(id))
      expect(missing, `seed ${SEED}`).toEqual([])
      for (const agent of ['ada', 'bob', 'eve']) {
        // All that arrived, with what was cut off before it was said to be safe.
        const arrived = server.seen.filter((seen) => seen.agent === agent).map(({ title }) => title)
        const written = arrived.toSorted((one, other) => {
          const [run = 0, number = 0] = one.split('.').map(Number)
          const [otherRun = 0, otherNumber = 0] = other.split('.').map(Number)
          return run - otherRun || number - otherNumber
        })
        expect(arrived, `${agent}, seed ${SEED}`).toEqual(written)
        expect(new Set(arrived).size).toBe(arrived.length)
      }
    } finally {
      await server.close()
      await rm(folder, { recursive: true })
    }
  },
)
