import { didOf } from '@bzzz/identity'
import { peerIdFromString } from '@libp2p/peer-id'
import { MeshError } from '../errors.ts'

/** The `did:key` of a peer: the same key under another name. @throws `ERR_MESH_PROTOCOL`. */
export function didOfPeer(peer: string): string {
  const { publicKey } = peerIdFromString(peer)
  if (publicKey?.type === 'Ed25519') return didOf(publicKey.raw)
  throw new MeshError('ERR_MESH_PROTOCOL', `${peer} is not the peer id of an Ed25519 key`)
}
