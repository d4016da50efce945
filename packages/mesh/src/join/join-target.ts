import type { MeshError } from '../errors.ts'

/** How far this node is with joining another one. */
export interface JoinState {
  /** Where it is dialled: the first of its addresses. */
  readonly address: string
  /** Its peer id, where that is known. */
  readonly peer?: string
  /** Why it is dialled: it stands in the list, was known from before, or was found by mDNS. */
  readonly from: 'bootstrap' | 'known' | 'found'
  readonly state: 'queued' | 'joining' | 'joined' | 'retry'
  /** Attempts in a row that failed. */
  readonly failures: number
  /** When it is dialled next, in milliseconds since 1970. Only while `retry`. */
  readonly retryAt?: number
  /** Why the last attempt failed, or that the connection was lost. Only while `retry`. */
  readonly error?: Error
}

/** A node that is to be joined, as the join manager keeps it. */
export interface Target {
  peer: string | undefined
  addresses: readonly string[]
  readonly from: JoinState['from']
  state: JoinState['state']
  failures: number
  retryAt: number
  error: MeshError | Error | undefined
  cancel: () => void
}

/** The peer id at the end of an address, where it has one. */
export function peerOf(address: string): string | undefined {
  return /\/p2p\/([^/]+)$/.exec(address)?.[1]
}

/** An address with the peer id at its end: whoever answers there has to be that peer. */
export function ofPeer(address: string, peer: string): string {
  return peerOf(address) === undefined ? `${address}/p2p/${peer}` : address
}

export function stateOf(target: Target): JoinState {
  const { peer, addresses, from, state, failures, retryAt, error } = target
  const waits = state === 'retry'
  return {
    address: addresses[0] ?? '',
    ...(peer !== undefined && { peer }),
    from,
    state,
    failures,
    ...(waits && { retryAt }),
    ...(waits && error && { error }),
  }
}
