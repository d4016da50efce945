import type { ContextStore, HeadsSummary } from '@bzzz/context-store'
import { encodeRange, LISTED, MAX_DEPTH, MAX_LISTED, MAX_TAKES, RANGES_BYTES } from './messages.ts'

// Patterns that one stream compares by at once.
const KEPT = 4
const DIGITS = Array.from('0123456789abcdef')

/** A newest version: key, version, id of the record. */
export type HeadTuple = [key: string, version: number, id: string]

/** Answers another node that compares what it has, as far as both may read it. */
export class Comparing {
  readonly #store: ContextStore
  readonly #takes: () => Promise<readonly string[]>
  /** By pattern, as of when the comparison began: its rounds should speak of one state. */
  readonly #summaries = new Map<string, HeadsSummary>()

  /** @param takes the patterns of which this node takes what it is offered. */
  constructor(store: ContextStore, takes: () => Promise<readonly string[]>) {
    this.#store = store
    this.#takes = takes
  }

  /** Begins a comparison. */
  async summary(pattern: string): Promise<{ count: number; fingerprint: string; takes: string[] }> {
    const summary = await summaryOf(this.#store, pattern)
    this.#summaries.delete(pattern)
    this.#summaries.set(pattern, summary)
    const [oldest] = this.#summaries.keys()
    if (this.#summaries.size > KEPT && oldest !== undefined) this.#summaries.delete(oldest)
    const { count, fingerprint } = summary.range('')
    const takes = (await this.#takes()).slice(0, MAX_TAKES)
    return { count, fingerprint: hex(fingerprint), takes }
  }

  /** The first of these ranges, as many as one message holds. */
  async ranges(
    pattern: string,
    prefixes: readonly string[],
  ): Promise<{ answered: number; body: Uint8Array }> {
    const summary = await this.#begun(pattern)
    const answers: Buffer[] = []
    let bytes = 0
    for (const prefix of prefixes) {
      if (bytes >= RANGES_BYTES) break
      const answer = encodeRange(rangeOf(summary, prefix))
      answers.push(answer)
      bytes += answer.length
    }
    return { answered: answers.length, body: Buffer.concat(answers) }
  }

  async places(pattern: string, places: readonly string[]): Promise<HeadTuple[]> {
    const summary = await this.#begun(pattern)
    const heads: HeadTuple[] = []
    for (const place of places) {
      const [item] = summary.items(place, 1)
      // Once more from the store: rights may have changed since it was summed up, and versions have come.
      const head = item && (await this.#store.head(item.key).catch(() => undefined))
      if (head) heads.push([item.key, head.record.version, head.id])
    }
    return heads
  }

  async #begun(pattern: string): Promise<HeadsSummary> {
    const known = this.#summaries.get(pattern)
    if (known) return known
    await this.summary(pattern)
    return this.#begun(pattern)
  }
}

/** What matches a pattern; '' is everything. */
export async function summaryOf(
  store: ContextStore,
  pattern: string,
  options: { readonly signal?: AbortSignal } = {},
): Promise<HeadsSummary> {
  return store.summary(pattern === '' ? options : { ...options, pattern })
}

function rangeOf(summary: HeadsSummary, prefix: string): Parameters<typeof encodeRange>[0] {
  const { count } = summary.range(prefix)
  if (count <= LISTED || prefix.length >= MAX_DEPTH) {
    const items = summary.items(prefix, MAX_LISTED)
    return { listed: items.map(({ place, digest }) => ({ place, digest: hex(digest) })) }
  }
  const parts = DIGITS.map((digit) => summary.range(prefix + digit))
  return {
    parts: parts.map((part) => ({ count: part.count, fingerprint: hex(part.fingerprint) })),
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
