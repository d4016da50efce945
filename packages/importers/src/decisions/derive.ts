import type { ContextStore } from '@bzzz/context-store'
import {
  DECISION_MEDIA_TYPE,
  DecisionError,
  decisionBytes,
  parseDecision,
  type Citation,
  type Decision,
} from '@bzzz/decision-schema'
import { signDecision } from '@bzzz/decision-schema/signing'
import type { Identity } from '@bzzz/identity'
import type { CallOptions } from '@bzzz/temporal-nav'
import { keyOf, parse } from '@bzzz/ucxl-address'
import { createBatchWriter, type WholeWrite } from '../batch-writer.ts'
import type { ImportSkip } from '../contract.ts'
import { ImportError } from '../errors.ts'
import { decodeUtf8 } from '../text.ts'
import type { FullImportMap } from './import-map.ts'
import { parseRecord } from './parse-record.ts'
import { createRecordIndex } from './record-index.ts'
import {
  decisionKeyOf,
  latestOf,
  readTextVersions,
  versionOf,
  type TextVersion,
} from './text-version.ts'
import { planDecisions, RECORD_VERSION } from './plan-decisions.ts'
import { trackNewest } from './track-newest.ts'
import { toDecision, type ToDecisionInit } from './to-decision.ts'

export interface DeriveInit {
  readonly store: ContextStore
  readonly identity: Identity
  /** Milliseconds since 1970, for the proofs. */
  readonly now: () => number
  readonly map: FullImportMap
  /** Keys of the texts. */
  readonly keys: readonly string[]
  readonly signal: AbortSignal | undefined
  readonly onProgress: (done: number, all: number) => void
}

/** What came of the texts of an import. */
export interface Derived {
  /** Versions of decisions written now. */
  readonly versions: number
  /** Versions that were there already. */
  readonly unchanged: number
  /** Decisions that were written to now. */
  readonly records: number
  /** Citations and impacts of what was written now. */
  readonly citations: number
  readonly impacts: number
  /** Links in what was written now that lead to no record here, each once. */
  readonly unresolved: readonly string[]
  readonly skipped: readonly ImportSkip[]
  readonly notes: readonly string[]
}

const NAMED = 5

/**
 * Makes a version of a decision for each version of a text that has none yet, oldest first, so that
 * what one cites is pinned to what was there at that time.
 */
