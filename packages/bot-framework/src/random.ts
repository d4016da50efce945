import { optionError } from './errors.ts'

/** Chance that depends on a seed alone: the same numbers on every machine. Not for secrets. */
export interface Random {
  /** A number from 0 up to, and without, 1. */
  next(): number
  /** A whole number from `least` to `most`, both included. @throws `ERR_BOT_OPTION`. */
  between(least: number, most: number): number
  /** One of these, each as likely as the others. @throws `ERR_BOT_OPTION` for none. */
  pick<T>(choices: readonly T[]): T
  /** One of these names, as likely as its weight says. @throws `ERR_BOT_OPTION` where no weight is above 0. */
  weighted<T extends string>(weights: Readonly<Record<T, number>>): T
  /** A time between two events that come at random, `mean` apart on average (exponential). */
  exponential(mean: number): number
  /** So many bytes. */
  bytes(count: number): Uint8Array
  /**
   * A stream of its own, by name. It depends on the seed and the name, and on nothing that was drawn: one
   * bot that draws more does not change what another one draws.
   */
  split(name: string): Random
}

/** Random numbers of a seed (sfc32, seeded by four FNV-1a hashes of the seed's text). */
export function createRandom(seed: string | number): Random {
  return new SeededRandom(String(seed))
}

class SeededRandom implements Random {
  readonly #seed: string
  #a: number
  #b: number
  #c: number
  #counter = 1

  constructor(seed: string) {
    this.#seed = seed
    this.#a = hash(`${seed}\u0001`)
    this.#b = hash(`${seed}\u0002`)
    this.#c = hash(`${seed}\u0003`)
    // The first numbers of neighbouring seeds are alike.
    for (let round = 0; round < 15; round++) this.#word()
  }

  next(): number {
    return this.#word() / 0x1_0000_0000
  }

  between(least: number, most: number): number {
    const span = most - least + 1
    if (!Number.isSafeInteger(least) || !Number.isSafeInteger(most) || !(span >= 1)) {
      throw optionError('bounds', 'two whole numbers, the lesser first,', `${least} and ${most}`)
    }
    return least + Math.floor(this.next() * span)
  }

  pick<T>(choices: readonly T[]): T {
    if (choices.length === 0) throw optionError('choices', 'at least one', 'none')
    return choices[Math.floor(this.next() * choices.length)] as T
  }

  weighted<T extends string>(weights: Readonly<Record<T, number>>): T {
    const entries = Object.entries<number>(weights).filter(([, weight]) => weight > 0)
    const sum = entries.reduce((total, [, weight]) => total + weight, 0)
    let rest = this.next() * sum
    for (const [name, weight] of entries) if ((rest -= weight) < 0) return name as T
    // Only rounding leads here, where there is anything to choose from.
    const last = entries.at(-1)
    if (!last) throw optionError('weights', 'one above 0', JSON.stringify(weights))
    return last[0] as T
  }

  exponential(mean: number): number {
    return -mean * Math.log(1 - this.next())
  }

  bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.#word() & 0xff)
  }

  split(name: string): Random {
    return new SeededRandom(`${this.#seed}\u0000${name}`)
  }

  #word(): number {
    const sum = (this.#a + this.#b + this.#counter++) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum
    return sum >>> 0
  }
}

function hash(text: string): number {
  let value = 0x811c9dc5
  for (let place = 0; place < text.length; place++) {
    value = Math.imul(value ^ text.charCodeAt(place), 0x01000193)
  }
  // FNV-1a alone leaves the upper bits of short texts alike.
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return (value ^ (value >>> 16)) | 0
}
