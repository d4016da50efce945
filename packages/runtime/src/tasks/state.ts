import { MAX_LEASE, type Claim } from './claim.ts'
import type { Task } from './task.ts'

/** What of a task says who may work on it. */
export interface TaskTerms extends Pick<Task, 'attempts' | 'deadline' | 'status'> {
  /** When its newest version was written, in milliseconds since 1970. */
  readonly time: number
}

export type TaskState =
  /** Anybody who fits may claim it, with this lease. */
  | {
      readonly status: 'open'
      readonly lease: number
      readonly attempt: number
      /** How the last lease ended; absent where there was none. */
      readonly last?: Claim
    }
  | { readonly status: 'held'; readonly holder: Claim; readonly until: number }
  | { readonly status: 'done'; readonly by: Claim }
  /** All attempts are used up. */
  | { readonly status: 'failed'; readonly last: Claim }
  | { readonly status: 'cancelled' | 'expired' }

/** How far clocks may differ: a lease is over for others only after this time, in milliseconds. */
export const CLOCK_SKEW_MS = 1000

/** How long a lease may hold from when it was renewed, whatever it says, in milliseconds. */
export const MAX_LEASE_MS = 3_600_000

/**
 * How a task stands, from what is visible of it: the same for all who see the same, in whatever order it came.
 *
 * The highest lease counts. Of claims with one number, the one that began first counts, then the smaller
 * `did`. Of results, that of the highest lease counts, by the same rule.
 *
 * @param claims the newest of each agent.
 * @param now milliseconds since 1970.
 */
export function stateOf(task: TaskTerms, claims: Iterable<Claim>, now: number): TaskState {
  const all = [...claims]
  // What was done before it was cancelled is done.
  const inTime = (claim: Claim): boolean => task.status === 'open' || claim.time <= task.time
  const done = first(all.filter((claim) => claim.state === 'done' && inTime(claim)))
  if (done) return { status: 'done', by: done }
  if (task.status === 'cancelled') return { status: 'cancelled' }
  if (task.deadline !== undefined && now >= Date.parse(task.deadline)) return { status: 'expired' }
  const last = first(all.filter(({ state }) => state !== 'withdrawn'))
  // A number that was used is not used again, not even where its claim was withdrawn.
  const highest = Math.max(0, ...all.map(({ lease }) => lease))
  if (!last) {
    const attempt = Math.max(1, ...all.map((claim) => claim.attempt))
    return { status: 'open', lease: highest + 1, attempt }
  }
  const until = Math.min(Date.parse(last.until), last.time + MAX_LEASE_MS) + CLOCK_SKEW_MS
  if (last.state === 'claimed' && now < until) return { status: 'held', holder: last, until }
  const attempt = last.state === 'released' ? last.attempt : last.attempt + 1
  if (attempt > task.attempts || highest >= MAX_LEASE) return { status: 'failed', last }
  return { status: 'open', lease: highest + 1, attempt, last }
}

/** The one that counts. */
function first(claims: readonly Claim[]): Claim | undefined {
  return claims.toSorted(compareClaims)[0]
}

/** The one that counts comes first. */
function compareClaims(one: Claim, other: Claim): number {
  return (
    other.lease - one.lease ||
    Date.parse(one.since) - Date.parse(other.since) ||
    (one.writer < other.writer ? -1 : Number(one.writer > other.writer))
  )
}
