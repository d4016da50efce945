import type { Change, ContextStore, VersionRecord } from '@bzzz/context-store'
import { safeParseDecision } from '@bzzz/decision-schema'
import type { Delivery } from './delivery.ts'
import type { VersionNamed } from './events.ts'
import type { DeadLetter } from './state.ts'

/** What is delivered next: a change of the log, or a dead letter that is tried again. */
export interface Item extends VersionNamed {
  readonly change?: Change
  readonly letter?: DeadLetter
}

export function itemOf(change: Change): Item {
  const { id, record } = change
  return { id, key: record.key, version: record.version, change }
}

export function itemAgain(letter: DeadLetter): Item {
  const { id, key, version } = letter
  return { id, key, version, letter }
}

const decoder = new TextDecoder()

/** What is sent for an item, or in words why there is nothing to send. */
export async function pack(store: ContextStore, item: Item): Promise<Delivery | string> {
  const record = item.change?.record ?? (await recordOf(store, item))
  if (!record) return 'its version is not in the store any more'
  const bytes = record.content && (await store.content(record.content))
  if (!bytes) return 'its content is not in the store: it was erased, or never came'
  const result = safeParseDecision(decoder.decode(bytes))
  return result.success ? { record, node: result.decision } : result.error.message
}

async function recordOf(
  store: ContextStore,
  { id, key, version }: VersionNamed,
): Promise<VersionRecord | undefined> {
  for await (const stored of store.history(key, { from: version, to: version })) {
    if (stored.id === id) return stored.record
  }
  return undefined
}
