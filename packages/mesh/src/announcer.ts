/**
 * Runs a piece of work for each of several names: at most one at a time for a name, and however often
 * it is asked for while one runs, once more after it. So changes in quick succession cost one.
 */
export class Announcer {
  readonly #work: (name: string) => Promise<void>
  readonly #running = new Map<string, Promise<void>>()
  readonly #again = new Set<string>()
  #open = true

  /** @param work must not reject. */
  constructor(work: (name: string) => Promise<void>) {
    this.#work = work
  }

  request(name: string): void {
    if (!this.#open) return
    if (this.#running.has(name)) {
      this.#again.add(name)
      return
    }
    this.#running.set(name, this.#run(name))
  }

  /** Takes no more requests, and resolves when what runs has ended. */
  async stop(): Promise<void> {
    this.#open = false
    this.#again.clear()
    await Promise.all(this.#running.values())
  }

  async #run(name: string): Promise<void> {
    // Changes of the same turn are in before the first run looks.
    await Promise.resolve()
    do {
      this.#again.delete(name)
      await this.#work(name)
    } while (this.#again.has(name))
    this.#running.delete(name)
  }
}
