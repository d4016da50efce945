import type { ContextStore, StoredVersion } from '@bzzz/context-store'
import { fromInstant } from '@bzzz/temporal-nav'
import { parseKey } from '@bzzz/ucxl-address'
import { parseMessage, type Message } from './message.ts'
import { patternsOf, pinned, placeOf } from './places.ts'
import { isFor, type Participant } from './recipients.ts'
import { parseReply, type Reply, type ReplyBody } from './reply.ts'

/** A message as it is kept. */
export interface KeptMessage {
  readonly key: string
  /** Its address, in this exact version. */
  readonly address: string
  readonly version: number
  /** Content id: what a reply is bound to. */
  readonly content: string
  readonly message: Message
  readonly from: Participant & { readonly did: string }
  /** Milliseconds since 1970. */
  readonly time: number
}

export interface LedgerInit {
  readonly store: ContextStore
  /** All if left out. */
  readonly projects?: readonly string[] | undefined
}

interface Entry {
  kept: KeptMessage | undefined
  /** By the key of the reply. */
  readonly replies: Map<string, Reply>
}

// Messages that are held in memory; of more, those that were written first are left out.
const MOST = 20_000
const MOST_TRIES = 240
// Replies to one message: of whoever, and with those of whom it is for.
const MOST_REPLIES = 1000
const MOST_WITH_ASKED = 2000

/** All messages of some projects with what was said to them, as far as a store has them. */
export class Ledger {
  readonly #init: LedgerInit
  readonly #entries = new Map<string, Entry>()
  /** Keys to be read, with how often their content was not here. */
  readonly #changed = new Map<string, number>()
  #refreshing: Promise<boolean> = Promise.resolve(true)

  constructor(init: LedgerInit) {
    this.#init = init
  }

  /** Takes note of all that is there. */
  async load(signal?: AbortSignal): Promise<void> {
    const { store, projects } = this.#init
    const patterns = projects?.flatMap((project) => patternsOf(project)) ?? patternsOf()
    for (const pattern of patterns)
      for await (const { record } of store.list(pattern, {
        alive: true,
        ...(signal && { signal }),
      }))
        this.#changed.set(record.key, 0)
  }

  /** Takes note of changes. @returns true where any of them matters. */
  note(changes: readonly StoredVersion[]): boolean {
    const { projects } = this.#init
    let isNews = false
    for (const { record } of changes) {
      if (!placeOf(record.key)) continue
      if (projects && !projects.includes(parseKey(record.key).project)) continue
      this.#changed.set(record.key, 0)
      isNews = true
    }
    return isNews
  }

  /** Reads what changed. @returns false where a content is not here yet: it is to be tried again. */
  async refresh(): Promise<boolean> {
    // One after the other: whoever asks gets what was noted before.
    const refreshed = this.#refreshing.catch(() => false).then(async () => this.#readChanged())
    this.#refreshing = refreshed
    return refreshed
  }

  *messages(): Generator<{ readonly kept: KeptMessage; readonly replies: readonly Reply[] }> {
    for (const { kept, replies } of this.#entries.values())
      if (kept) yield { kept, replies: [...replies.values()] }
  }

  async #readChanged(): Promise<boolean> {
    let isComplete = true
    const changed = Array.from(this.#changed)
    for (const [key, tried] of changed) {
      // Before it is read: what is noted meanwhile is read again.
      this.#changed.delete(key)
      if (await this.#read(key)) continue
      // A content that does not come is not waited for: the next version is noted again.
      if (tried >= MOST_TRIES || this.#changed.has(key)) continue
      this.#changed.set(key, tried + 1)
      isComplete = false
    }
    this.#forget()
    return isComplete
  }

  async #read(key: string): Promise<boolean> {
    const place = placeOf(key)
    const head = place && (await this.#init.store.head(key))
    if (!place || !head) return true
    const { content: id, encryption } = head.record
    const content = id === null || encryption ? null : await this.#init.store.content(id)
    if (content === undefined) return false
    const entry = this.#entries.get(place.of) ?? { kept: undefined, replies: new Map() }
    this.#entries.set(place.of, entry)
    if (place.kind === 'message') {
      const message = content ? parseMessage(content) : undefined
      entry.kept = message && keptOf(head, message)
    } else {
      const body = content ? parseReply(content, place.of) : undefined
      const reply = body && replyOf(head, body)
      if (
        reply &&
        (entry.replies.has(key) || hasRoom(entry.replies.size, reply, entry.kept?.message))
      )
        entry.replies.set(key, reply)
      else entry.replies.delete(key)
    }
    return true
  }

  #forget(): void {
    const excess = this.#entries.size - MOST
    if (excess <= 0) return
    const oldest = [...this.#entries].toSorted(([, one], [, other]) => ageOf(one) - ageOf(other))
    for (const [key] of oldest.slice(0, excess)) this.#entries.delete(key)
  }
}

/** A message with what its record says. */
export function keptOf({ record }: StoredVersion, message: Message): KeptMessage {
  const { key, version, content, writer, time } = record
  const { agent: name, role } = parseKey(key)
  return {
    key,
    address: pinned(key, version),
    version,
    content: content ?? '',
    message,
    from: { name, role, did: writer },
    time: fromInstant(time),
  }
}

/** A reply with what its record says. */
export function replyOf({ record }: StoredVersion, body: ReplyBody): Reply {
  const { key, version, writer, time } = record
  const { agent: name, role } = parseKey(key)
  const by = { name, role, did: writer }
  return { ...body, by, time: fromInstant(time), key, address: pinned(key, version) }
}

/** Whether one more reply is kept: those of whom it is for have room where others have none any more. */
export function hasRoom(count: number, { by }: Reply, message: Message | undefined): boolean {
  if (count < MOST_REPLIES) return true
  const isAsked = message !== undefined && isFor(message.to, { name: by.name, roles: [by.role] })
  return isAsked && count < MOST_WITH_ASKED
}

function ageOf({ kept, replies }: Entry): number {
  return kept?.time ?? Math.max(0, ...[...replies.values()].map(({ time }) => time))
}
