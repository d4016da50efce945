import type nodeCrypto from 'node:crypto'

// Node's own is many times as fast. It is asked for by name at run time, and not imported, so that
// this package loads in browsers.
const platform = globalThis.process?.getBuiltinModule?.('node:crypto') as
  | typeof nodeCrypto
  | undefined

/** SHA-256 (FIPS 180-4). The caller owns the 32 bytes. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return platform === undefined
    ? portableSha256(bytes)
    : Uint8Array.from(platform.hash('sha256', bytes, 'buffer'))
}

const BLOCK_BYTES = 64
const LENGTH_BYTES = 8

// Fractional parts of the square and cube roots of the first primes, 32 bits of each.
const [START, ROUNDS] = constants()

function constants(): readonly [Uint32Array, Uint32Array] {
  const primes: number[] = []
  for (let n = 2; primes.length < 64; n++) if (primes.every((p) => n % p !== 0)) primes.push(n)
  return [
    Uint32Array.from(primes.slice(0, 8), (p) => fraction(Math.sqrt(p))),
    Uint32Array.from(primes, (p) => fraction(Math.cbrt(p))),
  ]
}

function fraction(root: number): number {
  return (root - Math.floor(root)) * 2 ** 32
}

/** The same without the help of a platform. */
export function portableSha256(bytes: Uint8Array): Uint8Array {
  const blocks = Math.ceil((bytes.length + 1 + LENGTH_BYTES) / BLOCK_BYTES)
  const padded = new Uint8Array(blocks * BLOCK_BYTES)
  padded.set(bytes)
  padded[bytes.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setBigUint64(padded.length - LENGTH_BYTES, BigInt(bytes.length) * 8n)
  const state = START.slice()
  const words = new Uint32Array(64)
  for (let at = 0; at < padded.length; at += BLOCK_BYTES) compress(state, words, view, at)
  const digest = new DataView(new ArrayBuffer(32))
  for (const [index, word] of state.entries()) digest.setUint32(index * 4, word)
  return new Uint8Array(digest.buffer)
}

function compress(state: Uint32Array, words: Uint32Array, view: DataView, at: number): void {
  const w = (index: number): number => words[index] as number
  for (let i = 0; i < 16; i++) words[i] = view.getUint32(at + i * 4)
  for (let i = 16; i < 64; i++) {
    const s0 = rotate(w(i - 15), 7) ^ rotate(w(i - 15), 18) ^ (w(i - 15) >>> 3)
    const s1 = rotate(w(i - 2), 17) ^ rotate(w(i - 2), 19) ^ (w(i - 2) >>> 10)
    words[i] = w(i - 16) + s0 + w(i - 7) + s1
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as Eight
  for (let i = 0; i < 64; i++) {
    const big1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
    const t1 = (h + big1 + ((e & f) ^ (~e & g)) + (ROUNDS[i] as number) + w(i)) | 0
    const big0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
    const t2 = (big0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
    ;[h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0]
  }
  for (const [index, value] of [a, b, c, d, e, f, g, h].entries()) {
    state[index] = (state[index] as number) + value
  }
}

type Eight = [number, number, number, number, number, number, number, number]

function rotate(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits))
}
