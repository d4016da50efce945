import type { CallOptions, StoredVersion } from '@bzzz/context-store'
import type { KeptMessage } from './ledger.ts'
import type { Message } from './message.ts'
import type { Reply, ReplyKind } from './reply.ts'
import type { Standing } from './standing.ts'

/** What somebody wants said. */
export interface MessageDraft
  extends
    Pick<Message, 'kind' | 'to' | 'title'>,
    Partial<Omit<Message, 'kind' | 'to' | 'title' | 'about'>> {
  /** Where it is said. */
  readonly project: string
  readonly task: string
  /**
   * What it is about: addresses, each of which is pinned to the version that it means now. A version and its
   * content id are taken as they are.
   */
  readonly about?: readonly (string | Message['about'][number])[]
  /**
   * The name of its file; a UUID v7 if left out. A second one of the same name and content is the first one: so
   * who may have asked before a crash asks once.
   */
  readonly id?: string
}

/** What is said to something. */
export interface ReplyDraft {
  readonly kind: ReplyKind
  /** Content id of what was shown. */
  readonly content: string
  /** What a question is answered with: a text, or what its form asks for. */
  readonly answer?: unknown
  readonly comment?: string
}

/** A message that concerns somebody, and how it stands. */
export interface Item extends KeptMessage {
  /** Why it is here: it is for them, it names them (`@ada`), or they sent it. */
  readonly why: 'for me' | 'mentioned' | 'sent'
  readonly standing: Standing
  /** What was said to it, by all, in the order of time; those that do not count too. */
  readonly replies: readonly Reply[]
  /** What they themselves said to it last; perhaps to an older content. */
  readonly mine?: Reply
  /** True while it waits for them. */
  readonly isOpen: boolean
}

export interface ItemsOptions extends CallOptions {
  /** Those too that wait for nothing, and those that were sent; false if left out. */
  readonly all?: boolean
}

/**
 * What awaits one participant, and what that one says: messages and replies are contexts, signed and kept as all
 * others are, each in the collection of its author. All methods reject with StoreErrors besides those that are
 * named, and with `ERR_INBOX_CLOSED` once it is closed.
 */
export interface Inbox {
  /** The newest first. */
  items(options?: ItemsOptions): Promise<readonly Item[]>

  /**
   * One message.
   *
   * @param address with or without a version; the newest one is given.
   * @throws `ERR_INBOX_NOT_FOUND`
   */
  item(address: string, options?: CallOptions): Promise<Item>

  /**
   * Says something to others.
   *
   * @throws `ERR_INBOX_INVALID`; as `resolve` of the store, where something that it is about is not here.
   */
  send(draft: MessageDraft, options?: CallOptions): Promise<KeptMessage>

  /**
   * Answers, approves or rejects; `seen` takes a message off the list. Approved and rejected can be any context,
   * not only messages.
   *
   * @param address of what is replied to: with a version where one that is not the newest is meant.
   * @throws `ERR_INBOX_CHANGED` where another content stands there than the one that was shown, and nothing is
   *   written; `ERR_INBOX_NOT_FOUND`, `ERR_INBOX_NOT_ADDRESSED`, `ERR_INBOX_ANSWER`
   */
  reply(address: string, draft: ReplyDraft, options?: CallOptions): Promise<Reply>

  /** What was said to a context, by all, in the order of time; 1,000 replies at most. */
  replies(address: string, options?: CallOptions): Promise<readonly Reply[]>

  /**
   * Takes back what one said: a message or a reply. That it was said stays in its history.
   *
   * @throws `ERR_INBOX_NOT_FOUND`, `ERR_STORE_WRITER` where it is another's.
   */
  takeBack(address: string, options?: CallOptions): Promise<StoredVersion>

  /**
   * Calls back whenever items may have changed.
   *
   * @returns what ends it.
   */
  watch(listener: () => void): () => void

  /** Ends it, and not the store, which is its maker's. Twice is fine. */
  close(): void
}
