import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { openSqliteStore } from '../src/sqlite.ts'
import { intactVersions } from './chain.ts'

// A thousand times is a matter of minutes: BZZZ_KILLS=1000 npx vitest run packages/context-store/test/crash
const KILLS = Number(process.env['BZZZ_KILLS'] ?? 100)
const SEED = Number(process.env['BZZZ_SEED'] ?? 1)
const SIDES = 2

/** Park and Miller's generator: the same moments for the same seed. */
function createRandom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
}

/** Starts a writer, and kills it at some moment after it has begun to write. */
async function writeAndKill(file: string, random: (below: number) => number): Promise<string[]> {
  const flags = ['--conditions=@bzzz/source', '--disable-warning=ExperimentalWarning']
  const script = resolve(import.meta.dirname, 'child-writer.ts')
  const child = spawn(process.execPath, [...flags, script, file, '1000000', 'large'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  // A pipe that is read slowly would hold the writer up, not lose what it said.
  let said = ''
  child.stdout.setEncoding('utf8')
  child.stdout.on('data', (piece: string) => {
    said += piece
  })
  await once(child.stdout, 'data')
  for (let turns = random(2000); turns > 0; turns--) await new Promise(setImmediate)
  child.kill('SIGKILL')
  await once(child, 'close')
  // The last line may be cut: then its write was not acknowledged.
  return said.split('\n').slice(0, -1)
}

test.for(Array.from({ length: SIDES }, (_, side) => side))(
  `a writer that is killed ${KILLS / SIDES} times at any moment leaves every acknowledged write, and no half one (side %i)`,
  { timeout: 60_000 + KILLS * 2000 },
  async (side) => {
    const folder = await mkdtemp(join(tmpdir(), 'bzzz-crash-'))
    const file = join(folder, 'store.db')
    const random = createRandom(SEED + side)
    try {
      let acknowledged = 0
      for (let kill = 0; kill < KILLS / SIDES; kill++) {
        const lines = await writeAndKill(file, random)
        acknowledged += lines.length
        const store = openSqliteStore({ file })
        for (const line of lines) {
          const [version = '', id] = line.split(' ')
          const found = await store.resolve(`ucxl://a:b@c:d/*~${version}/shared`)
          expect(found.id, `seed ${SEED}, kill ${kill}, version ${version}`).toBe(id)
        }
        await store.close()
      }
      const store = openSqliteStore({ file })
      expect(await intactVersions(store)).toBeGreaterThanOrEqual(acknowledged)
      expect((await store.check()).problems).toEqual([])
      await store.close()
    } finally {
      await rm(folder, { recursive: true })
    }
  },
)
