import { withDeadline } from '@bzzz/dht'
import type { Timing } from './timing.ts'

export interface HealthComponents {
  /** Peers to look after. */
  readonly peers: () => readonly string[]
  /** @returns milliseconds there and back. */
  readonly ping: (peer: string, options: { readonly signal: AbortSignal }) => Promise<number>
  readonly onAnswer: (peer: string, rttMs: number) => void
  /** Called where a peer did not answer twice in a row. */
  readonly onSilent: (peer: string) => void
  readonly timing: Timing
}

const ROUND_MS = 30_000
const PING_MS = 5000
// One slow ping is a busy machine: connections that work were cut dozens of times an hour for less.
const MISSES = 2

/**
 * Pings every half minute those who are here. A machine that sleeps or a cable that was pulled closes
 * no connection: only silence tells.
 */
export class Health {
  readonly #with: HealthComponents
  readonly #missed = new Map<string, number>()
  readonly #stop = new AbortController()
  #cancel = (): void => {}

  constructor(components: HealthComponents) {
    this.#with = components
  }

  start(): void {
    const { schedule, random } = this.#with.timing
    const inMs = Math.floor(ROUND_MS * (0.8 + 0.4 * random()))
    this.#cancel = schedule(() => {
      const present = this.#with.peers()
      for (const peer of this.#missed.keys()) if (!present.includes(peer)) this.#missed.delete(peer)
      for (const peer of present) void this.check(peer)
      this.start()
    }, inMs)
  }

  /** Pings one peer now. Does not reject. */
  async check(peer: string): Promise<void> {
    const { ping, onAnswer, onSilent } = this.#with
    const { schedule } = this.#with.timing
    const { signal } = this.#stop
    if (signal.aborted) return
    try {
      const options = { signal, timeoutMs: PING_MS, schedule }
      const rttMs = await withDeadline(options, async (stop) => ping(peer, { signal: stop }))
      this.#missed.delete(peer)
      onAnswer(peer, rttMs)
    } catch {
      if (signal.aborted) return
      const missed = (this.#missed.get(peer) ?? 0) + 1
      this.#missed.set(peer, missed)
      if (missed < MISSES) return
      this.#missed.delete(peer)
      onSilent(peer)
    }
  }

  stop(): void {
    this.#cancel()
    this.#stop.abort(new Error('The node has left the mesh'))
  }
}
