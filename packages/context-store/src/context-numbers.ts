import { LRUCache } from 'lru-cache'

// Some 200 bytes each, with the key.
const MAX_KEYS = 20_000

/**
 * The numbers of contexts in their file, so that who reads one again need not look for it by its key.
 * A context keeps its number, and is never deleted: only what was not committed may be wrong.
 */
export class ContextNumbers {
  readonly #numbers = new LRUCache<string, number>({ max: MAX_KEYS })

  /** Reads by the number, where it is known, or by the key, which then tells the number. */
  read<Row extends { readonly context: number }>(
    key: string,
    by: { number(number: number): Row | undefined; key(): Row | undefined },
  ): Row | undefined {
    const number = this.#numbers.get(key)
    if (number !== undefined) return by.number(number)
    const row = by.key()
    if (row) this.#numbers.set(key, row.context)
    return row
  }

  clear(): void {
    if (this.#numbers.size > 0) this.#numbers.clear()
  }
}
