import type { ContextStore, StoredVersion } from '@bzzz/context-store'
import { fromInstant } from '@bzzz/temporal-nav'
import { parseKey } from '@bzzz/ucxl-address'
import { parseClaim, type Claim } from '../tasks/claim.ts'
import { patternsOf, placeOf } from '../tasks/places.ts'
import { stateOf, type TaskState, type TaskTerms } from '../tasks/state.ts'
import { parseTask, type Task } from '../tasks/task.ts'

/** What a worker has to know of a task to decide whether it takes it. */
export interface Notice extends TaskTerms, Pick<Task, 'wants'> {
  readonly key: string
  readonly version: number
  /** `did:key` of the poster. */
  readonly poster: string
}

export interface BoardInit {
  readonly store: ContextStore
  readonly projects: readonly string[]
  /** Told of what is at the place of a task and is none. */
  readonly onMalformed: (key: string, error: unknown) => void
}

interface Entry {
  notice: Notice | undefined
  /** True where nothing but a change can open it again. */
  isOver: boolean
  /** By the key of the claim. */
  readonly claims: Map<string, Claim>
}

// Tasks that are known at once; the oldest that are over are forgotten first.
const MOST = 10_000
const MOST_TRIES = 240

/** All tasks of some projects, and who claims them, as far as they are visible in a store. */
export class Board {
  readonly #init: BoardInit
  readonly #projects: ReadonlySet<string>
  readonly #entries = new Map<string, Entry>()
  /** Keys to be read, with how often their content was not here. */
  readonly #changed = new Map<string, number>()
  #refreshing: Promise<boolean> = Promise.resolve(true)

  constructor(init: BoardInit) {
    this.#init = init
    this.#projects = new Set(init.projects)
  }

  /** Takes note of all that is there. */
  async load(signal: AbortSignal): Promise<void> {
    const { store, projects } = this.#init
    for (const pattern of projects.flatMap((project) => patternsOf(project)))
      for await (const { record } of store.list(pattern, { alive: true, signal }))
        this.#changed.set(record.key, 0)
  }

  /** Takes note of changes. @returns true where any of them may matter. */
  note(changes: readonly StoredVersion[]): boolean {
    let isNews = false
    for (const { record } of changes) {
      const place = placeOf(record.key)
      if (!place || !this.#projects.has(parseKey(place.task).project)) continue
      this.#changed.set(record.key, 0)
      isNews = true
    }
    return isNews
  }

  /** Reads what changed. @returns false where a content is not here yet: it is to be tried again. */
  async refresh(): Promise<boolean> {
    // One after the other: whoever asks gets what was noted before.
    const refreshed = this.#refreshing.then(async () => this.#readChanged())
    this.#refreshing = refreshed.catch(() => false)
    return refreshed
  }

  async #readChanged(): Promise<boolean> {
    let isComplete = true
    const changed = Array.from(this.#changed)
    for (const [key, tried] of changed) {
      this.#changed.delete(key)
      let isRead = false
      try {
        isRead = await this.#read(key)
      } finally {
        // A content that does not come is not waited for: the next version is noted again.
        const isKept = !isRead && tried < MOST_TRIES && !this.#changed.has(key)
        if (isKept) this.#changed.set(key, tried + 1)
        isComplete &&= !isKept
      }
    }
    this.#forget()
    return isComplete
  }

  /** All tasks, those that were seen first first. */
  *tasks(): Generator<Notice> {
    for (const { notice } of this.#entries.values()) if (notice) yield notice
  }

  /** Those of them that are not over, as far as anybody asked. */
  *openTasks(): Generator<Notice> {
    for (const { notice, isOver } of this.#entries.values()) if (notice && !isOver) yield notice
  }

  task(key: string): Notice | undefined {
    return this.#entries.get(key)?.notice
  }

  /** How a task stands; undefined where there is none. */
  state(key: string, now: number): TaskState | undefined {
    const entry = this.#entries.get(key)
    if (!entry?.notice) return undefined
    const state = stateOf(entry.notice, entry.claims.values(), now)
    entry.isOver = state.status !== 'open' && state.status !== 'held'
    return state
  }

  async #read(key: string): Promise<boolean> {
    const place = placeOf(key)
    const head = place && (await this.#init.store.head(key))
    if (!place || !head) return true
    const { content: id, writer, version } = head.record
    const time = fromInstant(head.record.time)
    const entry: Entry = this.#entries.get(place.task) ?? {
      notice: undefined,
      isOver: false,
      claims: new Map(),
    }
    entry.isOver = false
    this.#entries.set(place.task, entry)
    const content = id === null ? null : await this.#init.store.content(id)
    if (content === undefined) return false
    if (place.kind === 'claim') {
      const claim = content && parseClaim(content, { task: place.task, writer, time })
      if (claim) entry.claims.set(key, claim)
      else entry.claims.delete(key)
      return true
    }
    // Who deletes a task does not want it any more.
    const cancelled = entry.notice && { ...entry.notice, status: 'cancelled' as const, time }
    if (content === null) entry.notice = cancelled
    else {
      try {
        const { wants, deadline, attempts, status } = parseTask(content)
        const terms = { wants, deadline, attempts, status }
        entry.notice = { key, version, time, poster: writer, ...terms }
      } catch (error) {
        entry.notice = cancelled
        this.#init.onMalformed(key, error)
      }
    }
    return true
  }

  #forget(): void {
    if (this.#entries.size <= MOST) return
    for (const [key, entry] of this.#entries) {
      if (this.#entries.size <= MOST) return
      if (entry.isOver || !entry.notice) this.#entries.delete(key)
    }
  }
}
