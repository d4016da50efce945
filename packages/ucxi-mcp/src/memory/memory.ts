import type { Access } from '@bzzz/context-store'
import type { Chain, ChainOptions } from '@bzzz/decision-schema/chains'
import type { Identity } from '@bzzz/identity'
import type { CallOptions } from '@bzzz/temporal-nav'
import type { EntryView, FoundView, Input, VersionView } from '@bzzz/ucxi'

/**
 * What is known of a signature: `held` or `failed` where it was checked just now; `node` where the
 * node that answered checks every record that it takes in, and this process cannot.
 */
export type Signature = 'held' | 'failed' | 'node'

/** What a context is written with. */
export interface MemoryWrite extends CallOptions {
  readonly contentType?: string
  readonly tags?: readonly string[]
  /** Write only where the newest version has this content id; `*`: only where one lives. */
  readonly ifMatch?: string
  /** `*`: write only where nothing lives. */
  readonly ifNoneMatch?: string
}

/**
 * What the door opens onto: the operations of UCXI, in their JSON form, on a store of this process or
 * on a node that runs elsewhere. All reject with the errors of the packages below, by their codes.
 */
export interface Memory {
  /** Who signs decisions here; undefined where nobody can. */
  readonly identity: Identity | undefined
  /** True where what is not found is nowhere, rather than not here. */
  readonly complete: boolean
  /** A version with its bytes. */
  entry(address: string, options?: CallOptions): Promise<EntryView>
  resolve(address: string, options?: CallOptions): Promise<VersionView>
  /** Writes the next version. */
  put(address: string, content: Uint8Array, write: MemoryWrite): Promise<VersionView>
  /** Writes a new context in a folder, under a name that is given to it. */
  post(folder: string, content: Uint8Array, write: MemoryWrite): Promise<VersionView>
  /** Versions in order from one on (1 if left out), tombstones too, read as they are asked for. */
  timeline(
    address: string,
    options?: CallOptions & { readonly from?: number; readonly limit?: number },
  ): AsyncIterable<VersionView>
  /** What is found, read as it is asked for; `limit` is how much is read at once. */
  query(options: Input<'query'> & CallOptions): AsyncIterable<FoundView>
  /** @returns the collection that is announced. @throws `ERR_UCXI_NO_MESH`. */
  announce(address: string, options?: CallOptions): Promise<string>
  /** Changes from now on, until the signal. */
  changes(options: Required<CallOptions>): AsyncIterable<VersionView>
  signatureOf(version: VersionView): Signature
  /** What rests on a context, by the newest version of each decision. */
  impact(start: string, options: ChainOptions): Promise<Chain>
  /** The same memory, where what is not allowed is not there. */
  restrictedTo(access: Access): Memory
  /** Ends it; closing twice is fine. */
  close(): Promise<void>
}
