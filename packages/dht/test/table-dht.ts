import {
  checkRecord,
  DhtError,
  whyInvalid,
  withDeadline,
  type Dht,
  type DhtCallOptions,
  type FoundValue,
  type GetOptions,
  type InvalidAnswer,
  type Provider,
  type Receipt,
  type RuleBook,
} from '../src/index.ts'
import type { DhtNetwork } from '../src/conformance.ts'

const VALIDITY_MS = 3_600_000

/** The least that conforms: every node holds everything. It shows that the suite can be passed. */
export class TableDht implements Dht {
  get supports() {
    return { refusesRollback: true, persistence: false }
  }

  readonly id: string
  readonly rules: RuleBook
  readonly all: TableDht[]
  readonly values = new Map<string, { value: Uint8Array; at: number }>()
  readonly providers = new Map<string, Map<string, number>>()
  open = true
  stalled = false
  /** What time it is for this node, in milliseconds. */
  clock = { now: 0 }

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
        const standing = node.standing(key)
        const worse =
          standing && Buffer.compare(standing, value) !== 0 && select(key, [standing, value]) === 0
        if (worse) throw new DhtError('ERR_DHT_REFUSED', 'worse')
      }
      await this.answers(others)
      for (const node of [this, ...others]) node.keep(key, Uint8Array.from(value))
      return { stored: others.length, refused: 0, unreachable: 0 }
    })
  }

  async getValue(key: string, options?: GetOptions): Promise<FoundValue> {
    return this.call(options, async () => {
      const others = this.others(key)
      await this.answers(others)
      const invalid: InvalidAnswer[] = []
      const found: Uint8Array[] = []
      for (const node of others) {
        const value = node.standing(key)
        const reason = value && whyInvalid(this.rules, key, value)
        if (reason) invalid.push({ from: node.id, reason })
        else if (value) found.push(Uint8Array.from(value))
      }
      const [value] = found
      if (!value) throw new DhtError('ERR_DHT_NOT_FOUND', 'none', { invalid })
      return { value, answered: others.length, invalid }
    })
  }

  async provide(key: string, options?: DhtCallOptions): Promise<Receipt> {
    return this.call(options, async () => {
      const others = this.others(key)
      await this.answers(others)
      for (const node of [this, ...others]) {
        const entries = node.providers.get(key) ?? new Map<string, number>()
        node.providers.set(key, entries.set(this.id, this.clock.now))
      }
      return { stored: others.length, refused: 0, unreachable: 0 }
    })
  }

  async *findProviders(key: string, options?: DhtCallOptions): AsyncIterable<Provider> {
    const entries = await this.call(options, async () => {
      await this.answers(this.others(key))
      return [...(this.providers.get(key) ?? [])]
    })
    for (const [id, at] of entries) {
      if (this.clock.now - at < VALIDITY_MS) yield { id, addresses: [] }
    }
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

  /** Waits for the others, for ever where one of them is stalled. */
  async answers(others: readonly TableDht[]): Promise<void> {
    if (others.some(({ stalled }) => stalled)) await new Promise<never>(() => {})
  }

  keep(key: string, value: Uint8Array): void {
    this.values.set(key, { value, at: this.clock.now })
  }

  standing(key: string): Uint8Array | undefined {
    const entry = this.values.get(key)
    return entry && this.clock.now - entry.at < VALIDITY_MS ? entry.value : undefined
  }
}

/** What the networks of {@link tableNetwork} can do. */
export const tableSupports = { plants: true, stalls: true, validityMs: VALIDITY_MS }

/** A network of tables; `Node` is what each of them is. */
export function tableNetwork(Node: typeof TableDht = TableDht) {
  return async (count: number, rules: RuleBook) => {
    const all: TableDht[] = []
    for (let number = 0; number < count; number++) all.push(new Node(`node-${number}`, rules, all))
    for (const node of all) node.clock = all[0]!.clock
    return {
      nodes: all,
      ids: all.map(({ id }) => id),
      plant: async (node, key, value) => all[node]!.keep(key, value),
      stall: (node) => {
        all[node]!.stalled = true
      },
      elapse: async (ms) => {
        all[0]!.clock.now += ms
      },
      close: async () => {},
    } satisfies DhtNetwork
  }
}
