import type { ContextStore, VersionRecord } from '@bzzz/context-store'
import type { Identity } from '@bzzz/identity'
import type { ClusterView } from '@bzzz/identity/cluster'
import type { Mesh } from '@bzzz/mesh'
import type {
  dhtKeyOf,
  encodeManifest,
  facetKeyOf,
  signManifest,
  Stranger,
} from '@bzzz/mesh/testing'
import { keyOf, parse } from '@bzzz/ucxl-address'
import type { BotPart, Role, Scene } from '../actor.ts'

/** A node of the mesh under test, and what it holds. */
export interface MeshPeer {
  /** The agent under whose name it writes. */
  readonly name: string
  readonly did: string
  readonly mesh: Mesh
  readonly store: ContextStore
}

/** Somebody who has a certificate, and keeps to no rule: its store takes and gives whatever it likes. */
export interface Turncoat extends MeshPeer {
  /** Ends it. */
  leave(): Promise<void>
}

/** A bot on a mesh, with what it has to act with. */
export interface MeshActor extends BotPart {
  /** The node that it writes and reads through. */
  readonly home: MeshPeer
  readonly stage: MeshStage
  /**
   * A node with the bot's own key that is no member and keeps to no rule; the same one each time.
   *
   * @param store what it hands out, when it is first asked for.
   */
  stranger(store?: ContextStore): Promise<Stranger>
}

/** What bots on a mesh share. */
export interface MeshStage extends Scene<MeshActor> {
  /** All nodes under test: members of one cluster, which follow the project. */
  readonly nodes: readonly MeshPeer[]
  /** The project that bots of this run write in, and nobody else. */
  readonly project: string
  /** What the cluster knows of its members. */
  readonly view: ClusterView
  readonly now: () => number
  /** Milliseconds within which what was acknowledged has to be with all who follow it. */
  readonly spreadMs: number
  /** Makes somebody a member under a name. Nodes hear of it from whoever tells them. */
  readonly certify: (name: string, identity: Identity) => void
  /** Whether a key is that of a member. */
  isMember(did: string): boolean
  /** Has somebody join one of the nodes who has a certificate. */
  enlist(init: {
    readonly name: string
    readonly identity: Identity
    readonly at: MeshPeer
    /** What it hands out in place of a record. */
    readonly instead?: (record: VersionRecord) => VersionRecord
  }): Promise<Turncoat>
  /** A store of somebody who asks nobody who may write what. */
  lawlessStore(identity: Identity): ContextStore
  /** The `did:key` of the member that holds a name. */
  didOf(name: string): string | undefined
  /** Whether somebody's signature is under a record. */
  isSigned(record: VersionRecord): boolean
  /** The content id of some bytes, reckoned here. */
  contentIdOf(bytes: Uint8Array): string
  readonly dht: {
    readonly keyOf: typeof dhtKeyOf
    readonly facetKeyOf: typeof facetKeyOf
    readonly encode: typeof encodeManifest
    readonly sign: typeof signManifest
  }
}

export type MeshRole = Role<MeshActor, MeshStage>

/** Where a node can be reached. */
export function addressOf({ mesh }: MeshPeer): string {
  return mesh.addresses[0] ?? ''
}

/** The address of a context in the project of the run. */
export function contextOf(
  { project }: MeshStage,
  { name }: { name: string },
  path: string,
): string {
  return `ucxl://${name}:bot@${project}:${path}`
}

/** The timeline that an address names. */
export function timelineOf(address: string): string {
  return keyOf(parse(address))
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** One of the nodes, but not a certain one. */
export function anotherNode({ stage, context }: MeshActor, but: MeshPeer): MeshPeer {
  return context.random.pick(stage.nodes.filter((node) => node !== but))
}

/** What a node itself holds of a timeline. */
export async function recordsAt({ store }: MeshPeer, key: string): Promise<VersionRecord[]> {
  const records: VersionRecord[] = []
  for await (const { record } of store.history(key)) records.push(record)
  return records
}

/** Whether a record is what the one signed who holds the name that it stands under. */
export function isTrue(stage: MeshStage, record: VersionRecord): boolean {
  const [name = ''] = record.key.split(':', 1)
  return stage.isSigned(record) && record.writer === stage.didOf(name)
}
