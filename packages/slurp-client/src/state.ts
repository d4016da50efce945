import type { Decision } from '@bzzz/decision-schema'

/** A version that the service refused. It stays until it is tried again and taken, or dismissed. */
export interface DeadLetter {
  /** Id of the version record. */
  readonly id: string
  /** Whose timeline: `agent:role@project:task/path`. */
  readonly key: string
  readonly version: number
  /** Absent where the content could not be read as a decision. */
  readonly decisionId?: string
  /** Why, in words for a person. */
  readonly reason: string
  /** HTTP status, where the service answered. */
  readonly status?: number
  /** The service's code for it, where it gave one. */
  readonly code?: string
  /** How often it was tried in all. */
  readonly attempts: number
  /** When it was refused: milliseconds since 1970. */
  readonly at: number
}

/** A decision that a rule held back for a person. */
export interface HeldDecision {
  /** Its hash: `sha256:…` over what it says, as it was given. */
  readonly id: string
  readonly decision: Decision
  /** The rule that held it, and why. */
  readonly rule: string
  readonly reason: string
  /** Since when: milliseconds since 1970. */
  readonly at: number
}

/** The attempts at what is delivered next. */
export interface Attempts {
  /** Id of the version record. */
  readonly record: string
  readonly count: number
  /** How many of them the service answered with a failure of its own. */
  readonly answered: number
  /** When it is tried again: milliseconds since 1970. */
  readonly nextAt: number
  /** True where the service asked for this wait. */
  readonly asked: boolean
}

/** How far the store's log has been delivered. */
export interface Progress {
  /** The last change that needs no more delivery, and the id of its record; null: none yet. */
  readonly cursor: { readonly sequence: number; readonly record: string } | null
  readonly attempts: Attempts | null
}

/** What the state lists, each by id: `again` are dead letters that are being tried again. */
export interface StateLists {
  readonly dead: DeadLetter
  readonly again: DeadLetter
  readonly held: HeldDecision
}

export type ListName = keyof StateLists

/** An entry of a list, to be put there in place of one with its id, if there is one. */
export type Put = {
  [Name in ListName]: { readonly list: Name; readonly entry: StateLists[Name] }
}[ListName]

/** What to change, all of it or nothing. */
export interface StateChange {
  readonly progress?: Progress
  /** Taken away before `put`; what is not there is no error. */
  readonly remove?: readonly { readonly list: ListName; readonly id: string }[]
  readonly put?: readonly Put[]
}

/** A place in a list, which only grows: what to go on after. */
export interface Placed<Entry> {
  readonly place: number
  readonly entry: Entry
}

/**
 * What a client has to remember besides the store, whose log is the outbox itself: how far it has
 * come, and the decisions that are dead or held. Small: nothing of what is pending is in it.
 *
 * All methods reject with `ERR_PUBLISH_CLOSED` once it is closed, and else, where it fails, with
 * `ERR_PUBLISH_STATE`.
 */
export interface OutboxState {
  progress(): Promise<Progress>
  /** Durable when this resolves. */
  save(change: StateChange): Promise<void>
  get<Name extends ListName>(list: Name, id: string): Promise<StateLists[Name] | undefined>
  /**
   * Entries in the order in which they first came: those after a place (0 if left out), `limit` of
   * them at most (100 if left out).
   */
  page<Name extends ListName>(
    list: Name,
    options?: { readonly after?: number; readonly limit?: number },
  ): Promise<readonly Placed<StateLists[Name]>[]>
  /** Closing twice is fine. */
  close(): Promise<void>
}

/** Entries on a page where nothing else is said. */
export const STATE_PAGE = 100

/** Where a client begins. */
export const START: Progress = Object.freeze({ cursor: null, attempts: null })

/** All entries of a list, a page of them in memory at a time. */
export async function* entriesOf<Name extends ListName>(
  state: OutboxState,
  list: Name,
): AsyncGenerator<StateLists[Name]> {
  let after = 0
  for (;;) {
    const page = await state.page(list, { after })
    for (const { entry } of page) yield entry
    after = page.at(-1)?.place ?? after
    if (page.length < STATE_PAGE) return
  }
}
