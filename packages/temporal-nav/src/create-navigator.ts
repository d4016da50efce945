import { abortable } from './abortable.ts'
import { diffContents, diffEntries } from './diff.ts'
import type { ContentDiff, ContentDiffer, VersionDiff } from './diff.ts'
import { aim, ask, assertCount, explain, locate, notFound } from './locate.ts'
import type { Navigator, NavigatorInit, Place } from './navigator.ts'
import type { CallOptions, TemporalSelector, TimelineIndex, VersionEntry } from './timeline.ts'

/**
 * Makes a navigator for the timeline of one key. It keeps no more than the entry it stands on; the
 * index stays the caller's, and any number of navigators may share it.
 *
 * @throws TemporalError `ERR_TEMPORAL_NOT_FOUND` where the key has no version, and what moving to
 *   `init.start` throws
 */
export async function createNavigator(
  index: TimelineIndex,
  key: string,
  init: NavigatorInit = {},
): Promise<Navigator> {
  const { start = { kind: 'latest' }, ...options } = init
  const current = await locate(index, { key, selector: start }, options)
  return new TimelineNavigator(index, key, current)
}

class TimelineNavigator implements Navigator {
  readonly key: string
  readonly #index: TimelineIndex
  #current: VersionEntry
  #waiting = 0
  #lastMove: Promise<unknown> = Promise.resolve()

  constructor(index: TimelineIndex, key: string, current: VersionEntry) {
    this.key = key
    this.#index = index
    this.#current = current
  }

  get current(): VersionEntry {
    return this.#current
  }

  back(steps = 1, options: CallOptions = {}): Promise<VersionEntry> {
    return this.goto({ kind: 'back', number: steps }, options)
  }

  forward(steps = 1, options: CallOptions = {}): Promise<VersionEntry> {
    return this.goto({ kind: 'forward', number: steps }, options)
  }

  first(options: CallOptions = {}): Promise<VersionEntry> {
    return this.#move('first', options)
  }

  latest(options: CallOptions = {}): Promise<VersionEntry> {
    return this.goto({ kind: 'latest' }, options)
  }

  at(version: number, options: CallOptions = {}): Promise<VersionEntry> {
    return this.goto({ kind: 'version', number: version }, options)
  }

  goto(selector: TemporalSelector, options: CallOptions = {}): Promise<VersionEntry> {
    return this.#move(selector, options)
  }

  #move(to: TemporalSelector | 'first', options: CallOptions): Promise<VersionEntry> {
    const idle = this.#waiting === 0
    this.#waiting++
    if (idle) {
      const move = this.#step(to, options)
      this.#lastMove = move
      return move
    }
    const step = (): Promise<VersionEntry> => this.#step(to, options)
    const move = this.#lastMove.then(step, step)
    this.#lastMove = move
    return abortable(move, options.signal)
  }

  async #step(to: TemporalSelector | 'first', options: CallOptions): Promise<VersionEntry> {
    const { key } = this
    const index = this.#index
    try {
      options.signal?.throwIfAborted()
      const question = to === 'first' ? undefined : { key, asked: aim(to, this.#current.version) }
      const found = await (question ? ask(index, question, options) : index.first(key, options))
      const entry = found ?? (question ? await explain(index, question, options) : notFound(key))
      // Whoever gave up on a move must not find the navigator moved by it later.
      options.signal?.throwIfAborted()
      this.#current = entry
      return entry
    } finally {
      this.#waiting--
    }
  }

  async canGoBack(steps = 1, options: CallOptions = {}): Promise<boolean> {
    assertCount(steps)
    const first = await this.#index.first(this.key, options)
    return first !== undefined && this.#current.version - steps >= first.version
  }

  async canGoForward(steps = 1, options: CallOptions = {}): Promise<boolean> {
    assertCount(steps)
    const latest = await this.#index.latest(this.key, options)
    return latest !== undefined && this.#current.version + steps <= latest.version
  }

  between(a: Place, b: Place, options: CallOptions = {}): AsyncIterable<VersionEntry> {
    return this.#list(a, b, { ...options, cursor: this.#current.version })
  }

  async *#list(
    a: Place,
    b: Place,
    asked: CallOptions & { cursor: number },
  ): AsyncGenerator<VersionEntry> {
    const { cursor, ...options } = asked
    const from = await this.#find(a, options, cursor)
    const to = await this.#find(b, options, cursor)
    const reverse = from.version > to.version
    const [low, high] = reverse ? [to, from] : [from, to]
    const range = { from: low.version, to: high.version, reverse }
    yield* this.#index.range(this.key, range, options)
  }

  diff<Content, Changes>(
    a: Place,
    b: Place,
    options: CallOptions & ContentDiffer<Content, Changes>,
  ): Promise<ContentDiff<Changes>>
  diff(a: Place, b: Place, options?: CallOptions): Promise<VersionDiff>
  async diff(
    a: Place,
    b: Place,
    options: CallOptions & Partial<ContentDiffer<unknown, unknown>> = {},
  ): Promise<VersionDiff> {
    const cursor = this.#current.version
    const from = await this.#find(a, options, cursor)
    const to = await this.#find(b, options, cursor)
    const { load, compare } = options
    if (load === undefined || compare === undefined) return diffEntries(from, to)
    return await diffContents({ from, to }, { load, compare }, options)
  }

  #find(place: Place, options: CallOptions, cursor: number): Promise<VersionEntry> {
    const selector: TemporalSelector =
      typeof place === 'number' ? { kind: 'version', number: place } : place
    return locate(this.#index, { key: this.key, selector, cursor }, options)
  }
}
