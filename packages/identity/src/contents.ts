/**
 * Contexts that only some can read: contents are encrypted under a key of a role and a period, and that
 * key is wrapped with age to each member of the role.
 *
 * ```ts
 * const writer = createKeyRing({ identity: claude, now })
 * const wrapped = await writer.newPeriod('architect', [recipientOfBob])
 * const stored = writer.seal('architect', { key, bytes })
 * const reader = createKeyRing({ identity: bob, now })
 * await reader.add(wrapped)
 * reader.open(stored) // the bytes
 * ```
 *
 * @packageDocumentation
 */
import { createSecretKey, randomBytes } from 'node:crypto'
import { recipientOf } from './age.ts'
import {
  contentKeyId,
  decrypt,
  encrypt,
  headOf,
  isSealed,
  METHOD,
  sealedUnder,
  type ContentKey,
} from './content-format.ts'
import { unwrap, wrap, type KeyLabel, type WrappedKey } from './content-wrap.ts'
import { IdentityError, type IdentityErrorCode } from './errors.ts'
import type { Identity } from './identity.ts'
import { toMs, toText } from './statement.ts'

export { isSealed, OVERHEAD_BYTES } from './content-format.ts'
export type { WrappedKey } from './content-wrap.ts'

/** What a record says of its content's encryption; absent for a plain one. */
export interface ContentEncryption {
  readonly method: 'aes-256-gcm'
  /** Id of the content key. */
  readonly key: string
}

/** A content before it is encrypted. */
export interface PlainContent {
  /** The key of the context: `agent:role@project:task/path`. */
  readonly key: string
  readonly bytes: Uint8Array
}

/** An encrypted content, with what its record has to say of it. */
export interface SealedContent extends PlainContent {
  readonly encryption: ContentEncryption
}

/** A content as it is stored, with what the record says of it. */
export interface StoredContent extends PlainContent {
  readonly encryption?: ContentEncryption | undefined
}

/** The period of a role in which one's contents are encrypted under one key. */
export interface Period extends KeyLabel {
  /** Contents that were encrypted in it. */
  readonly records: number
}

/** The content keys of one identity. Prints and JSON show no key. */
export interface KeyRing {
  /**
   * Begins a period: a new key for a role, wrapped to its members and to oneself. To be called for the
   * first content of a role, when a period is over, and when a member has left.
   *
   * @throws `ERR_IDENTITY_ADDRESS` for a recipient that is none; `ERR_IDENTITY_VIEW_ONLY`.
   */
  newPeriod(role: string, recipients: readonly string[]): Promise<WrappedKey>
  /** Ends the period of a role: nothing is encrypted until the next one begins. */
  endPeriod(role: string): void
  /** The period of a role, if there is one and it is not over. */
  period(role: string): Period | undefined
  /**
   * Encrypts a content for a role and for one address.
   *
   * @throws `ERR_IDENTITY_CONTENT_PERIOD` where there is no period, or it is over.
   */
  seal(role: string, content: PlainContent): SealedContent
  /**
   * The content as it was written; a plain one is given back as it is.
   *
   * @throws `ERR_IDENTITY_NO_CONTENT_KEY` for who is no reader; `ERR_IDENTITY_CONTENT` for a content
   *   that was changed, cut, or moved from another address or key; `ERR_IDENTITY_CONTENT_DOWNGRADE`
   *   for a plain content that the record calls encrypted, or the reverse.
   */
  open(content: StoredContent): Uint8Array
  /** Takes in a wrapped key; true where it is for this identity. Errors as {@link unwrap}. */
  add(wrapped: unknown): Promise<boolean>
  /**
   * Wraps a key that is at hand to others: for a member who comes, or who lost the key.
   *
   * @throws `ERR_IDENTITY_NO_CONTENT_KEY`, `ERR_IDENTITY_ADDRESS`.
   */
  wrapFor(keyId: string, recipients: readonly string[]): Promise<WrappedKey>
  /** What is at hand: ids, roles, beginnings. */
  keys(): KeyLabel[]
}

/** What a ring is made of. */
export interface KeyRingInit {
  readonly identity: Identity
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** That many random bytes; the system's cryptographic source if left out. */
  readonly random?: (bytes: number) => Uint8Array
  /** How long a period is, in milliseconds; a day if left out. */
  readonly maxAge?: number
  /** Contents in a period at most; 1,000,000 if left out, 2^30 at most (far below 2^32 nonces). */
  readonly maxRecords?: number
}

const DAY = 86_400_000
const MOST_RECORDS = 2 ** 30
// Random bytes cost more to ask for than to make: nonces are cut from a larger piece.
const NONCES_AT_ONCE = 341

