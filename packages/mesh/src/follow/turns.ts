import type { Timing } from '../timing.ts'

export interface TurnsInit {
  /** Peer id of this node. */
  readonly self: string
  /** Peers with which hellos were exchanged. */
  readonly joined: ReadonlySet<string>
  readonly timing: Pick<Timing, 'now' | 'schedule'>
}

// The other one has begun by then, unless it does not follow what this node follows.
const BEGIN_MS = 500
// Who asks for nothing for so long has ended its comparison, or has died over it.
const QUIET_MS = 250
// However long the other one takes, and whatever it asks meanwhile.
const MAX_MS = 5000

/**
 * Says which of two nodes that meet compares first: the one whose peer id is smaller. Both at once would
 * find the same differences and fetch the same twice over. The other one's turn comes when the first one
 * asks nothing any more, however that ended: most often nothing differs then, which costs one message.
 */
export class Turns {
  readonly #init: TurnsInit
  /** When a peer last asked for something of a comparison. */
  readonly #asked = new Map<string, number>()
  readonly #waiting = new Set<() => void>()

  constructor(init: TurnsInit) {
    this.#init = init
  }

  /** Takes note of a peer that compares with this node. */
  heard(peer: string): void {
    if (this.#init.joined.has(peer)) this.#asked.set(peer, this.#init.timing.now())
  }

  /** Does something at once, or when it is this node's turn. Not at all where the peer has left. */
  after(peer: string, work: () => void): void {
    const { self, timing } = this.#init
    if (self < peer) work()
    else this.#wait({ peer, work, until: timing.now() + MAX_MS }, BEGIN_MS)
  }

  forget(peer: string): void {
    this.#asked.delete(peer)
  }

  stop(): void {
    for (const cancel of this.#waiting) cancel()
    this.#waiting.clear()
    this.#asked.clear()
  }

  #wait(turn: { peer: string; work: () => void; until: number }, inMs: number): void {
    const { joined, timing } = this.#init
    const cancel = timing.schedule(() => {
      this.#waiting.delete(cancel)
      if (!joined.has(turn.peer)) return
      const now = timing.now()
      const quietMs = now - (this.#asked.get(turn.peer) ?? Number.NEGATIVE_INFINITY)
      // Also where the clock was set: a negative time is no silence.
      if (Math.abs(quietMs) < QUIET_MS && now < turn.until) this.#wait(turn, QUIET_MS)
      else turn.work()
    }, inMs)
    this.#waiting.add(cancel)
  }
}
