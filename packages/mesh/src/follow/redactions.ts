import { verifyRedaction, type ContextStore, type Redaction } from '@bzzz/context-store'
import { compilePattern, parse } from '@bzzz/ucxl-address'
import { MeshError } from '../errors.ts'
import type { MeshEvent } from '../mesh.ts'
import { believing } from '../reconcile/believing.ts'
import { codeOf } from '../reconcile/puller.ts'
import type { SyncClient } from '../sync-client.ts'
import { erasureOf } from './erasure.ts'

export interface RedactionsInit {
  readonly store: ContextStore
  readonly clientOf: (peer: string, options: { signal: AbortSignal }) => Promise<SyncClient>
  /** Told of what was erased here, and of what could not be. */
  readonly emit: (event: MeshEvent) => void
  /** As `emit`, for what a peer itself sent: lies count against it. */
  readonly judge: (event: MeshEvent) => void
}

// Patterns of a peer of which it is known how far it was asked.
const MAX_PATTERNS = 1000
// Pages that are asked for in one go: the rest comes with the next comparison.
const MAX_PAGES = 100
// Redactions of one peer that others may not sign, in one go, before it is a lie.
const MAX_REFUSED = 100
// Redactions that wait for what they speak of; the oldest is forgotten, and comes with the next meeting.
const MAX_WAITING = 1000

/**
 * Erases here what its writers erased elsewhere. The newest versions are the same before and after, so
 * that comparing them does not show it: each node that is met is asked for what it knows to be erased.
 */
export class Redactions {
  readonly #init: RedactionsInit
  /** How far a peer was asked, by peer and pattern. */
  readonly #asked = new Map<string, Map<string, number>>()
  /** What speaks of versions or bytes that are not here, by the version's record and who signed it. */
  readonly #waiting = new Map<string, Redaction>()

  constructor(init: RedactionsInit) {
    this.#init = init
  }

  /**
   * Asks a node for what was erased of the timelines that match, and erases it.
   *
   * @throws `ERR_MESH_UNTRUSTED` where it sends what does not verify.
   */
  async pull(
    peer: string,
    pattern: string,
    { signal }: { readonly signal: AbortSignal },
  ): Promise<void> {
    const { clientOf, judge } = this.#init
    await believing(judge, { peer, signal }, async () => {
      const client = await clientOf(peer, { signal })
      const compiled = compilePattern(parse(pattern))
      const asked = this.#asked.get(peer) ?? new Map<string, number>()
      if (asked.size > MAX_PATTERNS) asked.clear()
      this.#asked.set(peer, asked)
      let refused = 0
      for (let page = 0; page < MAX_PAGES; page++) {
        const after = asked.get(pattern) ?? 0
        const { redactions, last } = await client.redactions(pattern, after, { signal })
        for (const one of redactions) {
          const { redaction } = verifyRedaction(one)
          if (!compiled.testKey(redaction.key))
            throw new MeshError('ERR_MESH_PROTOCOL', `${peer} named ${redaction.key}, unasked`)
          if ((await this.#take(redaction, peer)) === 'refused') refused++
          if (refused > MAX_REFUSED)
            throw new MeshError('ERR_MESH_UNTRUSTED', `${peer} erases what belongs to others`)
        }
        if (last <= after) break
        asked.set(pattern, last)
      }
    })
    const waiting = [...this.#waiting.values()]
    for (const redaction of waiting) await this.#take(redaction, peer)
  }

  /** Whether its writer said of a version that its bytes are not to be here, where they are not here yet. */
  covers(version: { readonly record: string; readonly writer: string }): boolean {
    return this.#waiting.has(placeOf(version))
  }

  /** Forgets how far a peer was asked: it may begin anew. */
  onLeft(peer: string): void {
    this.#asked.delete(peer)
  }

  async #take(redaction: Redaction, peer: string): Promise<'refused' | undefined> {
    const { store, emit } = this.#init
    const { key, version, content } = redaction
    this.#waiting.delete(placeOf(redaction))
    try {
      const isHere = (await store.contentSize(content)) !== undefined
      const erasure = isHere ? undefined : await erasureOf(store, { key, version })
      if (erasure === 'redacted') return undefined
      // Whose bytes they are besides is known when they are here: they are erased, or not, then.
      if (!isHere && erasure !== 'dropped') this.#wait(redaction)
      else if (await store.applyRedaction(redaction)) emit({ type: 'redacted', peer, key, version })
    } catch (error) {
      if (codeOf(error) === 'ERR_RECORD_CHAIN') this.#wait(redaction)
      // A node passes on what its own rules allow.
      else if (['ERR_STORE_WRITER', 'ERR_STORE_DENIED'].includes(codeOf(error))) {
        emit({ type: 'refused', peer, key, error })
        return 'refused'
      } else throw error
    }
    return undefined
  }

  #wait(redaction: Redaction): void {
    this.#waiting.set(placeOf(redaction), redaction)
    const [oldest] = this.#waiting.keys()
    if (this.#waiting.size > MAX_WAITING && oldest !== undefined) this.#waiting.delete(oldest)
  }
}

/** Anybody can sign a redaction of anything: it counts for a version where its writer signed it. */
function placeOf({ record, writer }: { readonly record: string; readonly writer: string }): string {
  return `${record} ${writer}`
}
