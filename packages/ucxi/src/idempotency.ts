import { UcxiError } from './errors.ts'
import type { Limits } from './limits.ts'

/** An answer that can be given again. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Of what was asked, for telling whether the same is asked again. */
  readonly fingerprint: string
}

interface Kept {
  /** Undefined while the first request with this key is under way. */
  answer?: Answer
  readonly since: number
}

// An answer is a version's view: small. Still, a thousand large ones must not add up.
const MAX_CHARACTERS = 8 * 1024 * 1024

/**
 * Remembers answers by the Idempotency-Key that their requests came with, so that a request whose
 * answer was lost can be sent again and is not done twice. Bounded in number, size and time: past a
 * bound the oldest is forgotten.
 */
export class IdempotencyKeys {
  readonly #kept = new Map<string, Kept>()
  readonly #limits: Limits
  readonly #now: () => number
  #characters = 0

  constructor(limits: Limits, now: () => number) {
    this.#limits = limits
    this.#now = now
  }

  /**
   * What was answered to this key before; undefined where it is new, and then it is taken until
   * {@link keep} or {@link release}.
   *
   * @throws `ERR_UCXI_IN_PROGRESS`.
   */
  begin(key: string): Answer | undefined {
    this.#forget()
    const kept = this.#kept.get(key)
    if (!kept) {
      this.#kept.set(key, { since: this.#now() })
      return undefined
    }
    if (kept.answer) return kept.answer
    throw new UcxiError(
      'ERR_UCXI_IN_PROGRESS',
      'A request with this Idempotency-Key is under way: wait for it, or ask again later',
    )
  }

  keep(key: string, answer: Answer): void {
    this.#kept.set(key, { answer, since: this.#now() })
    this.#characters += answer.body.length
  }

  /** For a request that failed: it may be tried again with the same key. */
  release(key: string): void {
    const kept = this.#kept.get(key)
    if (kept?.answer) this.#characters -= kept.answer.body.length
    this.#kept.delete(key)
  }

  #forget(): void {
    const oldest = this.#now() - this.#limits.idempotencyMs
    for (const [key, { since, answer }] of this.#kept) {
      if (!answer) continue
      const room =
        this.#kept.size < this.#limits.idempotencyKeys && this.#characters <= MAX_CHARACTERS
      if (room && since > oldest) return
      this.release(key)
    }
  }
}

/** @throws `ERR_UCXI_IDEMPOTENCY` where the same key comes with another body. */
export function assertSame(before: Answer, fingerprint: string): void {
  if (before.fingerprint === fingerprint) return
  throw new UcxiError(
    'ERR_UCXI_IDEMPOTENCY',
    'This Idempotency-Key came with another body before: take a new key for each new request',
  )
}
