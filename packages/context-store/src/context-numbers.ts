// Some 150 bytes each, with the key.
const MAX_KEYS = 50_000

/**
 * The numbers of contexts in their file, so that who reads one again need not look for it by its key.
 * A context keeps its number, and is never deleted: only what was not committed may be wrong.
 */
export class ContextNumbers {
  readonly #numbers = new Map<string, number>()

  get(key: string): number | undefined {
    return this.#numbers.get(key)
  }

  set(key: string, number: number): void {
    // To know which was used last would cost more than to learn them anew.
    if (this.#numbers.size === MAX_KEYS) this.#numbers.clear()
    this.#numbers.set(key, number)
  }

  clear(): void {
    this.#numbers.clear()
  }
}
