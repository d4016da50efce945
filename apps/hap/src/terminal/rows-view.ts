import { plainOf, span, type Line } from '@bzzz/runtime/terminal'
import type { Key } from './keys.ts'
import { Scroll } from './scroll.ts'
import type { KeyHelp, Room, Stage, View } from './stage.ts'

/** A line of a text, and what Enter on it opens. */
export interface Row {
  readonly line: Line
  readonly open?: (() => void) | undefined
}

/** A text that one reads; where lines of it lead on, one chooses among those. */
export abstract class RowsView implements View {
  abstract readonly title: string
  abstract readonly keys: readonly KeyHelp[]
  readonly isTimed: boolean = false
  protected readonly stage: Stage
  #scroll = new Scroll({ isText: true })
  #rows: readonly Row[] = []
  #width = 0
  #height = 10
  #builtFor = 0
  #isOld = true
  #link = -1

  constructor(stage: Stage) {
    this.stage = stage
  }

  abstract load(): void
  /** All lines; those that are too long are wrapped by {@link wrapped}. */
  protected abstract rows(width: number): readonly Row[]

  get note(): string {
    return ''
  }

  /** It says something else now. */
  protected changed({ toTop = false }: { readonly toTop?: boolean } = {}): void {
    this.#isOld = true
    if (!toTop) return
    this.#scroll = new Scroll({ isText: true })
    this.#link = -1
  }

  press(key: Key): boolean {
    const links = this.#links()
    if (links.length > 0 && (key === 'j' || key === 'down' || key === 'k' || key === 'up')) {
      const isDown = key === 'j' || key === 'down'
      return this.#step(isDown ? 1 : -1, links)
    }
    if (key === 'enter') {
      this.#rows[this.#link]?.open?.()
      return links.length > 0
    }
    return this.#scroll.press(key, this.#rows.length)
  }

  draw({ width, height }: Room): readonly Line[] {
    this.#width = width
    this.#height = height
    this.#build()
    const [from, to] = this.#scroll.window(height, this.#rows.length)
    return this.#rows.slice(from, to).map(({ line, open }, at) => {
      if (from + at === this.#link) return [span('> ', 'chosen'), span(plainOf(line), 'chosen')]
      return [span(open ? '· ' : '  ', 'key'), ...line]
    })
  }

  #build(): void {
    if (!this.#isOld && this.#width === this.#builtFor) return
    this.#builtFor = this.#width
    this.#isOld = false
    this.#rows = this.rows(this.#width - 2)
    const links = this.#links()
    if (!links.includes(this.#link)) this.#link = links[0] ?? -1
  }

  #links(): number[] {
    return [...this.#rows.keys()].filter((at) => this.#rows[at]?.open)
  }

  /** To the next line that leads on; where that is far, the text moves. */
  #step(step: number, links: readonly number[]): boolean {
    const next = links[links.indexOf(this.#link) + step]
    const [from, to] = this.#scroll.window(this.#height, this.#rows.length)
    if (next !== undefined && next >= from - 1 && next <= to) this.#link = next
    if (next === undefined || next < from || next >= to)
      this.#scroll.press(step > 0 ? 'j' : 'k', this.#rows.length)
    return true
  }
}
