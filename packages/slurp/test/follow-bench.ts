import { createMemoryStore, type ContextStore } from '@bzzz/context-store'
import { decisionBytes } from '@bzzz/decision-schema'
import { identityFromSeed } from '@bzzz/identity'
import { afterEach, beforeEach } from 'vitest'
import { createSlurp } from '../src/create-slurp.ts'
import { followStore, type FollowStoreInit, type StoreFollower } from '../src/follow-store.ts'
import { createMemoryStorage } from '../src/memory.ts'
import type { Slurp } from '../src/slurp.ts'
import { clock, START, type Published } from './author.ts'
import { createTimers, type Timers } from './timers.ts'

export const RETRY_MS = 1000
export const FETCH_MS = 7000
const ends: (() => Promise<void>)[] = []

beforeEach(() => {
  clock.now = START
})
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
})

/** A node with a service that follows its store. */
export interface Node {
  readonly store: ContextStore
  readonly slurp: Slurp
  readonly timers: Timers
  /** Follows the store; what came of it is told by `log`. */
  readonly follow: (init?: Partial<FollowStoreInit>) => StoreFollower
  /** `+pay 1`: taken; `-pay 1 ERR_…`: refused; `!ERR_…`: a failure that passes. */
  readonly log: string[]
}

export function createNode(): Node {
  const now = (): number => clock.now
  const writer = identityFromSeed(new Uint8Array(32).fill(200))
  const store = createMemoryStore({ writer, now, schedule: () => () => {} })
  const slurp = createSlurp({ storage: createMemoryStorage(), now })
  const timers = createTimers()
  const log: string[] = []
  const named = ({ key, version }: { key: string; version: number }): string =>
    `${/(\w+)\.json$/.exec(key)?.[1]} ${version}`
  return {
    store,
    slurp,
    timers,
    log,
    follow: (init) => {
      const follower = followStore({
        slurp,
        store,
        retryMs: RETRY_MS,
        fetchMs: FETCH_MS,
        schedule: timers.schedule,
        onTaken: (taken) => log.push(`+${named(taken)}`),
        onRefused: (refused) => log.push(`-${named(refused)} ${refused.code}`),
        onError: (error) => log.push(`!${(error as { code?: string }).code ?? String(error)}`),
        ...init,
      })
      ends.push(async () => follower.close())
      return follower
    },
  }
}

/** Brings versions into a store, with their bytes. */
export async function arrive(store: ContextStore, ...all: readonly Published[]): Promise<void> {
  for (const published of all) {
    await bring(store, published)
    await store.append([published.record])
  }
}

/** Brings the bytes alone. */
export async function bring(store: ContextStore, { record, node }: Published): Promise<void> {
  await store.addContent(record.content ?? '', decisionBytes(node))
}
