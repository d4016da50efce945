import { compilePattern, parse } from '@bzzz/ucxl-address'
import type { Backend } from './backend.ts'
import { HeadsTree } from './heads-tree.ts'
import type { HeadsSummary, SummaryOptions } from './heads-summary.ts'

// Timelines read, and filtered, between two turns of the event loop.
const PAGE = 1000

// Patterns of which a tree is kept: the one that was not asked for the longest goes first.
const KEPT = 8

type Test = (key: string) => boolean

/**
 * The tree of all newest versions. It is made when it is first asked for, and from then on catches up
 * with the log of the store, in which the writes of other processes are as well: writing costs nothing
 * more than before, and nothing of it is in the file.
 */
export class HeadsIndex {
  #tree: HeadsTree | undefined
  /** Trees of what matches a pattern, kept up to date with the other one. */
  readonly #matching = new Map<string, { readonly test: Test; readonly tree: HeadsTree }>()
  #working: Promise<HeadsTree> | undefined
  /** The place in the log up to which the trees are. */
  #sequence = 0

  /**
   * The newest versions of timelines that pass.
   *
   * @param ready gives the backend where it may be used now; else it throws.
   * @param may says which keys a party may read; all if left out. What it says may be another thing
   *   the next time, so a tree of its own is made each time.
   */
  async summary(
    ready: () => Backend,
    { pattern, signal }: SummaryOptions,
    may?: Test,
  ): Promise<HeadsSummary> {
    const test = pattern === undefined ? undefined : testOf(pattern)
    signal?.throwIfAborted()
    const all = await this.#current(ready)
    signal?.throwIfAborted()
    const kept = pattern === undefined ? all : this.#matching.get(pattern)?.tree
    if (kept && !may) return kept
    const some = new HeadsTree()
    let looked = 0
    // What is written while this waits comes up again at the end of the same iteration.
    for (const head of (kept ?? all).heads()) {
      if ((kept ?? test?.(head.key) ?? true) && (may?.(head.key) ?? true)) some.set(head)
      if (++looked % PAGE > 0) continue
      await new Promise(setImmediate)
      signal?.throwIfAborted()
    }
    if (pattern !== undefined && test && !may) this.#keep(pattern, { test, tree: some })
    return some
  }

  #keep(pattern: string, entry: { readonly test: Test; readonly tree: HeadsTree }): void {
    this.#matching.delete(pattern)
    this.#matching.set(pattern, entry)
    const [oldest] = this.#matching.keys()
    if (this.#matching.size > KEPT && oldest !== undefined) this.#matching.delete(oldest)
  }

  async #current(ready: () => Backend): Promise<HeadsTree> {
    // Nothing was written, which is most often so: nobody waits for a turn.
    if (this.#tree && !this.#working && ready().lastSequence() === this.#sequence) return this.#tree
    // For all who ask meanwhile: none of them alone can abort it.
    this.#working ??= this.#catchUp(ready).finally(() => {
      this.#working = undefined
    })
    return this.#working
  }

  async #catchUp(ready: () => Backend): Promise<HeadsTree> {
    const tree = this.#tree ?? (await this.#build(ready))
    for (;;) {
      const rows = ready().changes(this.#sequence, PAGE)
      // The last of a timeline in the log is its newest one: what takes the place of a version that was
      // taken off has a later place in the log.
      for (const head of new Map(rows.map((row) => [row.key, row])).values()) {
        tree.set(head)
        for (const { test, tree: some } of this.#matching.values())
          if (test(head.key)) some.set(head)
      }
      this.#sequence = rows.at(-1)?.sequence ?? this.#sequence
      if (rows.length < PAGE) break
      await new Promise(setImmediate)
    }
    this.#tree = tree
    return tree
  }

  async #build(ready: () => Backend): Promise<HeadsTree> {
    const tree = new HeadsTree()
    // From before the first page: what is written meanwhile is looked at again.
    this.#sequence = ready().lastSequence()
    let after = ''
    for (;;) {
      const heads = ready().heads(after, PAGE)
      for (const head of heads) tree.set(head)
      after = heads.at(-1)?.key ?? after
      if (heads.length < PAGE) return tree
      await new Promise(setImmediate)
    }
  }
}

function testOf(pattern: string): Test {
  const compiled = compilePattern(parse(pattern))
  return (key) => compiled.testKey(key)
}
