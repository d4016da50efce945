// Past this many, what is known is forgotten: it is soon known again.
const MAX_KEYS = 10_000

/**
 * Contexts that had few bytes when they were last read. Of these, version and bytes are read in one
 * look-up; where that turns out to be many bytes, once, the next look-up is for the version alone.
 */
export class SmallContexts {
  readonly #keys = new Set<string>()

  has(key: string): boolean {
    return this.#keys.has(key)
  }

  note(key: string, small: boolean): void {
    if (!small) this.#keys.delete(key)
    else if (!this.#keys.has(key)) {
      if (this.#keys.size >= MAX_KEYS) this.#keys.clear()
      this.#keys.add(key)
    }
  }
}
