import { UcxiError } from './errors.ts'

/** Counts what is under way, all together and for each client. */
export class Counter {
  readonly #what: string
  readonly #max: number
  readonly #maxPerClient: number
  readonly #clients = new Map<string, { count: number }>()
  #all = 0

  constructor(what: string, max: number, maxPerClient: number) {
    this.#what = what
    this.#max = max
    this.#maxPerClient = maxPerClient
  }

  /** @throws `ERR_UCXI_BUSY` past what the server takes, `ERR_UCXI_TOO_MANY` past what a client may. */
  enter(client: string): void {
    if (this.#all >= this.#max) {
      throw new UcxiError(
        'ERR_UCXI_BUSY',
        `Expected at most ${this.#max} ${this.#what} at once: ask again in a second`,
      )
    }
    const own = this.#clients.get(client)
    if ((own?.count ?? 0) >= this.#maxPerClient) {
      throw new UcxiError(
        'ERR_UCXI_TOO_MANY',
        `Expected at most ${this.#maxPerClient} ${this.#what} of one client at once: wait for one to end`,
      )
    }
    this.#all++
    if (own) own.count++
    else this.#clients.set(client, { count: 1 })
  }

  leave(client: string): void {
    this.#all--
    const own = this.#clients.get(client)
    if (own && --own.count === 0) this.#clients.delete(client)
  }
}
