import { DhtError, type DhtCallOptions } from '@bzzz/dht'
import { assertCallable, runCall, type OpenCalls } from './call.ts'
import { MockError } from './errors.ts'
import type { Host } from './host.ts'
import type { Handler, MockNode } from './mock-node.ts'
import type { World } from './world.ts'

/** Protocols of the user's own, over the same network as the DHT. */
export class Channels {
  readonly #world: World
  readonly #handlers = new Map<Host, Map<string, { handler: Handler; node: MockNode }>>()

  constructor(world: World) {
    this.#world = world
  }

  handle(host: Host, protocol: string, node: MockNode, handler: Handler): () => void {
    let own = this.#handlers.get(host)
    if (!own) this.#handlers.set(host, (own = new Map()))
    const entry = { handler, node }
    own.set(protocol, entry)
    return () => {
      if (own.get(protocol) === entry) own.delete(protocol)
    }
  }

  async request(
    from: Host,
    to: Host,
    message: { readonly protocol: string; readonly bytes: Uint8Array },
    options: DhtCallOptions | undefined,
    open: OpenCalls,
  ): Promise<Uint8Array> {
    const { protocol } = message
    const bytes = new Uint8Array(message.bytes)
    const init = {
      world: this.#world,
      host: from,
      open,
      name: 'request',
      key: protocol,
      options,
    } as const
    return runCall<Uint8Array>(init, (call) => {
      call.tally.messages = 1
      const refused = (): void =>
        call.reject(new DhtError('ERR_DHT_UNREACHABLE', `${to.id} has left the network`))
      const { wire } = this.#world
      const arrived = (): void => {
        if (to.stalled) return
        if (wire.fails()) {
          const failed = (): void =>
            call.reject(new DhtError('ERR_DHT_UNREACHABLE', `${to.id} answered with a failure`))
          wire.carry(to, from, 'request-answer', protocol, 0, failed)
          return
        }
        const back = (answer: Uint8Array | MockError): void => {
          const carry = (): void =>
            wire.carry(to, from, 'request-answer', protocol, lengthOf(answer), () => {
              call.tally.answered = 1
              if (answer instanceof MockError) call.reject(answer)
              else call.resolve(new Uint8Array(answer))
            })
          if (to.slowMs > 0) this.#world.clock.in(to.slowMs, carry)
          else carry()
        }
        void this.#run(from, to, protocol, bytes).then(back)
      }
      wire.carry(from, to, 'request', protocol, bytes.length, arrived, refused)
    })
  }

  send(from: Host, to: Host, protocol: string, given: Uint8Array): void {
    assertCallable(from, undefined)
    const bytes = new Uint8Array(given)
    this.#world.wire.carry(from, to, 'send', protocol, bytes.length, () => {
      if (!to.stalled) void this.#run(from, to, protocol, bytes)
    })
  }

  /** What the handler answers, or the error that the other side hears of. */
  async #run(
    from: Host,
    to: Host,
    protocol: string,
    bytes: Uint8Array,
  ): Promise<Uint8Array | MockError> {
    // The answer comes as a promise, even where there is nobody to give one.
    this.#world.clock.touch()
    const entry = this.#handlers.get(to)?.get(protocol)
    if (!entry) {
      return new MockError('ERR_MOCK_PROTOCOL', `${to.id} has no handler for ${protocol}`)
    }
    try {
      // Its own copy: a message may arrive twice.
      const answer = await entry.handler(new Uint8Array(bytes), { from: from.id, node: entry.node })
      return answer ?? new Uint8Array()
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause)
      return new MockError(
        'ERR_MOCK_HANDLER',
        `The handler of ${protocol} at ${to.id} threw: ${why}`,
        {
          cause,
        },
      )
    }
  }
}

function lengthOf(answer: Uint8Array | MockError): number {
  return answer instanceof MockError ? 0 : answer.length
}