interface Held extends ContentKey {
  readonly label: KeyLabel
}

/** Makes an empty ring. */
export function createKeyRing(init: KeyRingInit): KeyRing {
  const { identity, now, random = randomBytes, maxAge = DAY } = init
  const maxRecords = Math.min(init.maxRecords ?? 1_000_000, MOST_RECORDS)
  const held = new Map<string, Held>()
  const periods = new Map<
    string,
    { readonly key: Held; readonly started: number; records: number }
  >()
  const nonce = nonces(random)

  const hold = (label: KeyLabel, secret: Uint8Array): Held => {
    const key = { id: label.key, head: headOf(label.key), key: createSecretKey(secret), label }
    held.set(label.key, key)
    return key
  }
  const live = (role: string): { readonly key: Held; records: number } | undefined => {
    const period = periods.get(role)
    if (!period) return undefined
    return now() < period.started + maxAge && period.records < maxRecords ? period : undefined
  }

  return Object.freeze({
    newPeriod: async (role: string, recipients: readonly string[]) => {
      const secret = Uint8Array.from(random(32))
      const started = now()
      const label = { key: contentKeyId(secret), role, started: toText(started) }
      try {
        const all = [recipientOf(identity), ...recipients]
        const wrapped = await wrap(label, secret, { identity, recipients: all })
        periods.set(role, { key: hold(label, secret), started, records: 0 })
        return wrapped
      } finally {
        secret.fill(0)
      }
    },
    endPeriod: (role: string) => void periods.delete(role),
    period: (role: string) => {
      const period = live(role)
      return period && Object.freeze({ ...period.key.label, records: period.records })
    },
    seal: (role: string, { key, bytes }: PlainContent) => {
      const period = live(role)
      if (!period) {
        throw new IdentityError(
          'ERR_IDENTITY_CONTENT_PERIOD',
          `Expected a period of the role ${role} that is not over: begin one with newPeriod`,
        )
      }
      period.records++
      const encryption: ContentEncryption = { method: METHOD, key: period.key.id }
      return { key, bytes: encrypt(period.key, key, nonce(), bytes), encryption }
    },
    open: (content: StoredContent) => {
      if (content.encryption === undefined) return plain(content)
      requireForm(content, content.encryption)
      const key = held.get(content.encryption.key)
      if (key) return decrypt(key, content.key, content.bytes)
      throw noKey(content.encryption.key, identity)
    },
    add: async (wrapped: unknown) => {
      const { label, secret } = await unwrap(wrapped, identity)
      if (!secret) return false
      if (!held.has(label.key)) hold(label, secret)
      secret.fill(0)
      return true
    },
    wrapFor: async (keyId: string, recipients: readonly string[]) => {
      const key = held.get(keyId)
      if (!key) throw noKey(keyId, identity)
      const secret = key.key.export()
      try {
        return await wrap(key.label, secret, { identity, recipients })
      } finally {
        secret.fill(0)
      }
    },
    keys: () =>
      [...held.values()]
        .map(({ label }) => label)
        .toSorted((a, b) => toMs(a.started) - toMs(b.started)),
  })
}

function plain({ key, bytes }: StoredContent): Uint8Array {
  if (!isSealed(bytes)) return bytes
  throw refused(
    'DOWNGRADE',
    `The record of ${key} says that its content is plain, and it is encrypted`,
  )
}

function requireForm({ key, bytes }: StoredContent, { method, key: id }: ContentEncryption): void {
  if (!isSealed(bytes)) {
    throw refused(
      'DOWNGRADE',
      `The record of ${key} says that its content is encrypted, and it is not`,
    )
  }
  if (method !== METHOD || sealedUnder(bytes) !== id) {
    throw refused(
      undefined,
      `The content of ${key} is cut, or under another key than its record says`,
    )
  }
}

function refused(kind: 'DOWNGRADE' | undefined, message: string): IdentityError {
  const code: IdentityErrorCode = kind ? `ERR_IDENTITY_CONTENT_${kind}` : 'ERR_IDENTITY_CONTENT'
  return new IdentityError(code, message)
}

function noKey(id: string, { did }: Identity): IdentityError {
  return new IdentityError(
    'ERR_IDENTITY_NO_CONTENT_KEY',
    `${did} has no content key ${id}: ask a reader of the context to wrap it`,
  )
}

function nonces(random: (bytes: number) => Uint8Array): () => Uint8Array {
  let pool: Uint8Array = new Uint8Array()
  let at = 0
  return () => {
    if (at >= pool.length) {
      pool = random(12 * NONCES_AT_ONCE)
      at = 0
    }
    return pool.subarray(at, (at += 12))
  }
}
