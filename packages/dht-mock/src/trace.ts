/** A running hash over all that happens: two runs that agree in it went the same way. */
export class Trace {
  #high = 0x243f6a88
  #low = 0x85a308d3

  /** Adds whole or fractional numbers. */
  add(a: number, b: number, c: number, d: number): void {
    let high = Math.imul(this.#high ^ a, 0x9e3779b1)
    let low = Math.imul(this.#low ^ b, 0x85ebca6b)
    high = Math.imul((high ^ (high >>> 15)) + c, 0xc2b2ae35)
    low = Math.imul((low ^ (low >>> 13)) + d, 0x27d4eb2f)
    this.#high = high ^ (low >>> 7)
    this.#low = low ^ (high >>> 11)
  }

  /** 16 hexadecimal digits. */
  get hash(): string {
    return half(this.#high) + half(this.#low)
  }
}

function half(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0')
}
