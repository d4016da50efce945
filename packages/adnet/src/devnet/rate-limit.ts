import { Refusal } from './refusal.ts'

const MOST_CLIENTS = 100_000

/** So many requests a second of each client, and so many at once: a bucket that is filled again as time goes. */
export class RateLimit {
  readonly #perSecond: number
  readonly #burst: number
  readonly #buckets = new Map<string, { left: number; at: number }>()

  constructor(perSecond: number, burst: number) {
    this.#perSecond = perSecond
    this.#burst = burst
  }

  /** @throws a refusal with 429, and when to come again. */
  take(client: string, now: number): void {
    const bucket = this.#buckets.get(client) ?? { left: this.#burst, at: now }
    const filled = bucket.left + ((now - bucket.at) / 1_000) * this.#perSecond
    const left = Math.min(this.#burst, filled)
    if (left < 1) {
      throw new Refusal(429, 'Too many requests', ((1 - left) / this.#perSecond) * 1_000)
    }
    if (!this.#buckets.has(client) && this.#buckets.size >= MOST_CLIENTS) this.#forget()
    this.#buckets.set(client, { left: left - 1, at: now })
  }

  #forget(): void {
    const [oldest] = this.#buckets.keys()
    if (oldest !== undefined) this.#buckets.delete(oldest)
  }
}
