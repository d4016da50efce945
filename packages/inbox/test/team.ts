import { createMemoryStore, type ContextStore } from '@bzzz/context-store'
import { identityFromSeed } from '@bzzz/identity'
import { createInbox, type Inbox } from '../src/index.ts'

/** One who takes part, with a store of their own. */
export interface Member {
  readonly store: ContextStore
  readonly inbox: Inbox
  /** What waits for a timer: it goes off when a test says so. */
  readonly waiting: (() => void)[]
}

const START = Date.UTC(2026, 0, 1)
export const AT = { project: 'shop', task: 'checkout' }

/** A clock that goes on by a second with each look at it. */
export function ticking(): () => number {
  let time = START
  return () => (time += 1000)
}

export function member(name: string, roles: [string, ...string[]], now = ticking()): Member {
  const seed = new Uint8Array(32)
  seed.set(Buffer.from(name))
  const store = createMemoryStore({ writer: identityFromSeed(seed), now })
  let count = 0
  const newId = (): string => `m${++count}`
  const waiting: (() => void)[] = []
  const schedule = (run: () => void) => {
    waiting.push(run)
    return () => void waiting.splice(waiting.indexOf(run) >>> 0, 1)
  }
  const inbox = createInbox({ store, self: { name, roles }, newId, schedule })
  return { store, inbox, waiting }
}

/** Gives what one has to another, as a network would. */
export async function carry(from: Member, to: Member, contents = true): Promise<void> {
  for (const { record } of await from.store.changes({ limit: 5000 })) {
    await to.store.append([record])
    const bytes = record.content === null ? undefined : await from.store.content(record.content)
    if (contents && bytes && record.content !== null)
      await to.store.addContent(record.content, bytes)
  }
}
