import type { KeptDecision } from './memory-search.ts'
import type { Added, NewDecision } from './storage.ts'
import { conflictOf } from './timeline-rules.ts'

/** The versions of all decisions in memory, by all that they are asked for by. */
export class MemoryTimelines {
  /** In the order in which they came. */
  readonly log: KeptDecision[] = []
  readonly repeated = new Set<KeptDecision>()
  readonly byKey = new Map<string, KeptDecision[]>()
  readonly heads = new Map<string, KeptDecision>()
  readonly byRecord = new Map<string, KeptDecision>()
  readonly byContent = new Map<string, KeptDecision>()
  readonly byDecision = new Map<string, KeptDecision[]>()
  /** By the key that they lead to: who has edges there. */
  readonly sources = new Map<string, Set<KeptDecision>>()

  add(next: NewDecision, anyWriter: boolean): Added {
    const known = this.byRecord.get(next.recordId)
    if (known) return { outcome: 'known', sequence: known.sequence }
    const line = this.byKey.get(next.key) ?? []
    const place = line.findLastIndex(({ version }) => version < next.version) + 1
    const same = line[place]?.version === next.version ? line[place] : undefined
    const before = line[place - 1]
    const reason = conflictOf(next, { same, before, after: line[place] }, anyWriter)
    if (reason !== undefined) return { outcome: 'conflict', reason }
    const repeated = before?.version === next.version - 1 && before.contentId === next.contentId
    const row = Object.freeze({ ...next, sequence: this.log.length + 1 })
    this.log.push(row)
    if (repeated) this.repeated.add(row)
    line.splice(place, 0, row)
    this.byKey.set(row.key, line)
    if (line.at(-1) === row) this.heads.set(row.key, row)
    this.byRecord.set(row.recordId, row)
    this.byContent.set(row.contentId, row)
    this.byDecision.set(row.decisionId, [...(this.byDecision.get(row.decisionId) ?? []), row])
    for (const { key } of row.edges) {
      this.sources.set(key, (this.sources.get(key) ?? new Set()).add(row))
    }
    return { outcome: repeated ? 'repeated' : 'added', sequence: row.sequence }
  }

  /** The version that was the newest of its timeline at a moment. */
  asOf(key: string, time: number): KeptDecision | undefined {
    return this.byKey.get(key)?.findLast((row) => row.time <= time)
  }
}
