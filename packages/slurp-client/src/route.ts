import type { Change, ContextStore } from '@bzzz/context-store'
import { readLog, type Cursor } from './outbox.ts'
import { itemAgain, itemOf, type Item } from './parcel.ts'
import type { OutboxState } from './state.ts'

export interface RouteInit {
  readonly store: ContextStore
  readonly state: OutboxState
  /** `did:key` of whose decisions are delivered. */
  readonly writer: string
  readonly onRewound: () => void
}

/** What is to be delivered, one after the other, and how far that has come. */
export interface Route {
  /** All up to here needs no more delivery. */
  readonly done: Cursor
  /** Where the log was left the last time. */
  begin(cursor: Cursor): void
  /** The same until it is {@link finish}ed; undefined where nothing is to be delivered. */
  next(): Promise<Item | undefined>
  /** The place after an item: what `done` is once that is finished. */
  after(item: Item): Cursor
  finish(item: Item): void
}

/** The log first, so that what is new is in order; then what is tried again. */
export function createRoute({ store, state, writer, onRewound }: RouteInit): Route {
  let done: Cursor = null
  let read: Cursor = null
  let ahead: readonly Change[] = []

  const after: Route['after'] = ({ change }) => {
    if (!change) return done
    // With nothing else to deliver on this page, the rest of it is done as well.
    return ahead.length > 1 ? { sequence: change.sequence, record: change.id } : read
  }

  return {
    get done() {
      return done
    },
    begin: (cursor) => {
      done = cursor
      read = cursor
      ahead = []
    },
    next: async () => {
      for (let end = false; ahead.length === 0 && !end;) {
        const page = await readLog(store, writer, read)
        if (page.rewound) {
          done = null
          onRewound()
        }
        ahead = page.pending
        end = page.end
        read = page.cursor
        if (ahead.length === 0) done = read
      }
      const [change] = ahead
      if (change) return itemOf(change)
      const [again] = await state.page('again', { limit: 1 })
      return again && itemAgain(again.entry)
    },
    after,
    finish: (item) => {
      done = after(item)
      if (item.change) ahead = ahead.slice(1)
    },
  }
}
