import type { ContextStore } from '@bzzz/context-store'
import { parse } from '@bzzz/ucxl-address'
import { UcxiError } from './errors.ts'
import { limitOf } from './page-limit.ts'
import { patternOf } from './pattern-cost.ts'
import type { QueryOptions, QueryPage } from './ucxi.ts'

const EVERYTHING = 'ucxl://any:any@any:any/**'
const SEARCH_PAGE = 100
const MAX_OFFSET = 10_000

/** Finds by pattern and time in the order of keys, or by words in the order of how well they fit. */
export async function find(store: ContextStore, options: QueryOptions): Promise<QueryPage> {
  const limit = limitOf(options)
  const pattern = patternOf(parse(options.pattern ?? EVERYTHING))
  const { text, tags, since, before, signal } = options
  const narrowed = {
    ...(tags && tags.length > 0 ? { tags } : {}),
    ...(since === undefined ? {} : { since }),
    ...(before === undefined ? {} : { before }),
    ...(signal ? { signal } : {}),
  }
  if (text !== undefined) {
    assertNewest(options)
    const offset = offsetOf(options.after)
    const size = Math.min(limit, SEARCH_PAGE)
    const wanted = { ...narrowed, offset, limit: size }
    const found = await store.search(
      text,
      options.pattern === undefined ? wanted : { ...wanted, pattern },
    )
    const next = offset + found.hits.length
    return {
      versions: found.hits,
      ...(found.more && next < MAX_OFFSET ? { after: String(next) } : {}),
      ...(found.capped ? { capped: true } : {}),
    }
  }
  const { at, validAt, alive, after } = options
  const page = await store.page(pattern, {
    ...narrowed,
    limit,
    ...(at === undefined ? {} : { at }),
    ...(validAt === undefined ? {} : { validAt }),
    ...(alive === undefined ? {} : { alive }),
    ...(after === undefined ? {} : { after }),
  })
  return { versions: page.versions, ...(page.next === undefined ? {} : { after: page.next }) }
}

function assertNewest({ at, validAt }: QueryOptions): void {
  if (at === undefined && validAt === undefined) return
  throw new UcxiError(
    'ERR_UCXI_REQUEST',
    'Expected text without at and valid_at: words are looked for in the newest versions only',
  )
}

function offsetOf(after = '0'): number {
  if (/^\d{1,5}$/.test(after) && Number(after) <= MAX_OFFSET) return Number(after)
  throw new UcxiError(
    'ERR_UCXI_REQUEST',
    `Expected the \`after\` of the page before, a number up to ${MAX_OFFSET}, such as 20`,
  )
}
