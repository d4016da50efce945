import type { CallOptions, ContextStore, Schedule, StoredVersion } from '@bzzz/context-store'
import { StoreError } from '@bzzz/context-store'
import { TemporalError } from '@bzzz/temporal-nav'
import { format, keyOf, parse } from '@bzzz/ucxl-address'
import { v7 } from 'uuid'
import { InboxError } from './errors.ts'
import type { Inbox, Item, ItemsOptions, MessageDraft, ReplyDraft } from './inbox.ts'
import { hasRoom, keptOf, Ledger, replyOf, type KeptMessage } from './ledger.ts'
import { MAX_BYTES } from './json.ts'
import { checkMessage, MESSAGE_TYPE, parseMessage, type Message } from './message.ts'
import { messageAddress, pinned, placeOf, replyAddress, repliesTo } from './places.ts'
import { assertFits } from './fits.ts'
import { isFor, mentions, type Self } from './recipients.ts'
import { checkReply, parseReply, REPLY_TYPE, type Reply } from './reply.ts'
import { standingOf } from './standing.ts'

export interface InboxInit {
  /** Its writer is the participant. */
  readonly store: ContextStore
  /** Whose inbox it is. */
  readonly self: Self
  /** Projects that are looked at; all that the store has if left out. */
  readonly projects?: readonly string[]
  /** Told of each version that was written: an app lets the mesh know. */
  readonly onWritten?: (written: StoredVersion) => void
  /** The name of a message that has none; a UUID v7 of the platform's clock and chance if left out. */
  readonly newId?: () => string
  /** The timer; the system's if left out. */
  readonly schedule?: Schedule
}

// Contents may come after the records that name them.
const AGAIN_MS = 250

/** Makes the inbox of one participant. Nothing is read before it is asked. */
export function createInbox(init: InboxInit): Inbox {
  return new StoreInbox(init)
}

class StoreInbox implements Inbox {
  readonly #init: InboxInit
  readonly #ledger: Ledger
  readonly #listeners = new Set<() => void>()
  #loading: Promise<void> | undefined
  #unwatch: (() => void) | undefined
  #cancelAgain: (() => void) | undefined
  #isClosed = false

  constructor(init: InboxInit) {
    this.#init = init
    this.#ledger = new Ledger(init)
  }

  async items({ all = false, signal }: ItemsOptions = {}): Promise<readonly Item[]> {
    await this.#refresh()
    signal?.throwIfAborted()
    const items: Item[] = []
    for (const { kept, replies } of this.#ledger.messages()) {
      const item = this.#itemOf(kept, replies)
      if (item && (all || item.isOpen)) items.push(item)
    }
    return items.toSorted((one, other) => other.time - one.time || (one.key < other.key ? -1 : 1))
  }

  async item(address: string, { signal }: CallOptions = {}): Promise<Item> {
    const options = signal ? { signal } : {}
    const { key, head, content } = await this.#headOf(address, options)
    const message = placeOf(key)?.kind === 'message' ? parseMessage(content) : undefined
    if (!message) throw new InboxError('ERR_INBOX_NOT_FOUND', `There is no message at ${address}`)
    const kept = keptOf(head, message)
    const replies = await this.#repliesTo(key, message, options)
    return this.#itemOf(kept, replies) ?? this.#bareItem(kept, replies)
  }

