import { z } from 'zod'
import { InboxError } from './errors.ts'
import { jsonOf, problemsOf } from './json.ts'

/** Media type of a reply. */
export const REPLY_TYPE = 'application/vnd.ucxl.reply+json'

/**
 * What is said: an `answer`, `approved` or `rejected` (FIPA: inform, accept-proposal, reject-proposal), or `seen`:
 * no more is to come.
 */
const KINDS = ['answer', 'approved', 'rejected', 'seen'] as const

/**
 * What somebody says to a message, or to any other context: kept in a collection of their own, one for each, and
 * signed as a record. The newest version is what holds.
 */
const replySchema = z.object({
  kind: z.enum(KINDS),
  /** Key of what it replies to, as in its own place. */
  to: z.string().max(2048),
  /** The version that was shown, and its content id: to no other does it apply. */
  version: z.int().min(1),
  content: z.string().max(128),
  answer: z.json().optional(),
  comment: z.string().max(100_000).optional(),
})

export type ReplyBody = z.output<typeof replySchema>
export type ReplyKind = ReplyBody['kind']

/** A reply, with who gave it and when. */
export interface Reply extends ReplyBody {
  readonly by: { readonly name: string; readonly role: string; readonly did: string }
  /** Milliseconds since 1970. */
  readonly time: number
  /** Key of its own timeline. */
  readonly key: string
  /** Its address, in the exact version: what is cited. */
  readonly address: string
}

/**
 * Checks a reply.
 *
 * @throws `ERR_INBOX_INVALID` with what is wrong.
 */
export function checkReply(value: unknown): ReplyBody {
  const { data, error } = replySchema.safeParse(value)
  if (data) return data
  throw new InboxError('ERR_INBOX_INVALID', `It is no reply: ${problemsOf(error)}`)
}

/** Reads a reply; undefined where it is none, or speaks of something else than its place says. */
export function parseReply(bytes: Uint8Array, to: string): ReplyBody | undefined {
  const { data } = replySchema.safeParse(jsonOf(bytes))
  return data?.to === to ? data : undefined
}
