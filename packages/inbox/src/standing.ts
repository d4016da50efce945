import type { Message } from './message.ts'
import { isFor } from './recipients.ts'
import type { Reply } from './reply.ts'

/** How a message stands. `open`: it waits. */
export type Standing =
  | { readonly status: 'open' }
  | { readonly status: 'answered'; readonly by: Reply }
  | { readonly status: 'approved'; readonly by: readonly Reply[] }
  | { readonly status: 'rejected'; readonly by: Reply }

/**
 * How a message stands, from the replies that are visible: the same for all who see the same, in whatever order
 * they came. Only those count whom it is for, and only for the content that they were shown. The first answer
 * counts; one rejection is enough; approvals are counted by who signed them.
 *
 * @param content id of the content of its newest version.
 */
export function standingOf(message: Message, content: string, replies: Iterable<Reply>): Standing {
  const all = [...replies]
    .filter(
      (reply) =>
        reply.content === content &&
        isFor(message.to, { name: reply.by.name, roles: [reply.by.role] }),
    )
    .toSorted((one, other) => one.time - other.time || (one.key < other.key ? -1 : 1))
  if (message.kind === 'question') {
    const by = all.find(({ kind }) => kind === 'answer')
    return by ? { status: 'answered', by } : { status: 'open' }
  }
  if (message.kind !== 'proposal') return { status: 'open' }
  const rejected = all.find(({ kind }) => kind === 'rejected')
  if (rejected) return { status: 'rejected', by: rejected }
  const approved = all.filter(({ kind }) => kind === 'approved')
  const signers = new Set(approved.map(({ by }) => by.did))
  return signers.size >= (message.needs ?? 1)
    ? { status: 'approved', by: approved }
    : { status: 'open' }
}
