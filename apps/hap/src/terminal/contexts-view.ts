import type { Change, StoredVersion } from '@bzzz/context-store'
import {
  compilePattern,
  parse,
  parseKey,
  type Address,
  type CompiledPattern,
} from '@bzzz/ucxl-address'
import { fit, fitEnd, span, type Line } from '@bzzz/runtime/terminal'
import { remove } from './change-context.ts'
import type { Key } from './keys.ts'
import { ListView } from './list-view.ts'
import { shortOf, whenOf, whoOf } from './say.ts'
import type { KeyHelp, Stage } from './stage.ts'

const PAGE = 1000
/** More are not listed: a pattern finds them. */
const LISTED = 50_000
const ALL = 'ucxl://any:any@any:any/**'
const EVERYTHING = parse(ALL).toString()

interface Entry {
  readonly key: string
  readonly address: string
  readonly words: string
  version: StoredVersion
}

/** Contexts by a pattern, as they are or as they stood; what comes is added as it comes. */
export class ContextsView extends ListView<Entry> {
  readonly keys: readonly KeyHelp[] = [
    ['Enter', 'open'],
    ['/', 'filter'],
    ['p', 'pattern'],
    ['t', 'as of'],
    ['s', 'newest first, or by name'],
    ['x', 'delete'],
  ]
  override readonly isTimed = true
  protected override empty = 'No context is here.'
  #pattern: string
  #matches: CompiledPattern
  readonly #entries = new Map<string, Entry>()
  #sorted: readonly Entry[] | undefined
  #byTime = false
  #isFull = false

  constructor(stage: Stage, pattern: Address = parse(ALL)) {
    super(stage)
    this.#pattern = pattern.toString()
    this.#matches = compilePattern(pattern)
  }

  get title(): string {
    return this.#pattern === EVERYTHING ? 'Contexts' : `Contexts ${shortOf(this.#pattern)}`
  }

  override get note(): string {
    const order = this.#byTime ? 'newest first, ' : ''
    return `${order}${super.note}${this.#isFull ? '+' : ''}`
  }

  /** The pattern to list; all if empty. @throws an AddressError where it is malformed. */
  show(pattern: string): void {
    const wanted = pattern.trim() === '' ? ALL : pattern.trim()
    const address = parse(wanted.includes('://') ? wanted : `ucxl://${wanted}`)
    this.#matches = compilePattern(address)
    this.#pattern = address.toString()
    this.load()
  }

  load(): void {
    const { stage } = this
    const { moment } = stage
    this.#entries.clear()
    this.#isFull = false
    this.#renew()
    stage.run(
      this,
      'Reading contexts',
      async (signal) => this.#read(moment, signal),
      () => {},
    )
  }

  /** Page by page, so that the first ones are seen at once. */
  async #read(moment: number | undefined, signal: AbortSignal): Promise<void> {
    const pattern = this.#pattern
    let after: string | undefined
    do {
      const page = await this.stage.source.local.query({
        pattern,
        alive: true,
        limit: PAGE,
        signal,
        ...(moment !== undefined && { at: moment }),
        ...(after !== undefined && { after }),
      })
      signal.throwIfAborted()
      for (const version of page.versions) this.#add(version)
      this.#renew()
      this.stage.redraw()
      ;({ after } = page)
    } while (after !== undefined && this.#entries.size < LISTED)
    this.#isFull = after !== undefined
  }

  onChanges(changes: readonly Change[]): void {
    if (this.stage.moment !== undefined) return
    let isNews = false
    for (const change of changes) {
      const { key, content } = change.record
      if (!this.#matches.test(parseKey(key))) continue
      // A new version of what is listed changes no order by name.
      isNews ||= this.#byTime || content === null || !this.#entries.has(key)
      if (content === null) this.#entries.delete(key)
      else if (this.#entries.has(key) || this.#entries.size < LISTED) this.#add(change)
    }
    if (isNews) this.#renew()
  }

  #add(version: StoredVersion): void {
    const { key } = version.record
    const known = this.#entries.get(key)
    if (!known) {
      const address = shortOf(parseKey(key).toString())
      this.#entries.set(key, { key, address, words: address.toLowerCase(), version })
    } else if (known.version.record.version < version.record.version) known.version = version
  }

  #renew(): void {
    this.#sorted = undefined
    this.changed()
  }

  protected all(): readonly Entry[] {
    this.#sorted ??= [...this.#entries.values()].toSorted(this.#byTime ? newestFirst : byName)
    return this.#sorted
  }

  protected wordsOf({ words }: Entry): string {
    return words
  }

  protected idOf({ key }: Entry): string {
    return key
  }

  protected rowOf({ address, version }: Entry, width: number): Line {
    const { version: number, time, writer } = version.record
    const who = whoOf(writer, this.stage.source.did)
    return [
      span(fitEnd(address, width - 35)),
      span(`v${number}`.padStart(7)),
      span(` ${whenOf(time).slice(0, 16)} `, 'dim'),
      span(fit(who, 10), 'dim'),
    ]
  }

  protected enter({ key }: Entry): void {
    this.stage.show(parseKey(key).toString())
  }

  override press(key: Key): boolean {
    if (super.press(key)) return true
    const { chosen } = this
    if (key === 's') {
      this.#byTime = !this.#byTime
      this.#renew()
    } else if (key === 'p') {
      this.stage.ask({
        label: 'pattern ',
        text: this.#pattern,
        onEnter: (text) => this.stage.try(() => this.show(text)),
      })
    } else if (key === 'x' && chosen) remove(this.stage, this, chosen.key)
    else return false
    return true
  }
}

function byName({ key: one }: Entry, { key: other }: Entry): number {
  return one < other ? -1 : Number(one > other)
}

function newestFirst({ version: one }: Entry, { version: other }: Entry): number {
  return other.record.time < one.record.time ? -1 : Number(other.record.time > one.record.time)
}
