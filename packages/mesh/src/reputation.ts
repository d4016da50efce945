import { MeshError } from './errors.ts'
import type { MeshEvent } from './mesh.ts'
import { PeerMeter } from './peer-meter.ts'

export interface ReputationInit {
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Where events go. */
  readonly emit: (event: MeshEvent) => void
  /** Closes the connections to a peer. */
  readonly hangUp: (peer: string) => void
}

// Three lies in quick succession, or one again and again: then a peer is cut off.
const POINTS = 20
// What is too much is no lie, until it is a flood: of honest nodes come some five a second.
const METER = { burst: 200, perSecond: 20, limit: 50, mutedMs: 600_000, peers: 1000 }
// What no honest node sends, since it checks the same before it keeps a thing. `ERR_MESH_UNTRUSTED` alone
// is none of them: two writers of one name are no lie of who hands over what one of them wrote.
const PROOFS = new Set([
  'ERR_MESH_PROTOCOL',
  'ERR_RECORD_INVALID',
  'ERR_RECORD_SIGNATURE',
  'ERR_STORE_CONTENT_MISMATCH',
])

/** Counts the lies of each peer, and cuts off who lies again and again: for ten minutes. */
export class Reputation {
  readonly #init: ReputationInit
  readonly #meter: PeerMeter
  /** Those that were counted: one that is told by each of many calls under way is one lie. */
  readonly #counted = new WeakSet<Error>()

  constructor(init: ReputationInit) {
    this.#init = init
    this.#meter = new PeerMeter({ ...METER, now: init.now })
  }

  /** Passes an event on; where it tells of a lie, it counts. */
  readonly tell = (event: MeshEvent): void => {
    this.#init.emit(event)
    if (event.type !== 'refused') return
    const proof = proofIn(event.error)
    if (!proof || this.#counted.has(proof)) return
    this.#counted.add(proof)
    this.#punish(event.peer, POINTS, 'it lied again and again')
  }

  /** Takes note of something that was not taken since it was too much, not since it was wrong. */
  excess(peer: string, what: string): void {
    if (this.#meter.isMuted(peer) || this.#meter.take(peer)) return
    if (this.#meter.points(peer) < 1) this.#refuse(peer, new MeshError('ERR_MESH_LIMIT', what))
    this.#punish(peer, 1, what)
  }

  /** Cuts off a peer of which somebody else has said why. */
  cutOff(peer: string): void {
    this.#meter.punish(peer, METER.limit)
    this.#init.hangUp(peer)
  }

  #punish(peer: string, points: number, why: string): void {
    if (!this.#meter.punish(peer, points)) return
    const text = `${peer} is cut off for ten minutes: ${why}`
    this.#refuse(peer, new MeshError('ERR_MESH_PROTOCOL', text))
    this.#init.hangUp(peer)
  }

  #refuse(peer: string, error: MeshError): void {
    this.#init.emit({ type: 'refused', peer, key: '', error })
  }

  /** True for a peer that is neither dialled nor let in. */
  isCutOff(peer: string): boolean {
    return this.#meter.isMuted(peer)
  }
}

function proofIn(error: unknown): Error | undefined {
  if (!(error instanceof Error)) return undefined
  return PROOFS.has('code' in error ? String(error.code) : '') ? error : proofIn(error.cause)
}
