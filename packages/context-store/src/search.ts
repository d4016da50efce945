import { compilePattern, parse } from '@bzzz/ucxl-address'
import type { Core } from './core.ts'
import { facetOf, passes } from './listing.ts'
import { contentTypeOf, storedOf } from './rows.ts'
import { parseSearch, searchableText, snippetOf } from './search-text.ts'
import type { SearchHit, SearchOptions, SearchPage } from './queries.ts'

// More contexts that fit are not ranked: words that are nearly everywhere tell nothing.
const MAX_RANKED = 4096
const MAX_HITS = 100

/** Finds words in what `may` allows. See `ContextStore.search`. */
export async function searchStore(
  core: Core,
  text: string,
  options: SearchOptions,
  may: (key: string) => boolean,
): Promise<SearchPage> {
  const { pattern, limit = 20, offset = 0 } = options
  const backend = core.ready(options)
  const terms = parseSearch(text)
  const address = typeof pattern === 'string' ? parse(pattern) : pattern
  const compiled = address && compilePattern(address)
  await core.indexer.catchUp(options.signal)
  core.ready(options)
  const facet = address && facetOf(address, ['task', 'project', 'agent', 'role'])
  const wanted = Math.min(limit, MAX_HITS)
  const hits: SearchHit[] = []
  let place = 0
  let ranked = 0
  for (const { row, bytes, score } of backend.search({ terms, facet, cap: MAX_RANKED })) {
    ranked++
    if (compiled?.testKey(row.key) === false || !may(row.key) || !passes(row, options)) continue
    if (place++ < offset) continue
    if (hits.length === wanted) return { hits, more: true, capped: false }
    const body = bytes ? searchableText(bytes, contentTypeOf(row)) : null
    hits.push(Object.assign(storedOf(row), { score, ...snippetOf(body ?? '', terms) }))
  }
  return { hits, more: false, capped: ranked >= MAX_RANKED }
}
