import type { Dht } from '@bzzz/dht'

/** The DHT of a node as long as it runs: what a crashed process goes on with reaches nobody. */
export function guardedDht(dht: Dht, isAlive: () => boolean): Dht {
  const guard = async <Result>(call: () => Promise<Result>): Promise<Result> => {
    if (!isAlive()) return new Promise(() => {})
    return call()
  }
  return {
    supports: dht.supports,
    putValue: async (key, value, options) => guard(async () => dht.putValue(key, value, options)),
    getValue: async (key, options) => guard(async () => dht.getValue(key, options)),
    provide: async (key, options) => guard(async () => dht.provide(key, options)),
    findProviders: (key, options) => dht.findProviders(key, options),
    close: async () => {},
  }
}
