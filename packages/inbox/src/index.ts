/**
 * Questions, proposals and messages between agents and people.
 *
 * ```ts
 * import { createInbox } from '@bzzz/inbox'
 *
 * const inbox = createInbox({ store, self: { name: 'ada', roles: ['lead'] } })
 * for (const { address, content, message } of await inbox.items())
 *   if (message.kind === 'proposal') await inbox.reply(address, { kind: 'approved', content })
 * ```
 *
 * @packageDocumentation
 */
export { createInbox, type InboxInit } from './create-inbox.ts'
export type { Inbox, Item, ItemsOptions, MessageDraft, ReplyDraft } from './inbox.ts'
export type { KeptMessage } from './ledger.ts'
export { MESSAGE_TYPE, type Message, type MessageKind } from './message.ts'
export { REPLY_TYPE, type Reply, type ReplyKind } from './reply.ts'
export type { Form, FormField } from './form.ts'
export type { Participant, Self } from './recipients.ts'
export type { Standing } from './standing.ts'
export { InboxError, type InboxErrorCode } from './errors.ts'
