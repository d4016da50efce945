import type { NewDecision } from './storage.ts'

/** What of a version counts for those beside it. */
export interface Neighbour {
  readonly version: number
  readonly time: number
  readonly recordId: string
  readonly previous: string | null
  readonly writer: string
}

/** What is known of a timeline around the place of a new version. */
export interface Neighbours {
  /** The version that has its number. */
  readonly same: Neighbour | undefined
  /** The nearest ones of those that are here: numbers may be missing between. */
  readonly before: Neighbour | undefined
  readonly after: Neighbour | undefined
}

/** Why a version does not fit its timeline; undefined where it does. */
export function conflictOf(
  next: NewDecision,
  { same, before, after }: Neighbours,
  anyWriter: boolean,
): string | undefined {
  if (same) return `another record, ${same.recordId}, is version ${next.version} here`
  const stranger = [before, after].find((other) => other && other.writer !== next.writer)
  if (stranger && !anyWriter) return `the timeline belongs to ${stranger.writer}`
  if (before && before.time >= next.time) {
    return `it is recorded no later than version ${before.version}`
  }
  if (after && after.time <= next.time) {
    return `it is recorded no earlier than version ${after.version}`
  }
  if (before?.version === next.version - 1 && before.recordId !== next.previous) {
    return `it does not point back at ${before.recordId}, which is version ${before.version} here`
  }
  if (after?.version === next.version + 1 && after.previous !== next.recordId) {
    return `version ${after.version} here points back at another record`
  }
  return undefined
}
