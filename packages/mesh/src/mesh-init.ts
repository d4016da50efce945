import type { ContextStore, Schedule } from '@bzzz/context-store'
import type { Dht } from '@bzzz/dht'
import type { Identity } from '@bzzz/identity'
import type { Admission } from './admission/admission.ts'
import type { KnownPeers } from './join/known-peers.ts'
import type { MeshCluster } from './membership.ts'
import type { MeshEvent } from './mesh.ts'
import type { About } from './presence.ts'

export interface MeshInit {
  /** Whose node it is: signs manifests, and is the node's key on the network. */
  readonly identity: Identity
  /** What this node holds; it stays the caller's to close. */
  readonly store: ContextStore
  /** Multiaddrs to listen on; `/ip4/127.0.0.1/tcp/0` (loopback, any free port) if left out. */
  readonly listen?: readonly string[]
  /** Milliseconds since 1970; the system's clock if left out. */
  readonly now?: () => number
  /** How long what was learned of others counts as fresh, in milliseconds; 30,000 if left out. */
  readonly freshMs?: number
  /**
   * Multiaddrs of nodes to join at the start, and again when they are lost. A list that all nodes
   * share may hold this node's own address. None if left out.
   */
  readonly bootstrap?: readonly string[]
  /** Where known peers are kept over a restart ({@link fileKnownPeers}); nowhere if left out. */
  readonly knownPeers?: KnownPeers
  /** Looks for nodes on the local network by multicast DNS, and is found; false if left out. */
  readonly mdns?: boolean
  /** What this node says of itself to those it meets; nothing if left out. */
  readonly about?: About
  /** 32 hexadecimal digits that name this run of the node, which nobody may know before; random if left out. */
  readonly instance?: string
  /** This node is the first, or the only one: it is ready without others. False if left out. */
  readonly alone?: boolean
  /** A number from 0 up to but not including 1; the system's if left out. */
  readonly random?: () => number
  /** Calls back once after so many milliseconds; the system's timer if left out. */
  readonly schedule?: Schedule
  /**
   * Makes the DHT that is used, of the network's own: a simulated one in its place, or both of them
   * (`createHybridDht`). The network's own if left out. It stays the caller's to close.
   */
  readonly dht?: (own: Dht) => Dht
  /** The cluster whose members alone are talked to; with everybody if left out. */
  readonly cluster?: MeshCluster
  /** Lets those in who were invited, each at a desk of its own: for the node of an admin. Nobody if left out. */
  readonly admission?: () => Admission
  /**
   * Patterns whose timelines other nodes may hand over when they compare what both have, such as
   * `ucxl://any:any@shop:any/**`, 64 at most; those that it follows if left out.
   */
  readonly takes?: readonly string[]
  readonly onEvent?: (event: MeshEvent) => void
}
