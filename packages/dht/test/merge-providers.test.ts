import { expect, test } from 'vitest'
import { createHybridDht, DhtError, type Dht, type Provider } from '../src/index.ts'
import { TableDht } from './table-dht.ts'

type Search = (signal: AbortSignal | undefined) => AsyncIterable<Provider>

/** A side that searches like this. */
function side(search: Search): Dht {
  class Searching extends TableDht {
    override findProviders(...[, options]: Parameters<Dht['findProviders']>) {
      return search(options?.signal)
    }
  }
  return new Searching('side', {}, [])
}

/** Gives these, and then fails, or ends where there is nothing to fail of. */
function gives(ids: readonly string[], error?: DhtError): Search {
  return async function* search() {
    for (const id of ids) yield { id, addresses: [] }
    if (error) throw error
  }
}

async function idsOf(source: AsyncIterable<Provider>): Promise<{ ids: string[]; error?: unknown }> {
  const ids: string[] = []
  try {
    for await (const { id } of source) ids.push(id)
    return { ids: ids.toSorted() }
  } catch (error) {
    return { ids: ids.toSorted(), error }
  }
}

const late = new DhtError('ERR_DHT_TIMEOUT', 'late')
const gone = new DhtError('ERR_DHT_UNREACHABLE', 'gone')

test.each<[string, Search, Search, string[], DhtError | undefined]>([
  ['both end', gives(['a', 'b']), gives(['b', 'c']), ['a', 'b', 'c'], undefined],
  ['both find none', gives([]), gives([]), [], undefined],
  [
    'the first fails, the second finds some',
    gives(['a'], late),
    gives(['b']),
    ['a', 'b'],
    undefined,
  ],
  ['the first fails, the second finds none', gives([], late), gives([]), [], late],
  ['the second fails', gives([]), gives([], late), [], undefined],
  ['both fail, with some found', gives(['a'], late), gives(['b'], gone), ['a', 'b'], late],
  ['both fail', gives([], gone), gives([], late), [], gone],
])('a search on two sides: %s', async (_name, first, second, ids, error) => {
  const dht = createHybridDht(side(first), side(second))
  const found = await idsOf(dht.findProviders('/any/key'))
  expect(found).toEqual(error ? { ids, error } : { ids })
})

test('a search that is left early ends on both sides, also on one that is silent', async () => {
  const ended: string[] = []
  const silent = (name: string, first: readonly string[]): Search =>
    async function* search(signal) {
      signal?.addEventListener('abort', () => ended.push(name))
      for (const id of first) yield { id, addresses: [] }
      await new Promise<never>(() => {})
    }
  const dht = createHybridDht(side(silent('first', [])), side(silent('second', ['a'])))
  for await (const { id } of dht.findProviders('/any/key')) {
    expect(id).toBe('a')
    break
  }
  expect(ended).toEqual(['first', 'second'])
})

test('a search heeds its signal where the sides do not', async () => {
  const stop = new AbortController()
  const reason = new Error('enough')
  const endless: Search = async function* search() {
    for (let number = 0; ; number++) yield { id: `${number}`, addresses: [] }
  }
  const dht = createHybridDht(side(endless), side(gives([])))
  let count = 0
  const search = async (): Promise<void> => {
    for await (const _ of dht.findProviders('/any/key', { signal: stop.signal })) {
      if (++count === 3) stop.abort(reason)
      if (count > 10) return
    }
  }
  await expect(search()).rejects.toBe(reason)
  expect(count).toBe(3)
})
