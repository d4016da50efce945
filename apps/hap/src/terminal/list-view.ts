import { line, span, type Line } from '@bzzz/runtime/terminal'
import type { Key } from './keys.ts'
import { Scroll } from './scroll.ts'
import type { KeyHelp, Room, Stage, View } from './stage.ts'

/** A list that one walks through and filters as one types. Only what is seen is drawn. */
export abstract class ListView<Item> implements View {
  abstract readonly title: string
  abstract readonly keys: readonly KeyHelp[]
  readonly isTimed: boolean = false
  protected readonly stage: Stage
  protected readonly scroll = new Scroll()
  /** What the list says where nothing is in it. */
  protected empty = 'Nothing is here.'
  /** True for a list that grows at its beginning and shows it until one moves away. */
  protected readonly follows: boolean = false
  #filter = ''
  #anchor: string | undefined
  #shown: readonly Item[] | undefined

  constructor(stage: Stage) {
    this.stage = stage
  }

  abstract load(): void

  /** All there is, in the order of the list. */
  protected abstract all(): readonly Item[]
  /** What a filter is compared with, in lower case. */
  protected abstract wordsOf(item: Item): string
  /** What an item is known by, while others come and go around it. */
  protected abstract idOf(item: Item): string
  /** One row; the list puts a mark in front. */
  protected abstract rowOf(item: Item, width: number): Line
  protected abstract enter(item: Item): void

  get note(): string {
    const all = this.all().length
    const { length } = this.shown
    const place = length === 0 ? 0 : this.scroll.cursor + 1
    const of = this.#filter === '' ? '' : ` of ${all} with /${this.#filter}`
    return `${place}/${length}${of}`
  }

  /** Those that pass the filter. */
  protected get shown(): readonly Item[] {
    if (this.#shown) return this.#shown
    const words = this.#filter.toLowerCase().split(/\s+/).filter(Boolean)
    const all = this.all()
    const passes = (item: Item): boolean => {
      const text = this.wordsOf(item)
      return words.every((word) => text.includes(word))
    }
    this.#shown = words.length === 0 ? all : all.filter(passes)
    this.#stay(this.#shown)
    return this.#shown
  }

  protected get chosen(): Item | undefined {
    return this.#shown?.[this.scroll.cursor]
  }

  /** What is in the list is another now; what was chosen stays chosen. */
  protected changed(): void {
    const { chosen } = this
    if (chosen !== undefined) this.#anchor ??= this.idOf(chosen)
    this.#shown = undefined
  }

  #stay(items: readonly Item[]): void {
    const anchor = this.#anchor
    this.#anchor = undefined
    if (anchor === undefined || (this.follows && this.scroll.cursor === 0)) return
    const at = items.findIndex((item) => this.idOf(item) === anchor)
    if (at >= 0) this.scroll.to(at, items.length)
  }

  press(key: Key): boolean {
    if (this.scroll.press(key, this.shown.length)) {
      this.moved()
      return true
    }
    if (key === '/') this.#askFilter()
    else if (key === 'enter' || key === 'l' || key === 'right') {
      if (this.chosen !== undefined) this.enter(this.chosen)
    } else if (key === 'escape' && this.#filter !== '') this.#setFilter('')
    else return false
    return true
  }

  /** Told when another row is chosen. */
  protected moved(): void {}

  draw({ width, height }: Room): readonly Line[] {
    const { shown } = this
    if (shown.length === 0)
      return [[], line(`   ${this.#filter === '' ? this.empty : 'Nothing passes the filter.'}`)]
    const [from, to] = this.scroll.window(height, shown.length)
    return shown.slice(from, to).map((item, at) => {
      const isChosen = from + at === this.scroll.cursor
      const row = this.rowOf(item, width - 2)
      // The chosen one is marked by a sign too: not all see the colours.
      return isChosen
        ? [span('> ', 'chosen'), ...row.map(({ text }) => span(text, 'chosen'))]
        : [span('  '), ...row]
    })
  }

  #askFilter(): void {
    const before = this.#filter
    this.stage.ask({
      label: '/',
      text: before,
      onChange: (text) => this.#setFilter(text),
      onEnter: (text) => this.#setFilter(text),
      onEscape: () => this.#setFilter(''),
    })
  }

  #setFilter(text: string): void {
    // Where the filter goes, what was found with it stays chosen.
    const { chosen } = this
    this.#anchor = text === '' && chosen !== undefined ? this.idOf(chosen) : undefined
    this.#filter = text
    this.#shown = undefined
    this.scroll.cursor = 0
    const { length } = this.shown
    this.scroll.to(this.scroll.cursor, length)
    this.moved()
  }
}
