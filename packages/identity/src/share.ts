import { openSealed, sealTo } from './age.ts'
import type { Identity } from './identity.ts'
import {
  isGenuine,
  readSealed,
  shareCommitment,
  ShareError,
  type SealedShare,
  type ShareSet,
} from './share-set.ts'

/** A share at hand. Its bytes are in no JSON and no print; `forget` overwrites them. */
export interface Share {
  readonly set: ShareSet
  /** Counted from 1. */
  readonly index: number
  /** Whose it is. */
  readonly member: string
  /** Overwrites the share's bytes; it is of no use from here on. */
  forget(): void
}

class OpenShare implements Share {
  readonly set: ShareSet
  readonly index: number
  readonly member: string
  readonly #bytes: Uint8Array

  constructor(set: ShareSet, index: number, bytes: Uint8Array) {
    this.set = set
    this.index = index
    this.member = nameOf(set, index)
    this.#bytes = bytes
    Object.freeze(this)
  }

  forget(): void {
    this.#bytes.fill(0)
  }

  static bytesOf(share: OpenShare): Uint8Array {
    return share.#bytes
  }
}

/**
 * Decrypts one's own share.
 *
 * @throws `ERR_IDENTITY_STATEMENT` for what is no share; `ERR_IDENTITY_SHARE` for one that is not for
 *   this key, damaged, or not the one that the admin key gave out.
 */
export async function openShare(identity: Identity, sealed: unknown): Promise<Share> {
  const { set, index, sealed: text } = readSealed(sealed)
  if (!isGenuine(set) || index > set.members.length) {
    throw wrong(set, index, 'its set is not signed by the admin key')
  }
  const bytes = await openSealed(identity, Buffer.from(text, 'base64'))
  if (!bytes) throw wrong(set, index, `${identity.did} cannot open it, or it is damaged`)
  if (!isCommitted(set, index, bytes)) {
    bytes.fill(0)
    throw wrong(set, index, 'it is another than the admin key gave out')
  }
  return new OpenShare(set, index, bytes)
}

/** Decrypts one's own share and encrypts it to whoever gathers shares. Errors as {@link openShare}. */
export async function resealShare(
  identity: Identity,
  sealed: unknown,
  recipient: string,
): Promise<SealedShare> {
  const share = await openShare(identity, sealed)
  try {
    return await sealShare(share.set, share.index, bytesOf(share), recipient)
  } finally {
    share.forget()
  }
}

export async function sealShare(
  set: ShareSet,
  index: number,
  bytes: Uint8Array,
  recipient: string,
): Promise<SealedShare> {
  const sealed = Buffer.from(await sealTo([recipient], bytes)).toString('base64')
  return { type: 'bzzz-share', version: 1, set, index, sealed }
}

/** The bytes themselves, not a copy. */
export function bytesOf(share: Share): Uint8Array {
  if (share instanceof OpenShare) return OpenShare.bytesOf(share)
  throw wrong(share.set, share.index, 'it was not opened by openShare')
}

/** True where the bytes are those that the admin key gave out under the index. */
export function isCommitted(set: ShareSet, index: number, bytes: Uint8Array): boolean {
  return set.members[index - 1]?.commitment === shareCommitment(set.id, index, bytes)
}

export function nameOf(set: ShareSet, index: number): string {
  return set.members[index - 1]?.name ?? 'nobody'
}

function wrong(set: ShareSet, index: number, why: string): ShareError {
  const message = `The share ${index} of ${nameOf(set, index)} is refused: ${why}`
  return new ShareError('ERR_IDENTITY_SHARE', message, [index])
}
