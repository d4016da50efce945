import { verify, type KeyObject } from 'node:crypto'
import { isStrong, keyOf, verifySignature } from './verify.ts'

/** A signature to check: whose, over what. */
export interface SignedBytes {
  /** An Ed25519 `did:key`. */
  readonly did: string
  readonly bytes: Uint8Array
  readonly signature: Uint8Array
}

// Handing a single signature to a thread costs as much as checking it; from about here on it pays.
const PAYS_FROM = 8
// More at once would hold up everything else that waits for the thread pool: files, names, zlib.
const AT_ONCE = 16

/**
 * Checks many signatures, off the event loop from eight on, and gives one verdict for each, in their
 * order. An item whose `did` is none, or whose signature has a wrong size, is false: one broken item
 * does not void the others.
 *
 * @param options.signal ends the work between items; the promise rejects with its reason.
 */
export async function verifyBatch(
  items: readonly SignedBytes[],
  options: { readonly signal?: AbortSignal } = {},
): Promise<boolean[]> {
  const { signal } = options
  signal?.throwIfAborted()
  if (items.length < PAYS_FROM) return items.map(verdict)
  const verdicts = Array.from<boolean>({ length: items.length }).fill(false)
  let next = 0
  const worker = async (): Promise<void> => {
    for (let place = next++; place < items.length; place = next++) {
      signal?.throwIfAborted()
      const item = items[place]
      if (item) verdicts[place] = await onThread(item)
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker))
  return verdicts
}

function verdict({ did, bytes, signature }: SignedBytes): boolean {
  try {
    return verifySignature(did, bytes, signature)
  } catch {
    return false
  }
}

async function onThread({ did, bytes, signature }: SignedBytes): Promise<boolean> {
  let key: KeyObject | null
  try {
    key = keyOf(did)
  } catch {
    return false
  }
  if (key === null || !isStrong(signature)) return false
  const found = Promise.withResolvers<boolean>()
  verify(null, bytes, key, signature, (error, holds) => {
    if (error) found.reject(error)
    else found.resolve(holds)
  })
  return found.promise
}
