// The y coordinates of the eight points of small order, little-endian, without the sign bit of x.
const SMALL_ORDER = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
])

/**
 * True for a point under which signatures prove nothing: one of small order (as a key, there are
 * signatures that hold for any message), or a second spelling of a point (y not below 2^255 - 19).
 *
 * Implementations differ on them, OpenSSL from version to version: refusing them, as the key and in
 * the signature, makes every one give the same verdict. "Taming the many EdDSAs", section 5.
 */
export function isWeakPoint(point: Uint8Array): boolean {
  const [first = 0] = point
  // Most points are let go by their first byte.
  if (first > 0x01 && first < 0xec && first !== 0x26 && first !== 0xc7) return false
  const y = Array.from(point, (byte, place) => (place === 31 ? byte & 0x7f : byte))
  const isTop = y.every((byte, place) => place === 0 || byte === (place === 31 ? 0x7f : 0xff))
  if (isTop && first >= 0xed) return true
  return SMALL_ORDER.has(y.map((byte) => byte.toString(16).padStart(2, '0')).join(''))
}
