import type { Provider } from '@bzzz/dht'
import { MeshError } from './errors.ts'
import type { Inquiry, Instance } from './instances.ts'
import type { Channel } from './network-node.ts'
import { collectionOf, type Head } from './manifest.ts'
import type { ClusterHello } from './membership.ts'
import { wireAbout, type About } from './presence.ts'
import { wholeOf, type Parts } from './parts.ts'
import type { HeadTuple } from './reconcile/comparing.ts'
import { decodeRanges, type RangeAnswer } from './reconcile/messages.ts'
import type { OfferAnswer } from './reconcile/reconciler.ts'
import {
  decodeResponse,
  encodeMessage,
  type Message,
  type ResponseTo,
  type SyncRequest,
  type SyncResponse,
} from './sync-messages.ts'

/** Counts the bytes of messages. */
export interface Meter {
  sent: number
  received: number
}

export interface CallOptions {
  readonly signal?: AbortSignal
  /** Told of what the call sends and receives. */
  readonly meter?: Meter
}

/** What a node says in its hello, besides what shows that it belongs to the cluster. */
interface Said extends Inquiry {
  readonly about?: About | undefined
  readonly instance?: Instance | undefined
}

type Unnumbered<Request> = Request extends { id: number } ? Omit<Request, 'id'> : never

// Codes of another node that mean the same here; all others say that it cannot give what was asked.
const TAKEN_OVER = ['ERR_MESH_BUSY', 'ERR_MESH_MEMBERSHIP'] as const

/**
 * Asks one other node, over one open stream on which any number of requests are under way at once.
 */
export class SyncClient {
  readonly #channel: Channel
  readonly #waiting = new Map<number, PromiseWithResolvers<Message<SyncResponse>>>()
  readonly #onBroken: (error: MeshError) => void
  #nextId = 0
  /** Answers that nobody waits for any more. */
  #abandoned = 0
  #ended: MeshError | undefined

  /** @param onBroken told where the other node sends what is none of the protocol, which ends the stream. */
  constructor(channel: Channel, onBroken: (error: MeshError) => void = () => {}) {
    this.#channel = channel
    this.#onBroken = onBroken
    void this.#receive()
  }

  /** Peer id of the other node. */
  get peer(): string {
    return this.#channel.peer
  }

  /** False once the stream has ended: a new one is needed then. */
  get isOpen(): boolean {
    return this.#ended === undefined
  }

  /** Shows what this node is; gives what the other one shows. @throws `ERR_MESH_MEMBERSHIP`. */
  async hello(
    member: ClusterHello | undefined,
    options?: CallOptions & Said,
  ): Promise<ResponseTo<'hello'>> {
    const shown = member && { ...member, statements: [...member.statements] }
    const about = wireAbout(options?.about)
    const { instance, asks, twice } = options ?? {}
    const own = { member: shown, about, instance: instance && { ...instance }, asks, twice }
    const { head } = await this.#ask({ type: 'hello', protocol: 1, ...own }, options)
    return head
  }

