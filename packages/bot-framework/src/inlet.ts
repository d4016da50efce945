import { BoundedQueue } from './bounded-queue.ts'
import { BotError, duration } from './errors.ts'
import { Pending } from './pending.ts'
import type { Hub } from './create-bus.ts'
import type { LossReason, Message, Overflow, WaitOptions } from './message-bus.ts'

/** What a queue did with a message. */
export type Fate = 'kept' | 'refused' | 'closed'

interface Held {
  readonly message: Message
  readonly settle: (fate: Fate) => void
}

/** The queue of one member, who reads it, and who waits for room in it. */
export class Inlet {
  readonly #hub: Hub
  readonly #name: string
  readonly #overflow: Overflow
  readonly #queue: BoundedQueue<Message>
  // As many as have room: who sends without waiting for it would fill the memory instead.
  readonly #held: BoundedQueue<Held>
  #readers: Pending<Message> | undefined
  #reads = 0
  #lost = 0
  #closed = false

  constructor(hub: Hub, name: string, capacity: number, overflow: Overflow) {
    this.#hub = hub
    this.#name = name
    this.#overflow = overflow
    this.#queue = new BoundedQueue(capacity)
    this.#held = new BoundedQueue(capacity)
  }

  get waiting(): number {
    return this.#queue.size
  }

  get lost(): number {
    return this.#lost
  }

  put(message: Message): Fate | Promise<Fate> {
    if (this.#readers?.resolveFirst(message)) {
      this.#hub.delivered()
      return 'kept'
    }
    if (!this.#queue.isFull) return this.#keep(message)
    switch (this.#overflow) {
      case 'refuse':
        return this.#refuse(message)
      case 'drop-oldest':
        this.#drop(this.#queue.shift()!, 'dropped')
        return this.#keep(message)
      case 'wait':
        if (this.#held.isFull) return this.#refuse(message)
        return new Promise((settle) => {
          this.#held.push({ message, settle })
        })
      default:
        return this.#overflow satisfies never
    }
  }

  async receive(options: WaitOptions): Promise<Message> {
    const { signal, timeoutMs } = options
    signal?.throwIfAborted()
    const next = this.#queue.shift()
    if (next) {
      const held = this.#held.shift()
      held?.settle(this.#keep(held.message))
      return next
    }
    if (this.#closed) throw new BotError('ERR_BOT_CLOSED', `${this.#name} left the bus`)
    this.#readers ??= new Pending(this.#hub.clock)
    return this.#readers.wait(++this.#reads, {
      what: `a message for ${this.#name}`,
      ...(signal && { signal }),
      ...(timeoutMs !== undefined && { timeoutMs: duration('timeoutMs', timeoutMs) }),
    })
  }

  close(): void {
    this.#closed = true
    this.#readers?.rejectAll(new BotError('ERR_BOT_CLOSED', `${this.#name} left the bus`))
    for (let message = this.#queue.shift(); message; message = this.#queue.shift()) {
      this.#drop(message, 'closed')
    }
    for (let held = this.#held.shift(); held; held = this.#held.shift()) {
      this.#drop(held.message, 'closed')
      held.settle('closed')
    }
  }

  #keep(message: Message): Fate {
    this.#queue.push(message)
    this.#hub.delivered()
    return 'kept'
  }

  #refuse(message: Message): Fate {
    this.#lost++
    this.#hub.lost(message, this.#name, 'refused')
    return 'refused'
  }

  #drop(message: Message, reason: LossReason): void {
    this.#lost++
    this.#hub.lost(message, this.#name, reason)
    const code = reason === 'closed' ? 'ERR_BOT_CLOSED' : 'ERR_BOT_QUEUE_FULL'
    this.#hub.unanswered(
      message,
      new BotError(code, `${this.#name} did not read the request: ${reason}`),
    )
  }
}
