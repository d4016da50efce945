/**
 * Orders keys by their UTF-8 bytes (which is by code point), as SQLite's BINARY collation and
 * `LC_ALL=C sort` do. For ASCII, as the keys of addresses are, the same as `<`.
 */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x !== y) return rank(x) - rank(y)
  }
  return a.length - b.length
}

/** UTF-16 puts surrogates before U+E000 to U+FFFF; code points above U+FFFF come after them. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}
