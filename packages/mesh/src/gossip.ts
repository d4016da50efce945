import type { Schedule } from '@bzzz/context-store'
import type { MeshError } from './errors.ts'

/**
 * What becomes of a message: `accept` passes it on, `ignore` does not, and `reject` does not and counts
 * it against the peer that it came from.
 */
export type Verdict = 'accept' | 'ignore' | 'reject'

export interface GossipMessage {
  readonly topic: string
  /** Peer id of who passed it on, which need not be who wrote it. */
  readonly peer: string
  readonly bytes: Uint8Array
}

/** Messages to all that listen to a topic. A hint: any of them may be lost. */
export interface Gossip {
  /**
   * Sends a message to all that listen. The same bytes are sent once.
   *
   * @returns how many neighbours it was sent to; they pass it on.
   * @throws `ERR_MESH_TOO_LARGE`.
   */
  publish(topic: string, bytes: Uint8Array): Promise<number>
  /**
   * Listens to a topic. Each message is checked before it is passed on: within 100 ms, or gossip is
   * slow for all.
   *
   * @returns what ends it.
   */
  subscribe(topic: string, validate: (message: GossipMessage) => Promise<Verdict>): () => void
  /**
   * Hears a peer that is a member from now on, and says to it once more what this node listens to: before they knew
   * each other for members, both heard nothing of it.
   */
  introduce(peer: string): void
  /** Connected peers that listen to a topic. */
  subscribers(topic: string): string[]
  /** Topics that connected peers listen to, 64 of each peer at most. */
  topics(): Set<string>
  /** Told of each topic that a peer begins to listen to. */
  onTopic(listener: (peer: string, topic: string) => void): void
}

export interface GossipInit {
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly schedule: Schedule
  /** False for a peer that is neither told nor heard. */
  readonly mayHear: (peer: string) => boolean
  /** Told why a message was refused; once for many of the same peer in a row. */
  readonly onRefused: (peer: string, error: MeshError) => void
  /** Told of a peer that is cut off: else it could connect again for something else. */
  readonly onCutOff?: (peer: string) => void
}
