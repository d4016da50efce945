import { InboxError } from './errors.ts'
import type { ReplyDraft } from './inbox.ts'
import { checkAnswer, type Message } from './message.ts'
import { isFor, type Self } from './recipients.ts'

const WANTS = {
  question: 'an answer',
  proposal: 'approved or rejected',
  message: 'nothing',
} as const

/**
 * Whether somebody may say this to a message, or to a context that is none.
 *
 * @throws `ERR_INBOX_NOT_FOUND`, `ERR_INBOX_NOT_ADDRESSED`, `ERR_INBOX_ANSWER`
 */
export function assertFits(
  { kind, answer }: ReplyDraft,
  {
    message,
    to,
    self,
  }: { readonly message: Message | undefined; readonly to: string; readonly self: Self },
): void {
  if (!message) {
    if (kind === 'approved' || kind === 'rejected') return
    throw new InboxError('ERR_INBOX_NOT_FOUND', `There is no message at ${to}`)
  }
  if (kind === 'seen') return
  if (!isFor(message.to, self)) {
    const why = `It is for ${message.to.join(', ')}, and not for ${self.name}`
    throw new InboxError('ERR_INBOX_NOT_ADDRESSED', why)
  }
  const isAnswer = kind === 'answer'
  if (isAnswer !== (message.kind === 'question') || message.kind === 'message') {
    const why = `It is a ${message.kind}, which wants ${WANTS[message.kind]}`
    throw new InboxError('ERR_INBOX_ANSWER', why)
  }
  if (isAnswer) checkAnswer(message, answer)
}
