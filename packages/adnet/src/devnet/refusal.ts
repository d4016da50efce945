/** Why a devnet does not do what it is asked; its status is what is answered. */
export class Refusal extends Error {
  readonly status: number
  readonly retryAfterMs: number | undefined

  constructor(status: number, message: string, retryAfterMs?: number) {
    super(message)
    this.status = status
    this.retryAfterMs = retryAfterMs
  }
}

/** Passes on what is there. @throws a refusal with 404. */
export function known<T>(what: string, value: T | undefined): T {
  if (value === undefined) throw new Refusal(404, `There is no such ${what}`)
  return value
}

/** @throws a refusal with 409 where something does not hold as things stand. */
export function holds(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Refusal(409, message)
}
