import { identityFromSeed } from '@bzzz/identity'
import { generateKeyPair, generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { expect, test } from 'vitest'
import { didOfPeer } from '../src/peer-did.ts'

test('a peer and its did:key are one key, as libp2p names it', async () => {
  for (const number of [0, 1, 255]) {
    const seed = new Uint8Array(32).fill(number)
    const peer = peerIdFromPrivateKey(await generateKeyPairFromSeed('Ed25519', seed)).toString()
    expect(didOfPeer(peer)).toBe(identityFromSeed(seed).did)
  }
})

test('what is no peer id of an Ed25519 key is refused', async () => {
  const { peerId } = identityFromSeed(new Uint8Array(32))
  const other = peerIdFromPrivateKey(await generateKeyPair('secp256k1')).toString()
  const wrong = ['', 'nobody', peerId.slice(1), `${peerId}1`, `1${peerId}`, `z${peerId}`, other]
  for (const peer of wrong)
    expect(() => didOfPeer(peer), peer).toThrow(
      expect.objectContaining({ code: 'ERR_MESH_PROTOCOL' }),
    )
})
