import type { Change } from '@bzzz/context-store'
import { fit, fitEnd, span, type Line } from '@bzzz/runtime/terminal'
import { parseKey } from '@bzzz/ucxl-address'
import { ListView } from './list-view.ts'
import { addressOf, shortOf, whenOf, whoOf } from './say.ts'
import type { KeyHelp } from './stage.ts'

/** As many are kept; what is older is in the contexts themselves. */
const KEPT = 10_000
/** As many of those before are read at the start. */
const BEFORE = 500

/** What came into the store, the newest first; it follows until one moves away from the top. */
export class LogView extends ListView<Change> {
  readonly title = 'What happened'
  readonly keys: readonly KeyHelp[] = [
    ['Enter', 'open'],
    ['/', 'filter'],
    ['g', 'to the newest, and follow'],
  ]
  protected override readonly follows = true
  protected override empty = 'Nothing has happened yet.'
  /** The oldest first: what is new is put at the end, which costs nothing. */
  #changes: Change[] = []
  #newestFirst: readonly Change[] | undefined

  override get note(): string {
    return `${this.scroll.cursor === 0 ? 'following' : 'standing still'}  ${super.note}`
  }

  load(): void {
    this.stage.run(
      this,
      'Reading what happened',
      async (signal) => {
        const { store, local } = this.stage.source
        const subscription = await local.subscribe({ signal })
        const after = Math.max(0, subscription.position - BEFORE)
        return store.changes({ after, limit: BEFORE, signal })
      },
      (changes) => {
        const first = this.#changes[0]?.sequence ?? Number.POSITIVE_INFINITY
        this.#changes.unshift(...changes.filter(({ sequence }) => sequence < first))
        this.#renew()
      },
    )
  }

  onChanges(changes: readonly Change[]): void {
    this.#changes.push(...changes)
    // Now and then, since it costs something.
    if (this.#changes.length > 2 * KEPT) this.#changes = this.#changes.slice(-KEPT)
    this.#renew()
  }

  #renew(): void {
    this.#newestFirst = undefined
    this.changed()
  }

  protected all(): readonly Change[] {
    this.#newestFirst ??= this.#changes.slice(-KEPT).toReversed()
    return this.#newestFirst
  }

  protected wordsOf({ record }: Change): string {
    return record.key.toLowerCase()
  }

  protected idOf({ sequence }: Change): string {
    return String(sequence)
  }

  protected rowOf({ record }: Change, width: number): Line {
    const { key, version, time, content, writer } = record
    const what = content === null ? 'deleted' : version === 1 ? 'new' : `version ${version}`
    return [
      span(`${whenOf(time).slice(5)}  `, 'dim'),
      span(fit(what, 13), content === null ? 'warn' : 'plain'),
      span(fitEnd(shortOf(parseKey(key).toString()), width - 40)),
      span(fit(` ${whoOf(writer, this.stage.source.did)}`, 11), 'dim'),
    ]
  }

  protected enter({ record }: Change): void {
    this.stage.show(addressOf(record.key, record.version))
  }
}
