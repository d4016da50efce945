import type { VersionRow } from './backend.ts'

interface Redacted {
  readonly id: string
  readonly content: string
  readonly record: string
}

/** What is kept beside the timelines: records that lost their place, and redactions. */
export class MemoryAside {
  readonly #forks = new Map<string, VersionRow>()
  readonly #redactions: Redacted[] = []
  readonly #onUndo: (step: () => void) => void

  /** @param onUndo takes what takes a change back. */
  constructor(onUndo: (step: () => void) => void) {
    this.#onUndo = onUndo
  }

  insertFork(row: VersionRow): void {
    this.#forks.set(row.id, row)
    this.#onUndo(() => this.#forks.delete(row.id))
  }

  fork(id: string): VersionRow | undefined {
    return this.#forks.get(id)
  }

  forks(after: VersionRow | undefined, limit: number): VersionRow[] {
    const rows = [...this.#forks.values()].toSorted(byPlace)
    return rows.filter((row) => !after || byPlace(after, row) < 0).slice(0, limit)
  }

  insertRedaction(id: string, content: string, record: string): void {
    this.#redactions.push({ id, content, record })
    this.#onUndo(() => this.#redactions.pop())
  }

  redaction(id: string): string | undefined {
    return this.#redactions.find((one) => one.id === id)?.record
  }

  redactionOf(content: string): string | undefined {
    return this.#redactions.find((one) => one.content === content)?.record
  }

  redactions(after: number, limit: number): { sequence: number; record: string }[] {
    return this.#redactions
      .slice(after, after + limit)
      .map(({ record }, place) => ({ sequence: after + place + 1, record }))
  }
}

/** By key, version and id. */
function byPlace(one: VersionRow, other: VersionRow): number {
  if (one.key !== other.key) return one.key < other.key ? -1 : 1
  if (one.version !== other.version) return one.version - other.version
  return one.id < other.id ? -1 : one.id > other.id ? 1 : 0
}
