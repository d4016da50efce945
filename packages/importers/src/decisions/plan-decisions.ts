import type { ContextStore } from '@bzzz/context-store'
import type { CallOptions } from '@bzzz/temporal-nav'
import type { ImportSkip } from '../contract.ts'
import { decisionKeyOf, pathOf, type TextVersion } from './text-version.ts'

/** The provenance of a decision's version has the number of the text's version under this name. */
export const RECORD_VERSION = 'record_version'

/** What there is to do. */
export interface DecisionPlan {
  /** Up to which version of its text each decision is made, by the decision's key. */
  readonly done: ReadonlyMap<string, number>
  /** Number of the newest version of each decision; 0 where there is none. */
  readonly heads: ReadonlyMap<string, number>
  /** Versions of texts of which nothing is to be made. */
  readonly unchanged: number
  readonly diverged: readonly ImportSkip[]
}

/** How far each decision is, by the version of its text that its newest version was made of. */
export async function planDecisions(
  store: ContextStore,
  texts: readonly TextVersion[],
  options: CallOptions,
): Promise<DecisionPlan> {
  const done = new Map<string, number>()
  const heads = new Map<string, number>()
  const diverged: ImportSkip[] = []
  for (const { key: textKey } of texts) {
    const key = decisionKeyOf(textKey)
    if (heads.has(key)) continue
    const head = await store.head(key, options)
    heads.set(key, head?.record.version ?? 0)
    if (!head) continue
    const made = Number(head.record.provenance?.[RECORD_VERSION])
    if (Number.isInteger(made)) {
      done.set(key, made)
      continue
    }
    done.set(key, Number.POSITIVE_INFINITY)
    diverged.push({
      path: pathOf(textKey),
      code: 'ERR_IMPORT_DIVERGED',
      reason: `the decision at ${key} was changed here since it was imported: what is new in the record was not added to it`,
    })
  }
  const unchanged = texts.filter(
    ({ key, version }) => version <= (done.get(decisionKeyOf(key)) ?? 0),
  ).length
  return { done, heads, unchanged, diverged }
}
