import { createMemoryStore, type ContextStore } from '@bzzz/context-store'
import { createDecision, type Decision, type DecisionDraft } from '@bzzz/decision-schema'
import { identityFromSeed } from '@bzzz/identity'
import type { Deliver, DeliveryOutcome } from '../src/delivery.ts'
import {
  createMemoryState,
  createSlurpClient,
  type OutboxState,
  type SlurpClient,
  type SlurpClientEvent,
  type SlurpClientInit,
} from '../src/index.ts'
import { createClock, type Clock } from './clock.ts'

export const identity = identityFromSeed(new Uint8Array(32).fill(1))
export const stranger = identityFromSeed(new Uint8Array(32).fill(2))

export const SHOP = 'claude:architect@shop:checkout'

export function addressOf(name: string, owner = SHOP): string {
  return `ucxl://${owner}/*^/decisions/${name}.json`
}

export function keyOf(name: string, owner = SHOP): string {
  return `${owner}/decisions/${name}.json`
}

/** What an agent says who decides; `name` is its place, and its title. */
export function draft(name: string, fields: Partial<DecisionDraft> = {}): DecisionDraft {
  return {
    ucxl_address: addressOf(name),
    agent_id: 'claude',
    decision_type: 'policy',
    title: name,
    ...fields,
  }
}

/** The same with an id and a timestamp. */
export function decision(name: string, fields: Partial<DecisionDraft> = {}): Decision {
  return createDecision(draft(name, fields), { now: () => Date.UTC(2025, 7, 1) })
}

/** A client with all around it, on a clock that stands still. */
export interface Bench {
  readonly clock: Clock
  readonly store: ContextStore
  readonly state: OutboxState
  readonly client: SlurpClient
  readonly events: SlurpClientEvent[]
  /** Resolves with the next event of a type, or the one that came already. */
  readonly until: <Type extends SlurpClientEvent['type']>(
    type: Type,
    count?: number,
  ) => Promise<Extract<SlurpClientEvent, { type: Type }>>
  /** A client on the same store and state, as after a restart. */
  readonly again: (init?: Partial<SlurpClientInit>) => Bench
}

/** @param init what to deliver with, and what else is not as usual */
export function bench(
  init: Partial<SlurpClientInit> & ({ deliver: Deliver } | { url: string }),
  parts: { clock?: Clock; store?: ContextStore; state?: OutboxState } = {},
): Bench {
  const clock = parts.clock ?? createClock()
  const { now, schedule } = clock
  // The store's own timers only look for other processes, of which there are none.
  const store =
    parts.store ?? createMemoryStore({ writer: identity, now, schedule: () => () => {} })
  const state = parts.state ?? createMemoryState()
  const events: SlurpClientEvent[] = []
  const waiting: (() => void)[] = []
  const client = createSlurpClient({
    store,
    identity,
    state,
    now,
    schedule,
    random: () => 0.5,
    ...init,
    onEvent: (event) => {
      events.push(event)
      init.onEvent?.(event)
      for (const look of waiting) look()
    },
  })
  const of = (type: string) => events.filter((event) => event.type === type)
  return {
    clock,
    store,
    state,
    client,
    events,
    until: async (type, count = 1) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      const look = (): void => {
        if (of(type).length >= count) resolve()
      }
      waiting.push(look)
      look()
      await promise
      return of(type)[count - 1] as never
    },
    again: (other = {}) => bench({ ...init, ...other } as typeof init, { clock, store, state }),
  }
}

/** Moves the clock past each wait as soon as it begins. */
export function hasty(clock: Clock): Pick<SlurpClientInit, 'onEvent'> {
  return {
    onEvent: (event) => {
      const until =
        event.type === 'circuit-open' ? event.until : event.type === 'retrying' ? event.nextAt : 0
      if (until > 0) setImmediate(() => clock.advanceTo(until))
    },
  }
}

/** Delivers nowhere, keeps what came, and answers as it is told. */
export function recorder(
  outcome: (number: number) => DeliveryOutcome = () => ({
    outcome: 'delivered',
    state: 'accepted',
  }),
): { deliver: Deliver; titles: string[] } {
  const titles: string[] = []
  return {
    titles,
    deliver: async ({ node }) => {
      titles.push(node.title ?? '')
      return outcome(titles.length)
    },
  }
}

export async function all<Value>(source: AsyncIterable<Value>): Promise<Value[]> {
  const values: Value[] = []
  for await (const value of source) values.push(value)
  return values
}
