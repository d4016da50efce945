import { compilePattern, isPattern, keyOf, parse, type Address } from '@bzzz/ucxl-address'
import type { Backend, VersionRow } from './backend.ts'
import { StoreError } from './errors.ts'
import { PAGE } from './listing.ts'
import { storedOf } from './rows.ts'
import type { CallOptions } from './queries.ts'

const DAY_MS = 86_400_000
// Bytes that so many versions share are left alone: to look at all of them would take too long.
const MAX_SHARING = 64

/** What to keep of the contexts that match: a version stays if either says so. */
export interface RetentionRule {
  /** Which contexts; the first rule that matches one is the rule for it. */
  readonly pattern: string | Address
  /** Keep the newest so many versions. */
  readonly last?: number
  /** Keep the versions of the last so many days. */
  readonly days?: number
}

export interface RetentionOptions extends CallOptions {
  /** Only says what would be dropped. */
  readonly dryRun?: boolean
  /** Addresses of versions that are cited elsewhere, in decisions for example. */
  readonly cited?: AsyncIterable<string | Address> | Iterable<string | Address>
  /** Drop what no rule keeps though it is cited. */
  readonly dropCited?: boolean
}

export interface RetentionReport {
  /** Versions that a rule was asked about. */
  readonly examined: number
  /** Versions whose bytes were dropped, or would be. */
  readonly dropped: number
  /** Versions that no rule keeps, and that stay because they are cited. */
  readonly cited: number
  /** Bytes that are free now, or would be. */
  readonly bytes: number
}

interface CompiledRule {
  readonly test: (key: string) => boolean
  readonly last: number
  readonly since: number
}

/** Every version that is cited, as `key` and version number. */
class Citations {
  readonly #cited = new Set<string>()

  /** @param from the version that cites, as of whose time the address is read; undefined: as of now. */
  add(address: string | Address, backend: Backend, from?: VersionRow): void {
    const parsed = typeof address === 'string' ? parse(address) : address
    if (isPattern(parsed)) return
    const key = keyOf(parsed)
    const version = versionMeant(parsed, key, backend, from)
    if (version !== undefined) this.#cited.add(`${key} ${version}`)
  }

  has({ key, version }: VersionRow): boolean {
    return this.#cited.has(`${key} ${version}`)
  }
}

/** Drops what no rule keeps. See `ContextStore.retain`. */
export async function retain(
  backend: Backend,
  rules: readonly RetentionRule[],
  options: RetentionOptions & { readonly now: number },
): Promise<RetentionReport> {
  const compiled = rules.map((rule) => compileRule(rule, options.now))
  const citations = await citationsOf(backend, options)
  const sweep = new Sweep(backend, compiled, citations, options)
  for await (const head of heads(backend, options.signal)) {
    if (!compiled.some(({ test }) => test(head.key))) continue
    for (let to = head.version; to > 0;) {
      const rows = backend.range(head.key, 1, to, true, PAGE)
      sweep.drop(rows)
      to = (rows.at(-1)?.version ?? 1) - 1
      await pause(options.signal)
    }
  }
  if (sweep.report.dropped > 0 && !options.dryRun) backend.awaitDisk?.()
  return sweep.report
}

class Sweep {
  readonly report = { examined: 0, dropped: 0, cited: 0, bytes: 0 }
  readonly #backend: Backend
  readonly #rules: readonly CompiledRule[]
  readonly #citations: Citations
  readonly #options: RetentionOptions
  /** Contents that were counted: in a dry run they are still there. */
  readonly #counted = new Set<string>()

  constructor(
    backend: Backend,
    rules: readonly CompiledRule[],
    citations: Citations,
    options: RetentionOptions,
  ) {
    this.#backend = backend
    this.#rules = rules
    this.#citations = citations
    this.#options = options
  }

