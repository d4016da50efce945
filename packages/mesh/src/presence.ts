import { didOfPeer } from './peer-did.ts'
import type { Membership } from './membership.ts'

/** What a node says of itself in its hello. Nobody checks it: in a cluster, certificates count. */
export interface About {
  /** What takes part: `agent`, `human`, `service`. 32 characters at most. */
  readonly kind?: string | undefined
  /** Roles it plays, 16 at most. */
  readonly roles?: readonly string[] | undefined
  /** What it can do, 32 at most. */
  readonly capabilities?: readonly string[] | undefined
  /** Projects that it takes part in, by name, 64 at most. Everybody it meets is told. */
  readonly projects?: readonly string[] | undefined
  /** Version of its software, 64 characters at most. */
  readonly version?: string | undefined
}

/** A node with which hellos were exchanged, and that is connected. */
export interface Presence {
  /** Its peer id. */
  readonly peer: string
  /** `did:key` of the participant: the same key. */
  readonly did: string
  /** What it says of itself; empty where it said nothing. */
  readonly about: About
  /** In a cluster: the names and roles that its certificates give it. */
  readonly memberships?: readonly { readonly name: string; readonly roles: readonly string[] }[]
  /** Since when, in milliseconds since 1970. */
  readonly since: number
  /** Time of the last ping that was answered, there and back, in milliseconds. */
  readonly rttMs?: number
}

interface Entry {
  readonly about: About
  readonly since: number
  rttMs?: number
}

/** Who is here: told of hellos, pings and losses, asked by `mesh.presence()`. */
export class PresenceBook {
  /** What this node says of itself. */
  readonly about: About | undefined
  readonly #now: () => number
  readonly #membership: Membership
  readonly #entries = new Map<string, Entry>()

  constructor(init: {
    readonly about: About | undefined
    readonly now: () => number
    readonly membership: Membership
  }) {
    this.about = init.about
    this.#now = init.now
    this.#membership = init.membership
  }

  /** Takes note of a hello; of a later one on the same connection, what it says. */
  met(peer: string, about: About | undefined): void {
    const known = this.#entries.get(peer)
    const since = known?.since ?? this.#now()
    const rtt = known?.rttMs === undefined ? {} : { rttMs: known.rttMs }
    this.#entries.set(peer, { about: about ?? {}, since, ...rtt })
  }

  left(peer: string): void {
    this.#entries.delete(peer)
  }

  measured(peer: string, rttMs: number): void {
    const entry = this.#entries.get(peer)
    if (entry) entry.rttMs = rttMs
  }

  peers(): string[] {
    return [...this.#entries.keys()]
  }

  /** Those who are here, the ones who came first first. */
  list(): Presence[] {
    return [...this.#entries].map(([peer, entry]) => {
      const memberships = this.#membership.standingOf(peer)
      return { peer, did: didOfPeer(peer), ...entry, ...(memberships && { memberships }) }
    })
  }
}

/** What a node says of itself, as it is sent. */
export function wireAbout(about: About | undefined): WireAbout | undefined {
  if (!about) return undefined
  const { kind, roles, capabilities, projects, version } = about
  return {
    kind,
    roles: roles && [...roles],
    capabilities: capabilities && [...capabilities],
    projects: projects && [...projects],
    version,
  }
}

interface WireAbout {
  kind: string | undefined
  roles: string[] | undefined
  capabilities: string[] | undefined
  projects: string[] | undefined
  version: string | undefined
}
