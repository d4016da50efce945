import type { ContextStore } from '@bzzz/context-store'
import type { Presence } from '@bzzz/mesh'
import type { Health } from '@bzzz/runtime'
import type { Slurp } from '@bzzz/slurp'
import type { Inbox, Self } from '@bzzz/inbox'
import type { Ucxi } from '@bzzz/ucxi'

/** Where the portal stands: what it shows beside its tabs. */
export interface Standing {
  /** `joining`: it is on its way to the mesh; `alone`: it works on the home's store, without a mesh. */
  readonly mesh: 'joining' | 'joined' | 'alone'
  /** Why there is no mesh, for people. */
  readonly reason?: string
}

/** Somebody on the mesh. */
export type Peer = Pick<Presence, 'did' | 'about' | 'rttMs'> & Partial<Pick<Presence, 'since'>>

/** Where views get what they show: they do not know whether there is a mesh. */
export interface Source {
  /** `did:key` of the person. */
  readonly did: string
  /** What they are called in addresses. */
  readonly self: Self
  readonly standing: Standing
  /** What awaits the person, and what they say. */
  readonly inbox: Inbox
  /** What is here: it answers at once. */
  readonly store: ContextStore
  readonly local: Ucxi
  /** The same with the mesh, where there is one: reads what is not here, and announces what is written. */
  readonly ucxi: Ucxi
  /** The decisions in the store, with what is new among them. */
  graph(options: { readonly signal: AbortSignal }): Promise<Slurp>
  /** How the services are, by name: here, or in the process that has the home. */
  health(): Promise<ReadonlyMap<string, Health>>
  /** Who is on the mesh. */
  peers(): readonly Peer[]
  /** Nodes that are to be joined and are not. */
  missing(): readonly { readonly address: string; readonly reason: string }[]
}
