import type { Timing } from '../timing.ts'
import { ofPeer } from './join-target.ts'
import { bounded, type KnownPeer, type KnownPeers } from './known-peers.ts'

const SAVE_MS = 1000
const DAY = 86_400_000
const MAX_AGE = 30 * DAY

/** Who was joined: for reconnection, and for the next start where there is somewhere to keep it. */
export class PeerMemory {
  readonly #store: KnownPeers | undefined
  readonly #timing: Timing
  readonly #onError: (error: unknown) => void
  readonly #known = new Map<string, KnownPeer>()
  #saving: (() => void) | undefined

  /** @param init onError is told what could not be read or written; nothing here rejects. */
  constructor(init: {
    readonly store: KnownPeers | undefined
    readonly timing: Timing
    readonly onError: (error: unknown) => void
  }) {
    this.#store = init.store
    this.#timing = init.timing
    this.#onError = init.onError
  }

  /** Those of earlier runs, the ones seen last first; who was not seen for 30 days is forgotten. */
  async load(): Promise<readonly KnownPeer[]> {
    try {
      const oldest = this.#timing.now() - MAX_AGE
      const loaded = bounded((await this.#store?.load()) ?? []).filter(({ seen }) => seen >= oldest)
      for (const known of loaded) if (!this.get(known.peer)) this.#known.set(known.peer, known)
      return loaded
    } catch (error) {
      this.#onError(error)
      return []
    }
  }

  get(peer: string): KnownPeer | undefined {
    return this.#known.get(peer)
  }

  /** Keeps a peer, and saves a second later: many at once are one write. */
  add(peer: string, addresses: readonly string[]): void {
    const all = [...new Set(addresses.map((one) => ofPeer(one, peer)))]
    const seen = this.#timing.now()
    const others = [...this.#known.values()].filter((known) => known.peer !== peer)
    const kept = bounded([{ peer, addresses: all, seen }, ...others])
    this.#known.clear()
    for (const known of kept) this.#known.set(known.peer, known)
    if (!this.#store || this.#saving) return
    this.#saving = this.#timing.schedule(() => void this.#save(), SAVE_MS)
  }

  delete(peer: string): void {
    this.#known.delete(peer)
  }

  /** Saves what was not saved yet. */
  async close(): Promise<void> {
    this.#saving?.()
    if (this.#saving) await this.#save()
  }

  async #save(): Promise<void> {
    this.#saving = undefined
    try {
      await this.#store?.save([...this.#known.values()])
    } catch (error) {
      this.#onError(error)
    }
  }
}
