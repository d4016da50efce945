import { SlurpError } from './errors.ts'

/** Counts what is under way. */
export interface Counter {
  /** Counts one in. @returns what counts it out, once. @throws SlurpError `ERR_SLURP_TOO_MANY` */
  enter(): () => void
}

export function createCounter(what: string, most: number): Counter {
  let count = 0
  return {
    enter() {
      if (count >= most) {
        throw new SlurpError(
          'ERR_SLURP_TOO_MANY',
          `Expected at most ${most} ${what} at once: ask again in a second`,
        )
      }
      count++
      let inside = true
      return () => {
        if (inside) count--
        inside = false
      }
    },
  }
}