  async send(draft: MessageDraft, { signal }: CallOptions = {}): Promise<KeptMessage> {
    this.#assertOpen()
    const { project, task, id, about = [], ...rest } = draft
    const pins: Message['about'][number][] = []
    for (const one of about) pins.push(typeof one === 'string' ? await this.#pin(one, signal) : one)
    const message = checkMessage({ ...rest, ...(pins.length > 0 && { about: pins }) })
    const { self, newId = v7 } = this.#init
    const at = { name: self.name, role: self.roles[0] }
    const address = messageAddress(at, { project, task }, id ?? newId())
    const written = await this.#put(format(address), message, MESSAGE_TYPE, signal)
    return keptOf(written, message)
  }

  async reply(address: string, draft: ReplyDraft, { signal }: CallOptions = {}): Promise<Reply> {
    const { kind, content, answer, comment } = draft
    const found = await this.#resolve(address, signal)
    const { key, version, content: stands } = found.record
    // Of a message the newest counts, whatever version was named.
    const newest = placeOf(key)?.kind === 'message' ? await this.#init.store.head(key) : found
    if (stands !== content || newest?.record.content !== content) {
      const why = `${address} is not what was shown any more: look at it again`
      throw new InboxError('ERR_INBOX_CHANGED', why)
    }
    assertFits(draft, { message: await this.#messageIn(found), to: address, self: this.#init.self })
    const body = checkReply({
      kind,
      to: key,
      version,
      content,
      ...(answer !== undefined && { answer }),
      ...(comment !== undefined && comment !== '' && { comment }),
    })
    const { name, roles } = this.#init.self
    const at = format(replyAddress(key, { name, role: roles[0] }))
    const written = await this.#put(at, body, REPLY_TYPE, signal)
    return replyOf(written, body)
  }

  async replies(address: string, options: CallOptions = {}): Promise<readonly Reply[]> {
    return this.#repliesTo(keyOf(parse(address)), undefined, options)
  }

  async takeBack(address: string, { signal }: CallOptions = {}): Promise<StoredVersion> {
    const options = signal ? { signal } : {}
    const { key } = await this.#headOf(address, options)
    if (!placeOf(key))
      throw new InboxError('ERR_INBOX_NOT_FOUND', `${address} is no message and no reply`)
    const written = await this.#init.store.put({ address: pinned(key, 1), content: null }, options)
    this.#written(written)
    return written
  }

  watch(listener: () => void): () => void {
    this.#assertOpen()
    const own = (): void => listener()
    this.#listeners.add(own)
    this.#look()
    return () => this.#listeners.delete(own)
  }

  close(): void {
    this.#isClosed = true
    this.#listeners.clear()
    this.#unwatch?.()
    this.#cancelAgain?.()
  }

  /** What is new is read, and again a bit later where its content did not come yet. */
  async #refresh(): Promise<void> {
    this.#assertOpen()
    this.#unwatch ??= this.#init.store.watch((changes) => {
      if (this.#ledger.note(changes)) this.#look()
    })
    this.#loading ??= this.#ledger.load().catch((error: unknown) => {
      this.#loading = undefined
      throw error
    })
    await this.#loading
    const isComplete = await this.#ledger.refresh()
    this.#cancelAgain?.()
    if (isComplete || this.#isClosed || this.#listeners.size === 0) return
    this.#cancelAgain = (this.#init.schedule ?? systemSchedule)(() => this.#look(), AGAIN_MS)
  }

  /** Reads what is new, and tells those who watch. */
  #look(): void {
    if (this.#listeners.size === 0 || this.#isClosed) return
    // What could not be read now is read when somebody asks for it, who is told what is wrong.
    void (async () => {
      await this.#refresh().catch(() => {})
      for (const listener of this.#listeners) listener()
    })()
  }

  #itemOf(kept: KeptMessage, replies: readonly Reply[]): Item | undefined {
    const { self } = this.#init
    const { message, from } = kept
    const bare = this.#bareItem(kept, replies)
    if (from.name === self.name) return { ...bare, why: 'sent', isOpen: false }
    const why = isFor(message.to, self) ? 'for me' : mentionedIn(message, self.name)
    if (!why) return undefined
    // What was said to an older content is not said to this one.
    const isDone = bare.mine?.content === kept.content
    return { ...bare, why, isOpen: !isDone && bare.standing.status === 'open' }
  }

