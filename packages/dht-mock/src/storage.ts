import type { RuleBook } from '@bzzz/dht'

/** A value as it is held and sent. Its bytes are shared by all who hold it, and never changed. */
export interface Held {
  readonly bytes: Uint8Array
  /** The rules that found it valid: who has the same need not look again. */
  readonly rules: RuleBook | undefined
  /** Where there are no rules, the later put is the better one: its number. */
  readonly stamp: number
}

interface Entry<What> {
  what: What
  /** When it was written, by the clock of its node, and by that of the network. */
  at: number
  written: number
  /** What the disk has instead, should the node crash before this is flushed. */
  before: Entry<What> | undefined
}

/** What one node holds: values and provider entries, each with its age. */
export class Storage {
  readonly #values = new Map<string, Entry<Held>>()
  readonly #providers = new Map<string, Map<string, Entry<true>>>()
  readonly #validityMs: number
  readonly #flushMs: number

  /**
   * @param validityMs how long an entry counts.
   * @param flushMs how long a write is in memory alone, and lost in a crash that loses the last writes.
   */
  constructor(validityMs: number, flushMs: number) {
    this.#validityMs = validityMs
    this.#flushMs = flushMs
  }

  get valueCount(): number {
    return this.#values.size
  }

  /** Keys of values and of provider entries, whether they still count or not. */
  keys(): Set<string> {
    return new Set([...this.#values.keys(), ...this.#providers.keys()])
  }

  value(key: string, now: number): Held | undefined {
    const entry = this.#values.get(key)
    return entry !== undefined && now - entry.at < this.#validityMs ? entry.what : undefined
  }

  keep(key: string, held: Held, now: number, written: number): void {
    this.#write(this.#values, key, held, now, written)
  }

  providers(key: string, now: number): string[] {
    const entries = this.#providers.get(key)
    if (!entries) return []
    return [...entries].filter(([, { at }]) => now - at < this.#validityMs).map(([id]) => id)
  }

  addProvider(key: string, id: string, now: number, written: number): void {
    let entries = this.#providers.get(key)
    if (!entries) this.#providers.set(key, (entries = new Map()))
    this.#write(entries, id, true, now, written)
  }

  /** Takes back what was not flushed when the node crashed, at a time of the network's clock. */
  loseLastWrites(crashed: number): void {
    const since = crashed - this.#flushMs
    takeBack(this.#values, since)
    for (const entries of this.#providers.values()) takeBack(entries, since)
  }

  /** Forgets everything, as with a new disk. */
  clear(): void {
    this.#values.clear()
    this.#providers.clear()
  }

  #write<What>(
    entries: Map<string, Entry<What>>,
    key: string,
    what: What,
    at: number,
    written: number,
  ): void {
    const entry = entries.get(key)
    if (!entry) {
      entries.set(key, { what, at, written, before: undefined })
      return
    }
    if (written - entry.written >= this.#flushMs) entry.before = { ...entry, before: undefined }
    entry.what = what
    entry.at = at
    entry.written = written
  }
}

function takeBack<What>(entries: Map<string, Entry<What>>, since: number): void {
  for (const [key, entry] of entries) {
    if (entry.written <= since) continue
    if (entry.before) entries.set(key, entry.before)
    else entries.delete(key)
  }
}
