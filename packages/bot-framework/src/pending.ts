import type { Clock } from './clock.ts'
import { BotError } from './errors.ts'

interface Waiter<T> {
  resolve(value: T): void
  reject(error: Error): void
  done(): void
}

/** What is waited for, by number, each until its deadline. */
export class Pending<T> {
  readonly #clock: Clock
  readonly #waiters = new Map<number, Waiter<T>>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get size(): number {
    return this.#waiters.size
  }

  async wait(
    id: number,
    options: {
      readonly what: string
      readonly timeoutMs?: number
      readonly signal?: AbortSignal
    },
  ): Promise<T> {
    const { timeoutMs, signal, what } = options
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const onAbort = (): void => this.reject(id, signal?.reason as Error)
    signal?.addEventListener('abort', onAbort, { once: true })
    const cancel =
      timeoutMs === undefined
        ? undefined
        : this.#clock.schedule(timeoutMs, () => {
            const message = `Expected ${what} within ${timeoutMs} ms, got none`
            this.reject(id, new BotError('ERR_BOT_TIMEOUT', message))
          })
    const done = (): void => {
      cancel?.()
      signal?.removeEventListener('abort', onAbort)
    }
    this.#waiters.set(id, { resolve, reject, done })
    return promise
  }

  /** False where nobody waits for it, or not any more. */
  resolve(id: number, value: T): boolean {
    const waiter = this.#take(id)
    waiter?.resolve(value)
    return waiter !== undefined
  }

  /** Gives a value to who waits longest. False where nobody does. */
  resolveFirst(value: T): boolean {
    const first = this.#waiters.keys().next()
    return !first.done && this.resolve(first.value, value)
  }

  reject(id: number, error: Error): void {
    this.#take(id)?.reject(error)
  }

  rejectAll(error: Error): void {
    for (const id of this.#waiters.keys()) this.reject(id, error)
  }

  #take(id: number): Waiter<T> | undefined {
    const waiter = this.#waiters.get(id)
    if (!waiter) return undefined
    this.#waiters.delete(id)
    waiter.done()
    return waiter
  }
}
