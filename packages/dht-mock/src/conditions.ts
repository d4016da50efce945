import type { Latency } from './random.ts'
import { optionError } from './random.ts'

/** The state of the network between its nodes. Rates are shares from 0 (never) to 1 (always). */
export interface Conditions {
  /** How long a message is on its way; 0 if left out. */
  readonly latency?: Latency
  /** Requests that are answered with a failure, at once. */
  readonly failureRate?: number
  /** Messages that vanish, so that their sender hears nothing. */
  readonly loss?: number
  /** Messages that arrive twice. */
  readonly duplication?: number
  /** Messages that are held back, so that later ones overtake them. */
  readonly reordering?: number
}

/** @throws `ERR_MOCK_OPTION` where a rate is none. */
export function checkRates(conditions: Conditions): void {
  for (const name of ['failureRate', 'loss', 'duplication', 'reordering'] as const) {
    const rate = conditions[name] ?? 0
    if (!(rate >= 0 && rate <= 1)) throw optionError(name, 'a share from 0 to 1', String(rate))
  }
}

interface Cut {
  readonly from: ReadonlySet<number>
  readonly to: ReadonlySet<number>
}

/** Which nodes cannot reach which. */
export class Partitions {
  readonly #cuts = new Set<Cut>()

  get isWhole(): boolean {
    return this.#cuts.size === 0
  }

  /** @returns ends it. */
  cut(from: ReadonlySet<number>, to: ReadonlySet<number>, oneWay: boolean): () => void {
    const cuts = oneWay
      ? [{ from, to }]
      : [
          { from, to },
          { from: to, to: from },
        ]
    for (const cut of cuts) this.#cuts.add(cut)
    return () => {
      for (const cut of cuts) this.#cuts.delete(cut)
    }
  }

  heal(): void {
    this.#cuts.clear()
  }

  /** True where nothing gets from the one to the other. */
  blocks(from: number, to: number): boolean {
    for (const cut of this.#cuts) if (cut.from.has(from) && cut.to.has(to)) return true
    return false
  }
}
