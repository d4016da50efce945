import type { Clock } from './clock.ts'

export type MessageKind = 'coordination' | 'data' | 'request' | 'response' | 'event'

/** What one bot says to another, to all, or to a topic. */
export interface Message<T = unknown> {
  /** Counted from 1 on each bus. */
  readonly id: number
  readonly kind: MessageKind
  readonly from: string
  /** Whom it is for; absent in broadcasts and on topics. */
  readonly to?: string
  readonly topic?: string
  /** The id of the request that a response answers, or that began a conversation. */
  readonly correlation?: number
  /** Milliseconds, by the clock of the bus. */
  readonly sentAt: number
  readonly body: T
}

/**
 * What a full queue does with one more message: `refuse` it, and the sender knows; `drop-oldest`, and the
 * receiver knows; or let the sender `wait` until there is room.
 */
export type Overflow = 'refuse' | 'drop-oldest' | 'wait'

/** Why a message did not come to whom it was for. */
export type LossReason = 'closed' | 'dropped' | 'late' | 'refused'

export interface Loss {
  readonly message: Message
  /** Who did not get it. */
  readonly to: string
  readonly reason: LossReason
}

/** What became of a message when it was sent. */
export interface Receipt {
  readonly id: number
  /** In how many queues it is. */
  readonly delivered: number
  /** Who did not get it, and why. */
  readonly lost: readonly Loss[]
}

export interface SendOptions {
  readonly kind?: Exclude<MessageKind, 'request' | 'response'>
  readonly correlation?: number
}

export interface WaitOptions {
  readonly signal?: AbortSignal
  /** Milliseconds. Without end if left out, but for requests: 5,000. */
  readonly timeoutMs?: number
}

export interface MailboxOptions {
  /** How many messages wait to be read. That of the bus if left out. */
  readonly capacity?: number
  readonly overflow?: Overflow
}

/** One member's place on a bus. */
export interface Mailbox extends AsyncIterable<Message> {
  readonly name: string
  /** How many messages wait to be read. */
  readonly waiting: number
  /** How many messages for this member were lost. */
  readonly lost: number
  /**
   * To one member. `data` unless it says another kind.
   *
   * @throws `ERR_BOT_UNKNOWN`; `ERR_BOT_QUEUE_FULL` where it is refused; `ERR_BOT_CLOSED`.
   */
  send(to: string, body: unknown, options?: SendOptions): Promise<Receipt>
  /** To all others. `coordination` unless it says another kind. @throws `ERR_BOT_CLOSED`. */
  broadcast(body: unknown, options?: SendOptions): Promise<Receipt>
  /** To who subscribed to a topic, oneself left out. An `event` unless it says another kind. @throws `ERR_BOT_CLOSED`. */
  publish(topic: string, body: unknown, options?: SendOptions): Promise<Receipt>
  /** Has what is published to a topic come here. What it returns ends that. @throws `ERR_BOT_CLOSED`. */
  subscribe(topic: string): () => void
  /**
   * Asks one member, and gives the body of the response.
   *
   * @throws `ERR_BOT_TIMEOUT` at the deadline; `ERR_BOT_UNKNOWN`, `ERR_BOT_QUEUE_FULL`, `ERR_BOT_CLOSED`
   * where it cannot be answered; the reason of the signal.
   */
  request(to: string, body: unknown, options?: WaitOptions): Promise<unknown>
  /**
   * Answers a request. It is `late`, and lost, where nobody waits for it any more.
   *
   * @throws `ERR_BOT_OPTION` for what is no request to this member.
   */
  reply(request: Message, body: unknown): Promise<Receipt>
  /** The next message, as soon as there is one. @throws `ERR_BOT_TIMEOUT`, `ERR_BOT_CLOSED`, the reason of the signal. */
  receive(options?: WaitOptions): Promise<Message>
  /** Leaves the bus. What was not read is lost, and its senders' requests fail. */
  close(): void
}

export interface BusCounts {
  readonly members: number
  /** Messages that were sent, each counted once however many got it. */
  readonly sent: number
  /** How often one came into a queue, or to who waited for it. */
  readonly delivered: number
  readonly lost: Readonly<Record<LossReason, number>>
}

/** Messages between the bots of one process. Queues are bounded, and what is lost is counted and told. */
export interface MessageBus {
  readonly counts: BusCounts
  /** Makes a member. @throws `ERR_BOT_DUPLICATE` for a name that is taken; `ERR_BOT_OPTION`; `ERR_BOT_CLOSED`. */
  join(name: string, options?: MailboxOptions): Mailbox
  /** Closes all mailboxes. */
  close(): void
}

export interface MessageBusInit {
  readonly clock: Clock
  /** How many messages wait in a mailbox. 1,000 if left out. */
  readonly capacity?: number
  /** `refuse` if left out. */
  readonly overflow?: Overflow
  /** Told of each message that does not come to whom it is for. */
  readonly onLoss?: (loss: Loss) => void
}
