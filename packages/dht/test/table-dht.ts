import {
  checkRecord,
  DhtError,
  withDeadline,
  type Dht,
  type DhtCallOptions,
  type FoundValue,
  type GetOptions,
  type Provider,
  type Receipt,
  type RuleBook,
} from '../src/index.ts'
import type { DhtNetwork } from '../src/conformance.ts'

/** The least that conforms: every node holds everything. It shows that the suite can be passed. */
export class TableDht implements Dht {
  readonly supports = { refusesRollback: true, persistence: false } as const
  readonly id: string
  readonly rules: RuleBook
  readonly all: TableDht[]
  readonly values = new Map<string, Uint8Array>()
  readonly providers = new Map<string, Set<string>>()
  open = true

  constructor(id: string, rules: RuleBook, all: TableDht[]) {
    this.id = id
    this.rules = rules
    this.all = all
  }

  async putValue(key: string, value: Uint8Array, options?: DhtCallOptions): Promise<Receipt> {
    return this.call(options, async () => {
      const { select } = checkRecord(this.rules, key, value)
      const others = this.others(key)
      for (const node of [this, ...others]) {
        const standing = node.values.get(key)
        const worse =
          standing && Buffer.compare(standing, value) !== 0 && select(key, [standing, value]) === 0
        if (worse) throw new DhtError('ERR_DHT_REFUSED', 'worse')
      }
      for (const node of [this, ...others]) node.values.set(key, Uint8Array.from(value))
      return { stored: others.length, refused: 0, unreachable: 0 }
    })
  }

  async getValue(key: string, options?: GetOptions): Promise<FoundValue> {
    return this.call(options, async () => {
      const others = this.others(key)
      const value = others[0]?.values.get(key)
      if (!value) throw new DhtError('ERR_DHT_NOT_FOUND', 'none')
      return { value: Uint8Array.from(value), answered: others.length }
    })
  }

  async provide(key: string, options?: DhtCallOptions): Promise<Receipt> {
    return this.call(options, async () => {
      const others = this.others(key)
      for (const node of others) {
        node.providers.set(key, (node.providers.get(key) ?? new Set()).add(this.id))
      }
      return { stored: others.length, refused: 0, unreachable: 0 }
    })
  }

  async *findProviders(key: string, options?: DhtCallOptions): AsyncIterable<Provider> {
    const ids = await this.call(options, async () => {
      this.others(key)
      return [...(this.providers.get(key) ?? [])]
    })
    for (const id of ids) yield { id, addresses: [] }
  }

  async close(): Promise<void> {
    this.open = false
  }

  async call<Result>(
    options: DhtCallOptions | undefined,
    work: () => Promise<Result>,
  ): Promise<Result> {
    if (!this.open) throw new DhtError('ERR_DHT_CLOSED', 'closed')
    return withDeadline(options, work)
  }

  others(key: string): TableDht[] {
    const others = this.all.filter((node) => node !== this)
    if (others.length === 0) throw new DhtError('ERR_DHT_UNREACHABLE', key)
    return others
  }
}

/** A network of tables; `Node` is what each of them is. */
export function tableNetwork(Node: typeof TableDht = TableDht) {
  return async (count: number, rules: RuleBook): Promise<DhtNetwork> => {
    const all: TableDht[] = []
    for (let number = 0; number < count; number++) all.push(new Node(`node-${number}`, rules, all))
    return { nodes: all, close: async () => {} }
  }
}
