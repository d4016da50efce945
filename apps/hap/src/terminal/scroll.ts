import type { Key } from './keys.ts'

/** Where one is in a list or a text: the first row that is shown, and in a list the chosen one. */
export class Scroll {
  /** The chosen row; in a text the first that is shown. */
  cursor = 0
  #top = 0
  /** Rows that are shown at once; as of the last time that it was drawn. */
  #height = 10
  readonly #isText: boolean

  constructor({ isText = false }: { readonly isText?: boolean } = {}) {
    this.#isText = isText
  }

  /** Moves by a key, among so many rows. @returns false where the key is none that moves. */
  press(key: Key, count: number): boolean {
    const target = this.#target(key, count)
    if (target === undefined) return false
    this.to(target, count)
    return true
  }

  #target(key: Key, count: number): number | undefined {
    const page = Math.max(1, this.#height - 1)
    const half = Math.max(1, Math.floor(this.#height / 2))
    switch (key) {
      case 'j':
      case 'down':
        return this.cursor + 1
      case 'k':
      case 'up':
        return this.cursor - 1
      case 'page-down':
      case 'ctrl-f':
      case ' ':
        return this.cursor + page
      case 'page-up':
      case 'ctrl-b':
        return this.cursor - page
      case 'ctrl-d':
        return this.cursor + half
      case 'ctrl-u':
        return this.cursor - half
      case 'g':
      case 'home':
        return 0
      case 'G':
      case 'end':
        return count
      default:
        return undefined
    }
  }

  to(row: number, count: number): void {
    const last = this.#isText ? count - this.#height : count - 1
    this.cursor = Math.max(0, Math.min(row, last))
  }

  /** The rows to show, from the first up to but not including the second. */
  window(height: number, count: number): readonly [from: number, to: number] {
    this.#height = height
    this.to(this.cursor, count)
    if (this.#isText) this.#top = this.cursor
    else if (this.cursor < this.#top) this.#top = this.cursor
    else if (this.cursor >= this.#top + height) this.#top = this.cursor - height + 1
    this.#top = Math.max(0, Math.min(this.#top, count - height))
    return [this.#top, Math.min(count, this.#top + height)]
  }
}
