import { toInstant } from '@bzzz/temporal-nav'
import { addressOfKey } from './addresses.ts'
import type { Handlers, ServerContext } from './context.ts'
import { momentOf } from './query-text.ts'
import { filtersOf, given } from './request.ts'
import { summaryOf } from './views.ts'

type Reads = 'search' | 'versions' | 'state' | 'standing' | 'counts'

export function readRoutes({ slurp, now }: ServerContext): Handlers<Reads> {
  return {
    async search({ query, signal }) {
      const { q: text, after, limit, facets } = query
      const filters = filtersOf(query)
      const page = await slurp.search({
        ...given({ text, after, limit, facets }),
        filters,
        signal,
      })
      const items = page.items.map(({ decision, score, snippet, marks }) => ({
        ...summaryOf(decision),
        ...given({ score }),
        snippet,
        marks,
      }))
      return { ...page, items }
    },
    async versions({ params, query, signal }) {
      const { items, next } = await slurp.versions(params.start, { ...given(query), signal })
      return { items: items.map(summaryOf), ...given({ next }) }
    },
    async state({ query, signal }) {
      const { at: moment, after, limit } = query
      const at = moment === undefined ? undefined : momentOf(moment, 'at')
      const page = await slurp.state({
        ...given({ at, after, limit }),
        filters: filtersOf(query),
        signal,
      })
      return {
        at: toInstant(at ?? now()),
        items: page.items.map(({ decision, supersededBy }) => ({
          ...summaryOf(decision),
          superseded_by: supersededBy,
        })),
        ...given({ next: page.next }),
      }
    },
    async standing({ params, query, signal }) {
      const page = await slurp.standing(params.question, { ...given(query), signal })
      return {
        items: page.items.map(({ key, count, newest }) => ({
          address: addressOfKey(key),
          count,
          ...(newest ? { newest: summaryOf(newest) } : {}),
        })),
        ...given({ next: page.next }),
      }
    },
    counts: async ({ signal }) => slurp.counts({ signal }),
  }
}
