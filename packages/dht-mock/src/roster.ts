import type { RuleBook } from '@bzzz/dht'
import { MockError } from './errors.ts'
import { Host } from './host.ts'
import type { Place } from './ids.ts'
import type { Random } from './random.ts'
import { introduce } from './sim-node.ts'
import { Storage } from './storage.ts'
import type { World } from './world.ts'

export interface RosterInit {
  readonly validityMs: number
  readonly flushMs: number
  readonly bucketSize: number
  /** The network's clock. */
  readonly now: () => number
}

/** All nodes that were made, by number and by id. */
export class Roster {
  readonly hosts: Host[] = []
  readonly #byId = new Map<string, Host>()
  readonly #init: RosterInit

  constructor(init: RosterInit) {
    this.#init = init
  }

  /** @throws `ERR_MOCK_DUPLICATE`. */
  add(id: string | undefined, rules: RuleBook | undefined): Host {
    const index = this.hosts.length
    const host = this.#make(id ?? `node-${index}`, index, rules)
    if (this.#byId.has(host.id)) {
      throw new MockError('ERR_MOCK_DUPLICATE', `The network has a node ${host.id} already`)
    }
    this.hosts.push(host)
    this.#byId.set(host.id, host)
    return host
  }

  /** @throws `ERR_MOCK_UNKNOWN_NODE`. */
  get(id: string): Host {
    const host = this.#byId.get(id)
    if (!host) throw new MockError('ERR_MOCK_UNKNOWN_NODE', `The network has no node ${id}`)
    return host
  }

  /** A node that is up, drawn by lot, and rather one that knows others: where a new one joins. */
  someoneUp(random: Random): Host | undefined {
    const start = Math.floor(random() * this.hosts.length)
    let alone: Host | undefined
    for (let step = 0; step < this.hosts.length; step++) {
      const host = this.hosts[(start + step) % this.hosts.length]!
      if (host.state !== 'up') continue
      if (host.table.size > 0) return host
      alone ??= host
    }
    return alone
  }

  #make(id: string, index: number, rules: RuleBook | undefined, place?: Place): Host {
    const { validityMs, flushMs, bucketSize, now } = this.#init
    return new Host({
      id,
      index,
      rules,
      storage: new Storage(validityMs, flushMs),
      bucketSize,
      now,
      ghosts: (target) => this.#ghosts(target),
      ...(place ? { place } : {}),
    })
  }

  /** Peers that do not exist, as many as a bucket holds, right beside a target. */
  #ghosts({ high, low }: Place): Host[] {
    return Array.from({ length: this.#init.bucketSize }, (_, number) => {
      const place = { high, low: (low ^ (number + 1)) >>> 0 }
      const ghost = this.#make(`ghost-${high}-${place.low}`, -1, undefined, place)
      ghost.state = 'crashed'
      return ghost
    })
  }
}

/** Makes a new node and the network know one another, as if it had always been there. */
export function settle(world: World, host: Host, other: Host): void {
  host.meet(other)
  world.wire.instant = true
  try {
    introduce(world, host, () => {})
  } finally {
    world.wire.instant = false
  }
}
