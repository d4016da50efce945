import { z } from 'zod'
import { jsonOf, moment } from './task.ts'

/** Media type of a claim. */
export const CLAIM_TYPE = 'application/vnd.ucxl.claim+json'

/** The highest number of a lease. */
export const MAX_LEASE = 1_000_000

const MAX_CLAIM_BYTES = 16 * 1024

/**
 * How an agent stands to a task. `withdrawn`: another one was first, and nothing was begun. `released`: it was
 * handed back, for no fault of the task.
 */
const STATES = ['claimed', 'done', 'failed', 'released', 'withdrawn'] as const

/** What an agent writes of a task, in a collection of its own: the newest version is how it stands now. */
const claimSchema = z.object({
  /** Key of the task, as in the place of the claim. */
  task: z.string().max(2048),
  /** Version of the task that it is about. */
  task_version: z.int().min(1),
  state: z.enum(STATES),
  /** Number of the lease: each begins one higher than all that were seen. The highest one counts. */
  lease: z.int().min(1).max(MAX_LEASE),
  /** Which attempt it is, of those that the task allows. */
  attempt: z.int().min(1).max(1000),
  /** When this lease began: of two with one number, the earlier one counts. */
  since: moment,
  /** Until when it holds, unless it is renewed. */
  until: moment,
  /** Why it failed or was handed back: a stable code, and words. */
  code: z.string().max(128).optional(),
  reason: z.string().max(4096).optional(),
  /** Where the result, the decision, and what was printed are kept, each in its exact version. */
  result: z.string().max(2048).optional(),
  decision: z.string().max(2048).optional(),
  log: z.string().max(2048).optional(),
})

export type ClaimBody = z.output<typeof claimSchema>

/** A claim, as it is compared with others. */
export interface Claim extends ClaimBody {
  /** `did:key` of the agent that signed it. */
  readonly writer: string
  /** When it was written, in milliseconds since 1970. */
  readonly time: number
}

/** Reads a claim; undefined where it is none, or speaks of another task. */
export function parseClaim(
  bytes: Uint8Array,
  { task, writer, time }: { readonly task: string; readonly writer: string; readonly time: number },
): Claim | undefined {
  const { data } = claimSchema.safeParse(jsonOf(bytes, MAX_CLAIM_BYTES))
  return data?.task === task ? { ...data, writer, time } : undefined
}
