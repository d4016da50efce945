import assert from 'node:assert/strict'
import { identityFromSeed } from '@bzzz/identity'
import type { StoreInit } from './engine.ts'
import type { ContextStore } from './store.ts'

/** Makes an empty store. Each is closed at the end of its case, by the case or by the suite. */
export type StoreSetup = (init: StoreInit) => Promise<ContextStore>

/** The stores that a case works on. */
interface Subject {
  readonly store: ContextStore
  /** Another store, of another writer, with the same clock. */
  readonly other: ContextStore
  readonly clock: { now: number }
}

/** Makes the body of a case into what a runner calls. */
export type On = (
  body: (subject: Subject) => Promise<void>,
  init?: StoreInit,
) => () => Promise<void>

/** Cases by their names. */
export type Cases = Record<string, () => Promise<void>>

export const KEY = 'claude:architect@shop:checkout/plan.md'
export const ADDRESS = at('*^')
export const START = Date.UTC(2025, 7, 1)

/** The address of the context at a temporal segment. */
export function at(temporal: string): string {
  return `ucxl://${KEY.replace('/', `/${temporal}/`)}`
}

export function bytes(content: string): Uint8Array {
  return new TextEncoder().encode(content)
}

export function text(content: Uint8Array): string {
  return new TextDecoder().decode(content)
}

/** Sets two stores up for a case, and closes them whatever happens. */
export function subjectsOf(setup: StoreSetup): On {
  return (body, init = {}) =>
    async () => {
      const clock = { now: START }
      const now = (): number => clock.now
      const writer = identityFromSeed(new Uint8Array(32).fill(1))
      const store = await setup({ writer, now, ...init })
      const other = await setup({
        writer: identityFromSeed(new Uint8Array(32).fill(2)),
        now,
        ...init,
      })
      try {
        await body({ store, other, clock })
      } finally {
        await store.close()
        await other.close()
      }
    }
}

export async function all<Value>(source: AsyncIterable<Value>): Promise<Value[]> {
  const values: Value[] = []
  for await (const value of source) values.push(value)
  return values
}

export async function rejects(promise: Promise<unknown>, code: string): Promise<void> {
  await assert.rejects(promise, (error: unknown) => {
    assert.equal((error as { code?: unknown } | undefined)?.code, code, String(error))
    return true
  })
}
