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
