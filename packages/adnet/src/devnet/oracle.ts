import type { Token } from './ledger.ts'
import { known, Refusal } from './refusal.ts'

const FRESH_MS = 60_000
const FEWEST = 3
/** What is further from the median than that, in parts of a hundred, does not count. */
const CUT_PERCENT = 10n
const KEEP = 1_000

export interface OraclePrice {
  readonly asset: Token
  readonly price: bigint
  readonly sources: number
  readonly at: number
}

/** Prices that several sources agree on: the median of those that are fresh, without those that are far off. */
export class Oracle {
  readonly history = new Map<Token, OraclePrice[]>()
  readonly #said = new Map<Token, Map<string, { price: bigint; at: number }>>()
  readonly #sources: ReadonlySet<string>
  readonly #onPrice: (price: OraclePrice) => void

  constructor(sources: Iterable<string>, onPrice: (price: OraclePrice) => void) {
    this.#sources = new Set(sources)
    this.#onPrice = onPrice
  }

  /** @throws a refusal with 403 for who is no source. */
  submit(source: string, asset: Token, price: bigint, at: number): void {
    if (!this.#sources.has(source)) throw new Refusal(403, 'The account is no oracle')
    const said = this.#said.get(asset) ?? new Map<string, { price: bigint; at: number }>()
    this.#said.set(asset, said.set(source, { price, at }))
    const fresh = [...said.values()].filter((each) => at - each.at <= FRESH_MS)
    const agreed = agree(fresh.map((each) => each.price))
    if (!agreed) return
    const found = { asset, price: agreed.price, sources: agreed.sources, at }
    const history = this.history.get(asset) ?? []
    this.history.set(asset, history)
    history.push(found)
    if (history.length > KEEP) history.shift()
    this.#onPrice(found)
  }

  /** @throws a refusal with 404 where nothing was agreed on yet. */
  price(asset: Token): OraclePrice {
    return known('price', this.history.get(asset)?.at(-1))
  }
}

/** The median without what is far off; undefined where too few are left. */
export function agree(prices: readonly bigint[]): { price: bigint; sources: number } | undefined {
  if (prices.length < FEWEST) return undefined
  const middle = median(prices)
  const near = prices.filter((price) => {
    const distance = price > middle ? price - middle : middle - price
    return distance * 100n <= middle * CUT_PERCENT
  })
  return near.length < FEWEST ? undefined : { price: median(near), sources: near.length }
}

function median(prices: readonly bigint[]): bigint {
  const sorted = prices.toSorted((a, b) => (a < b ? -1 : Number(a > b)))
  const upper = sorted[sorted.length >> 1]!
  return sorted.length % 2 === 1 ? upper : (sorted[(sorted.length >> 1) - 1]! + upper) / 2n
}
