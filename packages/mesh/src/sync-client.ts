import { contentIdOf, MAX_CONTENT_BYTES } from '@bzzz/context-store'
import { MeshError } from './errors.ts'
import type { Channel } from './libp2p/node.ts'
import type { Head } from './manifest.ts'
import type { ClusterHello } from './membership.ts'
import type { HeadTuple } from './reconcile/comparing.ts'
import { decodeRanges, type RangeAnswer } from './reconcile/messages.ts'
import type { OfferAnswer } from './reconcile/reconciler.ts'
import {
  CHUNK_BYTES,
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

type Unnumbered<Request> = Request extends { id: number } ? Omit<Request, 'id'> : never

/**
 * Asks one other node, over one open stream on which any number of requests are under way at once.
 */
export class SyncClient {
  readonly #channel: Channel
  readonly #waiting = new Map<number, PromiseWithResolvers<Message<SyncResponse>>>()
  #nextId = 0
  #ended: MeshError | undefined

  constructor(channel: Channel) {
    this.#channel = channel
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
    options?: CallOptions,
  ): Promise<ClusterHello | undefined> {
    const shown = member && { ...member, statements: [...member.statements] }
    const request = { type: 'hello' as const, protocol: 1, ...(shown && { member: shown }) }
    const { head } = await this.#ask(request, options)
    return head.member
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

  /** All heads of a collection that the other node holds, in the order of their keys. */
  async *heads(collection: string, options?: CallOptions): AsyncIterable<Head> {
    let after = ''
    for (;;) {
      const { head } = await this.#ask({ type: 'heads', collection, after }, options)
      for (const [key, version, id] of head.heads) {
        if (key <= after) throw this.#protocolError('heads out of order')
        after = key
        yield { key, version, id }
      }
      if (!head.more || head.heads.length === 0) return
    }
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

  /**
   * The bytes of a content id, checked against it.
   *
   * @throws `ERR_MESH_UNTRUSTED` where the other node sent something else.
   */
  async content(id: string, options?: CallOptions): Promise<Uint8Array> {
    const first = await this.#ask({ type: 'content', content: id, offset: 0 }, options)
    const { size } = first.head
    if (size > MAX_CONTENT_BYTES) throw this.#protocolError(`a content of ${size} bytes`)
    const bytes = new Uint8Array(size)
    const place = ({ head, body }: Message<ResponseTo<'content'>>, offset: number): void => {
      const expected = Math.min(CHUNK_BYTES, size - offset)
      if (head.size !== size || body.length !== expected)
        throw this.#protocolError('a chunk of a wrong size')
      bytes.set(body, offset)
    }
    place(first, 0)
    const rest: Promise<void>[] = []
    for (let offset = CHUNK_BYTES; offset < size; offset += CHUNK_BYTES) {
      const chunk = this.#ask({ type: 'content', content: id, offset }, options)
      const placed = chunk.then((message) => place(message, offset))
      // The first failure ends the call; those of the others are then nobody's.
      placed.catch(() => {})
      rest.push(placed)
      // A few in flight keep the line busy; more would only fill buffers.
      if (rest.length >= 4) await rest.shift()
    }
    await Promise.all(rest)
    if (contentIdOf(bytes) !== id) {
      throw new MeshError('ERR_MESH_UNTRUSTED', `${this.peer} sent other bytes than those of ${id}`)
    }
    return bytes
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
    return decodeRanges(body, prefixes.slice(0, head.answered))
  }

  /** The newest versions at places. They are not checked yet. */
  async places(
    asked: { readonly pattern: string; readonly places: string[] },
    options?: CallOptions,
  ): Promise<HeadTuple[]> {
    return (await this.#ask({ type: 'places', ...asked }, options)).head.heads
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
    options?.signal?.addEventListener('abort', onAbort, { once: true })
    try {
      const bytes = encodeMessage({ id, ...request })
      await this.#channel.write(bytes, options)
      const message = await waiting.promise
      if (options?.meter) {
        options.meter.sent += bytes.length
        options.meter.received += message.bytes
      }
      const { head } = message
      if (head.type === 'error') {
        const strange = head.code === 'ERR_MESH_MEMBERSHIP'
        throw new MeshError(
          strange ? 'ERR_MESH_MEMBERSHIP' : 'ERR_MESH_NOT_FOUND',
          `${this.peer} answered ${head.code}: ${head.message}`,
        )
      }
      if (head.type !== request.type) throw this.#protocolError(`an answer of type ${head.type}`)
      return message as Message<ResponseTo<Request['type']>>
    } finally {
      this.#waiting.delete(id)
      options?.signal?.removeEventListener('abort', onAbort)
    }
  }

  async #receive(): Promise<void> {
    try {
      for (;;) {
        const message = decodeResponse(await this.#channel.read())
        this.#waiting.get(message.head.id)?.resolve(message)
      }
    } catch (cause) {
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