export async function deriveDecisions(init: DeriveInit): Promise<Derived> {
  const { store, identity, now, map, signal } = init
  const options: CallOptions = signal ? { signal } : {}
  const texts = await readTextVersions(store, init.keys, options)
  const plan = await planDecisions(store, texts, options)
  const index = createRecordIndex(texts)
  const newest = trackNewest(store, plan.heads, options)
  const skipped: ImportSkip[] = [...plan.diverged]
  const unresolved = new Set<string>()
  const unknown = new Map<string, number>()
  const written = new Set<string>()
  let citations = 0
  let impacts = 0
  let done = 0
  const all = texts.length - plan.unchanged
  const writer = createBatchWriter({
    store,
    heads: plan.heads,
    signal,
    onBatch: () => init.onProgress(done, all),
  })
  init.onProgress(0, all)

  /** Puts the versions on citations: what is cited is what was there when it was cited. */
  async function pin(decision: Decision): Promise<Decision> {
    const pinned = await Promise.all((decision.citations ?? []).map(pinOne))
    return pinned.length === 0 ? decision : { ...decision, citations: pinned }
  }
  async function pinOne(citation: Citation): Promise<Citation> {
    const known = await newest.find(keyOf(parse(citation.ucxl_address)))
    if (known === undefined || citation.version !== undefined) return citation
    const { version, contentId, hash } = known
    return { ...citation, version, content_id: contentId, decision_hash: hash }
  }

  async function derive(text: TextVersion, content: string): Promise<WholeWrite> {
    const bytes = await store.content(content, options)
    if (!bytes)
      throw new ImportError('ERR_IMPORT_NOT_FOUND', 'its text is not in the store any more')
    const parsed = parseRecord(text.contentType, decodeUtf8(bytes), map)
    const find: ToDecisionInit['find'] = ({ target }) =>
      'address' in target ? undefined : index.find(target, text.path)
    const made = toDecision({ parsed, version: text, map, find })
    const decision = signDecision(parseDecision(await pin(made.decision)), identity, { now })
    for (const link of made.unresolved) unresolved.add(link)
    if (made.unknownStatus)
      unknown.set(made.unknownStatus, (unknown.get(made.unknownStatus) ?? 0) + 1)
    citations += decision.citations?.length ?? 0
    impacts += decision.impacts?.length ?? 0
    newest.add(decisionKeyOf(text.key), decision)
    return {
      address: decision.ucxl_address,
      content: decisionBytes(decision),
      contentType: DECISION_MEDIA_TYPE,
    }
  }

  for (const text of texts) {
    index.move(text.key, text.path)
    const key = decisionKeyOf(text.key)
    if (text.version <= (plan.done.get(key) ?? 0)) continue
    done += 1
    const common = {
      time: text.time,
      provenance: provenanceOf(text),
      relationships: relationsOf(text),
    }
    if (text.content === null) {
      // A tombstone ends what there is; where there is nothing, there is nothing to end.
      if (!newest.exists(key)) continue
      newest.end(key)
      await writer.add({
        key,
        name: text.path,
        write: { address: latestOf(key), content: null, ...common },
      })
      continue
    }
    try {
      const write = await derive(text, text.content)
      written.add(key)
      await writer.add({ key, name: text.path, write: { ...write, ...common } })
    } catch (error) {
      const skip = skipOf(text, error)
      if (!skip) throw error
      skipped.push(skip)
    }
  }
  await writer.flush()
  init.onProgress(done, all)
  return {
    versions: writer.versions,
    unchanged: plan.unchanged,
    records: written.size,
    citations,
    impacts,
    unresolved: [...unresolved],
    skipped: [...skipped, ...writer.refused],
    notes: notesOf(unknown, map),
  }
}

function provenanceOf({ record, version }: TextVersion): Record<string, string> {
  return { ...record.provenance, [RECORD_VERSION]: String(version) }
}

/** Keeps the text as long as the decision: retention drops nothing that is pointed at. */
function relationsOf({ key, version, record }: TextVersion): { name: string; address: string }[] {
  const moved = (record.relationships ?? []).filter(({ name }) => name === 'moved_to')
  return [
    { name: 'recorded_in', address: versionOf(key, version) },
    ...moved.map(({ name, address }) => ({
      name,
      address: latestOf(decisionKeyOf(keyOf(parse(address)))),
    })),
  ]
}

/** What is wrong with one version of a record; undefined where something else is wrong. */
function skipOf({ path, record }: TextVersion, error: unknown): ImportSkip | undefined {
  if (!ImportError.is(error) && !(error instanceof DecisionError)) return undefined
  const commit = record.provenance?.['commit']
  const where = commit === undefined ? '' : `in commit ${commit}: `
  const line = ImportError.is(error) && error.line !== undefined ? { line: error.line } : {}
  return { path, reason: `${where}${error.message}`, code: error.code, ...line }
}

function notesOf(unknown: ReadonlyMap<string, number>, { statuses }: FullImportMap): string[] {
  if (unknown.size === 0) return []
  const named = [...unknown.keys()].slice(0, NAMED).map((status) => JSON.stringify(status))
  const more = unknown.size > NAMED ? ` and ${unknown.size - NAMED} more` : ''
  const known = [...statuses.keys()].slice(0, NAMED).join(', ')
  return [
    `No status was made of ${named.join(', ')}${more}: the map knows ${known} and others; add to its statuses what they mean.`,
  ]
}
