import { didOf, peerIdOf } from '@bzzz/identity'
import { base58btc } from 'multiformats/bases/base58'
import { MeshError } from './errors.ts'

const KEY_BYTES = 32

/** The `did:key` of a peer: the same key under another name. @throws `ERR_MESH_PROTOCOL`. */
export function didOfPeer(peer: string): string {
  const key = decode(peer)?.subarray(-KEY_BYTES)
  // Whatever stands in front of a key, or is written otherwise, would give another id than this one.
  if (key?.length === KEY_BYTES && peerIdOf(key) === peer) return didOf(key)
  throw new MeshError('ERR_MESH_PROTOCOL', `${peer} is not the peer id of an Ed25519 key`)
}

function decode(peer: string): Uint8Array | undefined {
  try {
    return base58btc.decode(`z${peer}`)
  } catch {
    return undefined
  }
}
