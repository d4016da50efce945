import type { Clock } from './clock.ts'
import { BotError, optionError, wholeNumber } from './errors.ts'
import { BusMailbox } from './bus-mailbox.ts'
import type {
  BusCounts,
  Loss,
  LossReason,
  Mailbox,
  MailboxOptions,
  Message,
  MessageBus,
  MessageBusInit,
  Overflow,
} from './message-bus.ts'

const POLICIES: readonly Overflow[] = ['refuse', 'drop-oldest', 'wait']

/** Makes a bus. @throws `ERR_BOT_OPTION`. */
export function createMessageBus(init: MessageBusInit): MessageBus {
  return new Hub(init)
}

/** What the mailboxes of one bus share. */
export class Hub implements MessageBus {
  readonly clock: Clock
  readonly members = new Map<string, BusMailbox>()
  readonly topics = new Map<string, Set<BusMailbox>>()
  readonly #capacity: number
  readonly #overflow: Overflow
  readonly #onLoss: (loss: Loss) => void
  readonly #lost: Record<LossReason, number> = { closed: 0, dropped: 0, late: 0, refused: 0 }
  #sent = 0
  #delivered = 0
  #closed = false

  constructor({ clock, capacity = 1_000, overflow = 'refuse', onLoss = () => {} }: MessageBusInit) {
    this.clock = clock
    this.#capacity = wholeNumber('capacity', capacity, 1)
    this.#overflow = policy(overflow)
    this.#onLoss = onLoss
  }

  get counts(): BusCounts {
    return {
      members: this.members.size,
      sent: this.#sent,
      delivered: this.#delivered,
      lost: { ...this.#lost },
    }
  }

  join(name: string, options: MailboxOptions = {}): Mailbox {
    const { capacity = this.#capacity, overflow = this.#overflow } = options
    if (this.#closed) throw new BotError('ERR_BOT_CLOSED', 'The bus was closed')
    if (name === '') throw optionError('a name', 'some characters', 'none')
    if (this.members.has(name)) {
      throw new BotError('ERR_BOT_DUPLICATE', `A member of the bus has the name ${name} already`)
    }
    const mailbox = new BusMailbox(
      this,
      name,
      wholeNumber('capacity', capacity, 1),
      policy(overflow),
    )
    this.members.set(name, mailbox)
    return mailbox
  }

  close(): void {
    this.#closed = true
    for (const mailbox of this.members.values()) mailbox.close()
  }

  message(from: string, what: Omit<Message, 'id' | 'from' | 'sentAt'>): Message {
    return { id: ++this.#sent, from, sentAt: this.clock.now(), ...what }
  }

  delivered(): void {
    this.#delivered++
  }

  lost(message: Message, to: string, reason: LossReason): Loss {
    const loss = { message, to, reason }
    this.#lost[reason]++
    this.#onLoss(loss)
    return loss
  }

  /** A request will not be answered: its sender need not wait for the deadline. */
  unanswered(request: Message, error: BotError): void {
    if (request.kind === 'request') this.members.get(request.from)?.fail(request.id, error)
  }
}

function policy(overflow: Overflow): Overflow {
  if (POLICIES.includes(overflow)) return overflow
  throw optionError('overflow', POLICIES.join(', '), overflow)
}
