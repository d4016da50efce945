// Bytes of what a handler printed that are kept: the end of it, where the errors stand.
const MOST = 64 * 1024

/** What a handler printed. */
export class Printed {
  #text = ''
  #isCut = false
  #isNew = false

  add(text: string): void {
    this.#text += text
    this.#isNew ||= text !== ''
    if (this.#text.length <= MOST) return
    this.#text = this.#text.slice(-MOST)
    this.#isCut = true
  }

  /** All of it, once for each time that there is more; undefined where there is not. */
  take(): string | undefined {
    if (!this.#isNew) return undefined
    this.#isNew = false
    return `${this.#isCut ? '[what was before this was left out]\n' : ''}${this.#text}`
  }
}
