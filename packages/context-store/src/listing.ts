import { validAt } from '@bzzz/temporal-nav'
import { compilePattern, type Address } from '@bzzz/ucxl-address'
import type { Access } from './access.ts'
import type { Backend, Facet, NamePart, VersionRow } from './backend.ts'
import { tagsOf } from './rows.ts'
import type { CallOptions, ListOptions } from './queries.ts'
import type { ContextStore } from './store.ts'

// Rows read in one go: enough to make paging cheap, few enough that a page is no pause.
export const PAGE = 256

/** A stretch of a listing. */
export interface Stretch {
  readonly rows: VersionRow[]
  /** The key to go on after; undefined at the end. */
  readonly next: string | undefined
}

interface Listing {
  readonly backend: () => Backend
  readonly access: Access | undefined
  readonly index: ContextStore['index']
}

/**
 * What matches among the next few hundred keys; with the key to go on after, so that no pattern,
 * however selective, makes one call long.
 */
export async function listStretch(
  pattern: Address,
  options: ListOptions,
  { backend, access, index }: Listing,
): Promise<Stretch> {
  options.signal?.throwIfAborted()
  const compiled = compilePattern(pattern)
  const prefix = literalPrefix(pattern)
  const page = backend().contexts({
    prefix,
    facet: isLiteral(pattern.agent) ? undefined : facetOf(pattern, ['task', 'project', 'role']),
    after: options.after ?? '',
    time: options.at ?? Number.POSITIVE_INFINITY,
    limit: PAGE,
  })
  const rows: VersionRow[] = []
  for (const row of page) {
    if (!compiled.testKey(row.key) || access?.may('read', row.key) === false) continue
    const holding = options.validAt === undefined ? row : await heldAt(row, options, backend, index)
    if (holding && passes(holding, options)) rows.push(holding)
  }
  return { rows, next: page.length < PAGE ? undefined : page.at(-1)?.key }
}

/** What a version must be like, apart from its key. */
export function passes(row: VersionRow, options: ListOptions): boolean {
  const { tags, since = Number.NEGATIVE_INFINITY, before = Number.POSITIVE_INFINITY } = options
  if (row.time < since || row.time >= before) return false
  if (options.alive && row.content === null) return false
  if (!tags || tags.length === 0) return true
  const own = tagsOf(row)
  return tags.every((tag) => own.includes(tag))
}

/** A literal name of a pattern by which its keys are found, the first of these parts that is one. */
export function facetOf(pattern: Address, parts: readonly NamePart[]): Facet | undefined {
  const part = parts.find((one) => isLiteral(pattern[one]))
  return part && { part, name: pattern[part] }
}

/** The version that holds at the moment that is asked for, of those up to this one. */
async function heldAt(
  row: VersionRow,
  options: ListOptions,
  backend: () => Backend,
  index: ContextStore['index'],
): Promise<VersionRow | undefined> {
  const { validAt: moment = 0, signal } = options
  const call: CallOptions = signal ? { signal } : {}
  try {
    const query = { validAt: moment, recordedAt: row.time, ...call }
    const { version } = await validAt(index, row.key, query)
    return backend().version(row.key, version)
  } catch (error) {
    signal?.throwIfAborted()
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ERR_TEMPORAL_NOT_VALID' || code === 'ERR_TEMPORAL_GONE') return undefined
    throw error
  }
}

/** The longest beginning that all keys which match a pattern share. */
function literalPrefix(pattern: Address): string {
  let prefix = ''
  const names = [pattern.agent, pattern.role, pattern.project, pattern.task]
  for (const [place, name] of names.entries()) {
    if (name === 'any') return prefix
    const star = name.indexOf('*')
    if (star >= 0) return prefix + name.slice(0, star)
    prefix += name + ':@:/'[place]
  }
  const star = pattern.path.indexOf('*')
  // `a/**` matches `a` as well: the slash before a star is not in every key.
  return prefix + (star < 0 ? pattern.path : pattern.path.slice(0, star).replace(/\/$/, ''))
}

function isLiteral(name: string): boolean {
  return name !== 'any' && !name.includes('*')
}
