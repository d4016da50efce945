import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqliteStore, type SqliteStore } from '@bzzz/context-store/sqlite'
import { identityFromSeed } from '@bzzz/identity'
import type { Figure } from '../../../scripts/bench-harness.ts'
import type { Meter } from '../src/sync-client.ts'
import { channelNetwork } from '../test/channels.ts'

const TIMELINES = 100_000
const KB = 1024
const GOAL_KB = 64
const GOAL_MS = 200

/** Two nodes of 100,000 timelines each, in files, over a channel in this process. */
export async function reconciling(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bzzz-reconcile-'))
  try {
    return await compareAll(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function compareAll(folder: string): Promise<Figure[]> {
  const writer = identityFromSeed(new Uint8Array(32).fill(1))
  const ahead = openSqliteStore({ file: join(folder, 'ahead.db'), writer })
  for (let start = 0; start < TIMELINES; start += 1000) await write(ahead, start, 1000, 'first')
  await ahead.backup(join(folder, 'behind.db'))
  const behind = openSqliteStore({
    file: join(folder, 'behind.db'),
    writer: identityFromSeed(new Uint8Array(32).fill(2)),
  })
  const network = channelNetwork()
  network.node('ahead', ahead)
  const node = network.node('behind', behind)
  const summing = await milliseconds(async () => Promise.all([ahead.summary(), behind.summary()]))
  const all = await listing(network.client('ahead'))
  const figures: Figure[] = [
    { what: 'sum up 100,000 timelines for the first time', value: summing / 2, unit: 'ms' },
  ]
  let start = 0
  for (const differing of [0, 10, 100, 1000]) {
    await write(ahead, start, differing, `${differing} newer`)
    start += differing
    const begun = performance.now()
    const report = await node.reconcile('ahead')
    const took = performance.now() - begun
    if (report.records !== differing) throw new Error(`${report.records} of ${differing} came`)
    const bytes = report.sent + report.received
    const what = `reconcile 100,000 timelines of which ${differing} differ, records and contents too`
    const isGoal = differing === 10
    figures.push(
      {
        what,
        value: bytes / KB,
        unit: 'KB',
        reference: { what: 'listing all heads', value: all.bytes / KB },
        ratio: all.bytes / bytes,
        ...(isGoal && { goal: `<= ${GOAL_KB} KB`, met: bytes <= GOAL_KB * KB }),
      },
      {
        what: `the same, ${report.rounds} rounds`,
        value: took,
        unit: 'ms',
        reference: { what: 'listing all heads', value: all.took },
        ratio: all.took / took,
        ...(isGoal && { goal: `< ${GOAL_MS} ms`, met: took < GOAL_MS }),
      },
    )
  }
  node.stop()
  await Promise.all([ahead.close(), behind.close()])
  return figures
}

async function write(
  store: SqliteStore,
  start: number,
  count: number,
  word: string,
): Promise<void> {
  await store.putAll(
    Array.from({ length: count }, (_, place) => ({
      address: `ucxl://a:coder@shop:notes/*^/${start + place}.md`,
      content: Buffer.from(`${word} ${start + place}`),
    })),
  )
}

/** What it takes to hear of all heads. */
async function listing(
  opening: ReturnType<ReturnType<typeof channelNetwork>['client']>,
): Promise<{ bytes: number; took: number }> {
  const client = await opening
  const meter: Meter = { sent: 0, received: 0 }
  const took = await milliseconds(async () => {
    let heads = 0
    for await (const _ of client.heads('a@shop', { meter })) heads++
    if (heads !== TIMELINES) throw new Error(`${heads} heads`)
  })
  client.close()
  return { bytes: meter.sent + meter.received, took }
}

async function milliseconds(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await run()
  return performance.now() - start
}
