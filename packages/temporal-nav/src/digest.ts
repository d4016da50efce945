import { toInstant } from './instant.ts'
import { assertKeyOrder } from './snapshot.ts'
import type { CallOptions, SnapshotEntry } from './timeline.ts'

/** A SHA-256 that is fed piece by piece; `createHash('sha256')` of node:crypto is one. */
export interface SnapshotHasher {
  update(bytes: Uint8Array): unknown
  /** The 32 bytes. */
  digest(): Uint8Array | Promise<Uint8Array>
}

/** How a digest is worked out. */
export interface SnapshotDigestOptions extends CallOptions {
  /**
   * Makes the SHA-256 to feed; memory then stays flat. Without it the lines are collected (some
   * 150 bytes a context) and given to WebCrypto, which takes them whole. Both give the same digest.
   */
  readonly hasher?: () => SnapshotHasher
}

/** Lines are handed to the hash in pieces of about this many characters. */
const PIECE = 65_536

/**
 * The line of one entry in what the digest is taken of: a JSON array as RFC 8785 writes it, and a
 * line feed.
 *
 * `["claude:architect@shop:checkout/plan.md",3,"2025-08-01T12:30:00Z","bafkrei…"]`
 *
 * The time is written as in an address, and the content of a tombstone is null.
 */
export function snapshotLine(entry: SnapshotEntry): string {
  return `${JSON.stringify([entry.key, entry.version, toInstant(entry.time), entry.content])}\n`
}

/**
 * The digest of a snapshot: one hash for "the project as it stood then". Anyone can recompute it
 * with `sha256sum` over the {@link snapshotLine}s in UTF-8, ordered by key; neither the instant nor
 * the selector is part of it, nor are validities.
 *
 * @param entries a snapshot with its tombstones; each key once, ordered by UTF-8 bytes
 * @returns `sha256:` and 64 hexadecimal digits in lower case
 * @throws TemporalError `ERR_TEMPORAL_ORDER` for a key out of order or given twice;
 *   `ERR_TEMPORAL_INVALID` for a time that is none; or the signal's reason
 */
export async function snapshotDigest(
  entries: AsyncIterable<SnapshotEntry> | Iterable<SnapshotEntry>,
  options: SnapshotDigestOptions = {},
): Promise<string> {
  const { hasher = createCollector, signal } = options
  signal?.throwIfAborted()
  const hash = hasher()
  const encoder = new TextEncoder()
  let piece = ''
  let previous: string | undefined
  for await (const entry of entries) {
    signal?.throwIfAborted()
    assertKeyOrder(previous, entry.key)
    previous = entry.key
    piece += snapshotLine(entry)
    if (piece.length >= PIECE) {
      hash.update(encoder.encode(piece))
      piece = ''
    }
  }
  hash.update(encoder.encode(piece))
  return `sha256:${toHex(await hash.digest())}`
}

function createCollector(): SnapshotHasher {
  const pieces: Uint8Array[] = []
  let length = 0
  return {
    update(bytes) {
      pieces.push(bytes)
      length += bytes.length
    },
    async digest() {
      const whole = new Uint8Array(length)
      let offset = 0
      for (const bytes of pieces) {
        whole.set(bytes, offset)
        offset += bytes.length
      }
      return new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', whole))
    },
  }
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
