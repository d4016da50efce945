import { keyOf, type Address } from '@bzzz/ucxl-address'

// Past this many, what is known is forgotten: it is soon known again.
const MAX_KEYS = 10_000

/**
 * Contexts that had few bytes when they were last read. Of these, version and bytes are read in one
 * look-up; where that turns out to be many bytes, once, the next look-up is for the version alone.
 */
export class SmallContexts {
  readonly #keys = new Set<string>()
  /** Keys of addresses that are asked for again: a new text would be hashed each time. */
  readonly #known = new WeakMap<Address, string>()

  has(address: Address): boolean {
    return this.#keys.has(this.#keyOf(address))
  }

  note(address: Address, small: boolean): void {
    const key = this.#keyOf(address)
    if (!small) this.#keys.delete(key)
    else if (!this.#keys.has(key)) {
      if (this.#keys.size >= MAX_KEYS) this.#keys.clear()
      this.#keys.add(key)
    }
  }

  #keyOf(address: Address): string {
    const known = this.#known.get(address)
    if (known !== undefined) return known
    const key = keyOf(address)
    this.#known.set(address, key)
    return key
  }
}