  #bareItem(kept: KeptMessage, replies: readonly Reply[]): Item {
    const { name } = this.#init.self
    const mine = replies.findLast(({ by }) => by.name === name)
    return {
      ...kept,
      why: 'mentioned',
      standing: standingOf(kept.message, kept.content, replies),
      replies: inOrder(replies),
      ...(mine && { mine }),
      isOpen: false,
    }
  }

  async #repliesTo(
    to: string,
    message: Message | undefined,
    options: CallOptions,
  ): Promise<readonly Reply[]> {
    this.#assertOpen()
    const { store } = this.#init
    const all: Reply[] = []
    for await (const version of store.list(repliesTo(to), { ...options, alive: true })) {
      const { content: id } = version.record
      const content = id === null ? undefined : await store.content(id)
      const body = content && parseReply(content, to)
      const reply = body && replyOf(version, body)
      if (reply && hasRoom(all.length, reply, message)) all.push(reply)
    }
    return inOrder(all)
  }

  /** The message that a version is; undefined for any other context. */
  async #messageIn({ record }: StoredVersion): Promise<Message | undefined> {
    const { key, content } = record
    if (placeOf(key)?.kind !== 'message' || content === null) return undefined
    const bytes = await this.#init.store.content(content)
    return bytes && parseMessage(bytes)
  }

  async #pin(address: string, signal: AbortSignal | undefined): Promise<Message['about'][number]> {
    const { record } = await this.#resolve(address, signal)
    return { address: pinned(record.key, record.version), content: record.content }
  }

  async #put(
    address: string,
    value: unknown,
    contentType: string,
    signal: AbortSignal | undefined,
  ): Promise<StoredVersion> {
    const { store } = this.#init
    const content = Buffer.from(JSON.stringify(value))
    if (content.length > MAX_BYTES)
      throw new InboxError('ERR_INBOX_INVALID', `It has more than ${MAX_BYTES} bytes`)
    const before = await store.head(keyOf(parse(address)))
    const options = signal ? { signal } : {}
    // A second one like the first is the first.
    const same = before?.record.content != null && (await store.content(before.record.content))
    if (before && same && content.equals(same)) return before
    const ifVersion = before?.record.version ?? 0
    const written = await store.put({ address, content, contentType, ifVersion }, options)
    this.#written(written)
    return written
  }

  #written(written: StoredVersion): void {
    this.#ledger.note([written])
    this.#init.onWritten?.(written)
    this.#look()
  }

  async #headOf(address: string, options: CallOptions) {
    this.#assertOpen()
    const { store } = this.#init
    const key = keyOf(parse(address))
    const head = await store.head(key, options)
    const id = head?.record.content
    const content = typeof id === 'string' ? await store.content(id, options) : undefined
    if (head && content) return { key, head, content }
    throw new InboxError('ERR_INBOX_NOT_FOUND', `There is nothing at ${address}`)
  }

  async #resolve(address: string, signal: AbortSignal | undefined): Promise<StoredVersion> {
    this.#assertOpen()
    try {
      return await this.#init.store.resolve(address, signal ? { signal } : {})
    } catch (cause) {
      if (!TemporalError.is(cause) && !StoreError.is(cause, 'ERR_STORE_CONTENT_MISSING'))
        throw cause
      const why = `There is nothing at ${address}: ${cause.message}`
      throw new InboxError('ERR_INBOX_NOT_FOUND', why, { cause })
    }
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new InboxError('ERR_INBOX_CLOSED', 'The inbox is closed')
  }
}

function mentionedIn({ title, body }: Message, name: string): 'mentioned' | undefined {
  return mentions(`${title}\n${body}`, name) ? 'mentioned' : undefined
}

function inOrder(replies: readonly Reply[]): readonly Reply[] {
  return replies.toSorted((one, other) => one.time - other.time || (one.key < other.key ? -1 : 1))
}

function systemSchedule(run: () => void, ms: number): () => void {
  const timer = setTimeout(run, ms)
  return () => clearTimeout(timer)
}