  drop(rows: readonly VersionRow[]): void {
    const backend = this.#backend
    const doomed = new Set<string>()
    for (const row of rows) {
      this.report.examined++
      if (row.content === null || this.#isKept(row)) continue
      const { state, size } = backend.contentInfo(row.content)
      if (state !== 'here') continue
      if (this.#isCited(row)) this.report.cited++
      else if (this.#isUnwanted(row.content)) {
        this.report.dropped++
        if (!this.#counted.has(row.content)) this.report.bytes += size
        this.#counted.add(row.content)
        doomed.add(row.content)
      }
    }
    if (this.#options.dryRun || doomed.size === 0) return
    backend.transaction(() => {
      for (const content of doomed) backend.eraseContent(content, 'dropped')
    })
  }

  /** True where none of the versions that have these bytes is to stay. */
  #isUnwanted(content: string): boolean {
    const sharing = this.#backend.versionsOf(content, MAX_SHARING)
    return (
      sharing.length < MAX_SHARING &&
      sharing.every((row) => !this.#isKept(row) && !this.#isCited(row))
    )
  }

  #isKept({ key, version, time }: VersionRow): boolean {
    const rule = this.#rules.find(({ test }) => test(key))
    const newest = this.#backend.head(key)?.version ?? 0
    return !rule || version > newest - rule.last || time >= rule.since
  }

  #isCited(row: VersionRow): boolean {
    return !this.#options.dropCited && this.#citations.has(row)
  }
}

function compileRule({ pattern, last, days }: RetentionRule, now: number): CompiledRule {
  if ((last === undefined && days === undefined) || !isAmount(last ?? 0) || !isAmount(days ?? 0)) {
    throw new StoreError(
      'ERR_STORE_RULE',
      'Expected a rule to keep something: `last: 10` versions, or those of `days: 30`',
    )
  }
  const compiled = compilePattern(typeof pattern === 'string' ? parse(pattern) : pattern)
  return {
    test: (key) => compiled.testKey(key),
    last: Math.max(1, last ?? 1),
    since: days === undefined ? Number.POSITIVE_INFINITY : now - days * DAY_MS,
  }
}

function isAmount(value: number): boolean {
  return Number.isFinite(value) && value >= 0
}

async function citationsOf(backend: Backend, options: RetentionOptions): Promise<Citations> {
  const citations = new Citations()
  for await (const address of options.cited ?? []) citations.add(address, backend)
  let after = 0
  for (;;) {
    const rows = backend.changes(after, PAGE)
    for (const row of rows) {
      if (!row.record.includes('"relationships":')) continue
      for (const { address } of storedOf(row).record.relationships ?? [])
        citations.add(address, backend, row)
    }
    after = rows.at(-1)?.sequence ?? after
    if (rows.length < PAGE) return citations
    await pause(options.signal)
  }
}

async function* heads(
  backend: Backend,
  signal: AbortSignal | undefined,
): AsyncIterable<VersionRow> {
  let after = ''
  for (;;) {
    const time = Number.POSITIVE_INFINITY
    const page = backend.contexts({ prefix: '', facet: undefined, after, time, limit: PAGE })
    yield* page
    after = page.at(-1)?.key ?? after
    if (page.length < PAGE) return
    await pause(signal)
  }
}

/** The version that an address meant when it was written down; undefined for patterns, and for none. */
function versionMeant(
  { temporal }: Address,
  key: string,
  backend: Backend,
  from: VersionRow | undefined,
): number | undefined {
  switch (temporal.kind) {
    case 'version':
      return temporal.number
    case 'forward':
      return temporal.number + 1
    case 'instant':
      return backend.asOf(key, Date.parse(temporal.instant))?.version
    case 'latest':
    case 'back': {
      const newest = from ? backend.asOf(key, from.time) : backend.head(key)
      return newest && newest.version - (temporal.kind === 'back' ? temporal.number : 0)
    }
  }
}

async function pause(signal: AbortSignal | undefined): Promise<void> {
  await new Promise(setImmediate)
  signal?.throwIfAborted()
}
