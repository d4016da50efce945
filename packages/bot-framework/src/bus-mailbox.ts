import { BotError, duration, optionError } from './errors.ts'
import { Inlet, type Fate } from './inlet.ts'
import { Pending } from './pending.ts'
import type { Hub } from './create-bus.ts'
import type {
  Loss,
  Mailbox,
  Message,
  Overflow,
  Receipt,
  SendOptions,
  WaitOptions,
} from './message-bus.ts'

const REQUEST_TIMEOUT_MS = 5_000
const MOST_REQUESTS = 10_000

export class BusMailbox implements Mailbox {
  readonly name: string
  readonly inlet: Inlet
  readonly #hub: Hub
  readonly #requests: Pending<unknown>
  readonly #topics = new Set<string>()
  #closed = false

  constructor(hub: Hub, name: string, capacity: number, overflow: Overflow) {
    this.#hub = hub
    this.name = name
    this.inlet = new Inlet(hub, name, capacity, overflow)
    this.#requests = new Pending(hub.clock)
  }

  get waiting(): number {
    return this.inlet.waiting
  }

  get lost(): number {
    return this.inlet.lost
  }

  async send(to: string, body: unknown, options: SendOptions = {}): Promise<Receipt> {
    const { kind = 'data', correlation } = options
    const what = { kind, to, body, ...(correlation !== undefined && { correlation }) }
    const message = this.#message(to, what)
    const fate = this.#put(to, message)
    // Most often it is known at once, and to await it would cost as much as all the rest.
    if (fate !== 'kept') requireKept(typeof fate === 'string' ? fate : await fate, to)
    return { id: message.id, delivered: 1, lost: [] }
  }

  async broadcast(body: unknown, options: SendOptions = {}): Promise<Receipt> {
    this.#requireOpen()
    const { kind = 'coordination', correlation } = options
    const what = { kind, body, ...(correlation !== undefined && { correlation }) }
    return this.#toMany(this.#hub.members.values(), what)
  }

  async publish(topic: string, body: unknown, options: SendOptions = {}): Promise<Receipt> {
    this.#requireOpen()
    const { kind = 'event', correlation } = options
    const what = { kind, topic, body, ...(correlation !== undefined && { correlation }) }
    return this.#toMany(this.#hub.topics.get(topic) ?? [], what)
  }

  subscribe(topic: string): () => void {
    this.#requireOpen()
    const { topics } = this.#hub
    const subscribers = topics.get(topic) ?? new Set()
    topics.set(topic, subscribers.add(this))
    this.#topics.add(topic)
    return () => this.#unsubscribe(topic)
  }

  async request(to: string, body: unknown, options: WaitOptions = {}): Promise<unknown> {
    const { timeoutMs = REQUEST_TIMEOUT_MS, signal } = options
    duration('timeoutMs', timeoutMs)
    signal?.throwIfAborted()
    if (this.#requests.size >= MOST_REQUESTS) {
      throw new BotError('ERR_BOT_QUEUE_FULL', `${MOST_REQUESTS} requests wait for their responses`)
    }
    const message = this.#message(to, { kind: 'request', to, body })
    const answer = this.#requests.wait(message.id, {
      timeoutMs,
      ...(signal && { signal }),
      what: `a response of ${to}`,
    })
    const fate = this.#put(to, message)
    // Where its queue makes senders wait, the deadline counts all the same.
    if (fate !== 'kept') void this.#followed(fate, to, message.id)
    return answer
  }

  async reply(request: Message, body: unknown): Promise<Receipt> {
    this.#requireOpen()
    if (request.kind !== 'request' || request.to !== this.name) {
      throw optionError('what is answered', `a request to ${this.name}`, `a ${request.kind}`)
    }
    const { from: to, id: correlation } = request
    const message = this.#hub.message(this.name, { kind: 'response', to, correlation, body })
    const isAwaited = this.#hub.members.get(to)?.answer(correlation, body) ?? false
    if (isAwaited) this.#hub.delivered()
    const lost = isAwaited ? [] : [this.#hub.lost(message, to, 'late')]
    return { id: message.id, delivered: isAwaited ? 1 : 0, lost }
  }

  receive(options: WaitOptions = {}): Promise<Message> {
    return this.inlet.receive(options)
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Message, void, undefined> {
    while (!this.#closed) {
      try {
        yield await this.inlet.receive({})
      } catch (error) {
        if (BotError.is(error, 'ERR_BOT_CLOSED')) return
        throw error
      }
    }
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    for (const topic of this.#topics) this.#unsubscribe(topic)
    this.#hub.members.delete(this.name)
    this.#requests.rejectAll(new BotError('ERR_BOT_CLOSED', `${this.name} left the bus`))
    this.inlet.close()
  }

  /** Whether somebody waited for the response to that request. */
  answer(request: number, body: unknown): boolean {
    return this.#requests.resolve(request, body)
  }

  fail(request: number, error: BotError): void {
    this.#requests.reject(request, error)
  }

  #message(to: string, what: Omit<Message, 'id' | 'from' | 'sentAt'>): Message {
    this.#requireOpen()
    if (!this.#hub.members.has(to)) {
      throw new BotError('ERR_BOT_UNKNOWN', `Expected a member of the bus, got ${to}`)
    }
    return this.#hub.message(this.name, what)
  }

  #put(to: string, message: Message): Fate | Promise<Fate> {
    return this.#hub.members.get(to)!.inlet.put(message)
  }

  async #followed(fate: Fate | Promise<Fate>, to: string, request: number): Promise<void> {
    try {
      requireKept(await fate, to)
    } catch (error) {
      this.#requests.reject(request, error as BotError)
    }
  }

  async #toMany(
    mailboxes: Iterable<BusMailbox>,
    what: Omit<Message, 'id' | 'from' | 'sentAt'>,
  ): Promise<Receipt> {
    const message = this.#hub.message(this.name, what)
    const others = [...mailboxes].filter((mailbox) => mailbox !== this)
    const fates = await Promise.all(
      others.map(async ({ inlet }): Promise<Fate> => inlet.put(message)),
    )
    const lost = others.flatMap(({ name }, place): Loss[] => {
      const fate = fates[place]!
      return fate === 'kept' ? [] : [{ message, to: name, reason: fate }]
    })
    return { id: message.id, delivered: others.length - lost.length, lost }
  }

  #unsubscribe(topic: string): void {
    this.#topics.delete(topic)
    const subscribers = this.#hub.topics.get(topic)
    subscribers?.delete(this)
    if (subscribers?.size === 0) this.#hub.topics.delete(topic)
  }

  #requireOpen(): void {
    if (this.#closed) throw new BotError('ERR_BOT_CLOSED', `${this.name} left the bus`)
  }
}

function requireKept(fate: Fate, to: string): void {
  if (fate === 'kept') return
  throw fate === 'closed'
    ? new BotError('ERR_BOT_CLOSED', `${to} left the bus`)
    : new BotError('ERR_BOT_QUEUE_FULL', `The mailbox of ${to} is full`)
}
