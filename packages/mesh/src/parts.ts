/** Bytes in one piece, or in several that follow one another: whoever puts them together copies them. */
export type Parts = Uint8Array | readonly Uint8Array[]

export function piecesOf(parts: Parts): readonly Uint8Array[] {
  return parts instanceof Uint8Array ? [parts] : parts
}

/** All of it in one piece: a copy, but where it is one already. */
export function wholeOf(parts: Parts): Uint8Array {
  const pieces = piecesOf(parts)
  const [only] = pieces
  return only && pieces.length === 1 ? only : Buffer.concat(pieces)
}

export function lengthOf(parts: Parts): number {
  return piecesOf(parts).reduce((length, piece) => length + piece.length, 0)
}

// Smaller ones are left to the collector of garbage, which has them for next to nothing.
const RELEASED_BYTES = 4096

/** Whether bytes are all that is in their memory, and enough for it to matter. */
export function isReleasable({ buffer, byteLength }: Uint8Array): boolean {
  return byteLength >= RELEASED_BYTES && byteLength === buffer.byteLength
}

/**
 * Gives the memory of bytes back at once, where it {@link isReleasable}: they are empty from then on, and
 * so is whatever else was made of the same memory. Left to V8, which marks its whole heap for every few
 * dozen megabytes outside of it, the memory of long contents takes longer to collect than to fill.
 */
export function release(bytes: Uint8Array): void {
  if (isReleasable(bytes) && bytes.buffer instanceof ArrayBuffer) bytes.buffer.transfer(0)
}