  /** Tells the other node statements of the cluster, and gives a page of its own. */
  async statements(
    told: readonly unknown[],
    after: number,
    options?: CallOptions,
  ): Promise<ResponseTo<'statements'>> {
    const request = { type: 'statements' as const, after, statements: [...told] }
    return (await this.#ask(request, options)).head
  }

  /** A page of what the other node holds that matches a pattern; what it sends is not checked here. */
  async list(
    pattern: string,
    after: string,
    options?: CallOptions,
  ): Promise<{ readonly records: readonly unknown[]; readonly next?: string | undefined }> {
    return (await this.#ask({ type: 'list', pattern, after }, options)).head
  }

  /** Who said to the other node that they hold something of a facet. */
  async providers(facet: string, options?: CallOptions): Promise<Provider[]> {
    const { head } = await this.#ask({ type: 'providers', facet }, options)
    return head.providers.map(([peer, addresses]) => ({ id: peer, addresses }))
  }

  /**
   * All heads of a collection that the other node holds, in the order of their keys. They may be without
   * end: it is for the caller to stop.
   */
  async *heads(collection: string, options?: CallOptions): AsyncIterable<Head> {
    let after = ''
    for (;;) {
      const { head } = await this.#ask({ type: 'heads', collection, after }, options)
      for (const [key, version, id] of head.heads) {
        if (key <= after) throw this.#protocolError('heads out of order')
        if (collectionOf(key) !== collection)
          throw this.#protocolError(`a head of ${key} for ${collection}`)
        after = key
        yield { key, version, id }
      }
      if (!head.more || head.heads.length === 0) return
    }
  }

  /**
   * Resolves when the other node keeps these versions durably.
   *
   * @param heads 500 at most.
   * @throws `ERR_MESH_NOT_FOUND` where it does not, or does not follow them.
   */
  async hold(heads: readonly Head[], options?: CallOptions): Promise<void> {
    const rows = heads.map((head): [string, number, string] => [head.key, head.version, head.id])
    await this.#ask({ type: 'hold', heads: rows }, options)
  }

  /** The records of a timeline after a version, page by page. They are not checked yet. */
  async *timeline(key: string, after: number, options?: CallOptions): AsyncIterable<unknown[]> {
    let last = after
    for (;;) {
      const { head } = await this.#ask({ type: 'timeline', key, after: last }, options)
      if (head.records.length > 0) yield head.records
      if (!head.more || head.records.length === 0) return
      last += head.records.length
    }
  }

  /** The chunk of a content at an offset, and how long the other node says that the whole is. */
  async chunk(
    id: string,
    offset: number,
    options?: CallOptions,
  ): Promise<{ bytes: Parts; size: number }> {
    const { head, body } = await this.#ask({ type: 'content', content: id, offset }, options)
    return { bytes: body, size: head.size }
  }

  /** What the other node knows to have been erased, page by page, after a place. It is not checked yet. */
  async redactions(
    pattern: string,
    after: number,
    options?: CallOptions,
  ): Promise<{ readonly redactions: readonly unknown[]; readonly last: number }> {
    return (await this.#ask({ type: 'redactions', pattern, after }, options)).head
  }

  /** Begins a comparison: how many timelines match, and their fingerprint. */
  async summary(pattern: string, options?: CallOptions): Promise<ResponseTo<'summary'>> {
    return (await this.#ask({ type: 'summary', pattern }, options)).head
  }

  /** What is in the first of these ranges, as many as fit one message, and at least one. */
  async ranges(
    { pattern, prefixes }: { readonly pattern: string; readonly prefixes: string[] },
    options?: CallOptions,
  ): Promise<RangeAnswer[]> {
    const { head, body } = await this.#ask({ type: 'ranges', pattern, prefixes }, options)
    if (head.answered === 0 || head.answered > prefixes.length)
      throw this.#protocolError(`${head.answered} ranges for ${prefixes.length}`)
    return decodeRanges(wholeOf(body), prefixes.slice(0, head.answered))
  }

  /** The newest versions at places. They are not checked yet. */
  async places(
    asked: { readonly pattern: string; readonly places: string[] },
    options?: CallOptions,
  ): Promise<HeadTuple[]> {
    return (await this.#ask({ type: 'places', ...asked }, options)).head.heads
  }

  /** The records of several timelines after a version of each; nothing of it is checked yet. */
  async many(
    asked: readonly { readonly key: string; readonly newest: number }[],
    options?: CallOptions,
  ): Promise<{
    readonly answered: number
    readonly records: readonly unknown[]
    readonly contents: ReadonlyMap<string, Uint8Array>
  }> {
    const after = asked.map(({ key, newest }): [string, number] => [key, newest])
    const { head, body: parts } = await this.#ask({ type: 'many', after }, options)
    if (head.answered > asked.length)
      throw this.#protocolError(`${head.answered} timelines for ${asked.length}`)
    const body = wholeOf(parts)
    const contents = new Map<string, Uint8Array>()
    let at = 0
    for (const [id, size] of head.contents) {
      // A copy: the message is not kept for the sake of a part of it.
      contents.set(id, body.slice(at, at + size))
      at += size
    }
    if (at !== body.length) throw this.#protocolError('contents of another length')
    return { answered: head.answered, records: head.records, contents }
  }

  /** Offers newest versions; answered when the other node has fetched what it takes of them. */
  async offer(heads: readonly HeadTuple[], options?: CallOptions): Promise<OfferAnswer> {
    return (await this.#ask({ type: 'offer', heads: [...heads] }, options)).head
  }

  close(): void {
    this.#end(new MeshError('ERR_MESH_CLOSED', 'The stream was closed'))
  }

  async #ask<Request extends Unnumbered<SyncRequest>>(
    request: Request,
    options?: CallOptions,
  ): Promise<Message<ResponseTo<Request['type']>>> {
    options?.signal?.throwIfAborted()
    if (this.#ended) throw this.#ended
    const id = this.#nextId++
    const waiting = Promise.withResolvers<Message<SyncResponse>>()
    this.#waiting.set(id, waiting)
    // Where the write fails nobody awaits the answer; its rejection is told by the write.
    waiting.promise.catch(() => {})
    const onAbort = (): void => waiting.reject(options?.signal?.reason as Error)
    let isAnswered = false
    options?.signal?.addEventListener('abort', onAbort, { once: true })
    try {
      const bytes = encodeMessage({ id, ...request })
      await this.#channel.write(bytes, options)
      const message = await waiting.promise
      isAnswered = true
      if (options?.meter) {
        options.meter.sent += bytes.length
        options.meter.received += message.bytes
      }
      const { head } = message
      if (head.type === 'error') {
        const said = TAKEN_OVER.find((code) => code === head.code)
        throw new MeshError(
          said ?? 'ERR_MESH_NOT_FOUND',
          `${this.peer} answered ${head.code}: ${head.message}`,
        )
      }
      if (head.type !== request.type) throw this.#protocolError(`an answer of type ${head.type}`)
      return message as Message<ResponseTo<Request['type']>>
    } finally {
      if (!isAnswered) this.#abandoned++
      this.#waiting.delete(id)
      options?.signal?.removeEventListener('abort', onAbort)
    }
  }

  async #receive(): Promise<void> {
    try {
      for (;;) {
        const message = decodeResponse(await this.#channel.read())
        const waiting = this.#waiting.get(message.head.id)
        this.#waiting.delete(message.head.id)
        waiting?.resolve(message)
        // One that was given up may still come, once.
        if (!waiting && --this.#abandoned < 0)
          throw this.#protocolError('answers that nobody asked for')
      }
    } catch (cause) {
      if (cause instanceof MeshError) this.#onBroken(cause)
      this.#end(
        cause instanceof MeshError
          ? cause
          : new MeshError('ERR_MESH_UNREACHABLE', `The stream to ${this.peer} ended`, { cause }),
      )
    }
  }

  #end(error: MeshError): void {
    if (this.#ended) return
    this.#ended = error
    this.#channel.close()
    for (const waiting of this.#waiting.values()) waiting.reject(error)
  }

  #protocolError(what: string): MeshError {
    return new MeshError('ERR_MESH_PROTOCOL', `${this.peer} does not keep to the protocol: ${what}`)
  }
}
