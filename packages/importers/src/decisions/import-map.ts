import { CITATION_TYPES, RELEVANCES, STATUSES } from '@bzzz/decision-schema'
import { z } from 'zod'
import { ImportError } from '../errors.ts'
import { wordOf } from './parsed-record.ts'

const name = z.string().min(1).max(256)
const word = z.string().min(1).max(128)

const linkMeaning = z.strictObject({
  /** Type of the citation that it becomes: what it leads to is something that this rests on. */
  citation: word.exactOptional(),
  relevance: z.enum(RELEVANCES).exactOptional(),
  /** Type of the impact that it becomes: this does something to what it leads to. */
  impact: word.exactOptional(),
  /** Whether this takes the place of what it leads to. */
  supersedes: z.boolean().exactOptional(),
  /** False where other links to the same record, that only mention it, are left out. */
  mentions: z.boolean().exactOptional(),
})

const peopleField = z.enum(['deciders', 'consulted', 'informed'])

const importMap = z.strictObject({
  authors: z.record(name, name).exactOptional(),
  folders: z
    .record(
      z.string(),
      z.strictObject({ project: name.exactOptional(), task: name.exactOptional() }),
    )
    .exactOptional(),
  statuses: z.record(name, z.enum(STATUSES)).exactOptional(),
  types: z.record(name, word).exactOptional(),
  links: z.record(name, linkMeaning.nullable()).exactOptional(),
  people: z.record(name, peopleField.nullable()).exactOptional(),
  mentions: z.boolean().exactOptional(),
})

/** What a link between records becomes. */
export type LinkMeaning = z.infer<typeof linkMeaning>

/**
 * How what stands in records becomes what a decision has. It is plain JSON, so that it can be kept
 * beside the records. Each entry is added to the defaults, or takes the place of one; case, spaces,
 * `-` and `_` of the words in records do not count.
 *
 * - `authors`: a person's name in the records → the name of a participant; else it stays as it is.
 * - `folders`: a folder, counted from what is imported → `project` and `task` in the addresses of the
 *   records under it; the longest one counts.
 * - `statuses`: a status → `proposed`, `accepted`, `rejected`, `deprecated` or `superseded`.
 * - `types`: a kind of record (`Type:`) → a decision type; else `architecture_choice`.
 * - `links`: a word before a link, or a header field that names records → what the link becomes; null
 *   for nothing.
 * - `people`: a field with names → `deciders`, `consulted` or `informed`; null for nothing.
 * - `mentions`: whether `PEP 484` in a text, without markup, counts as a link (`mentions`); if left
 *   out, it does not.
 */
export type ImportMap = z.infer<typeof importMap>

/** A map that is complete, with its words in one form. */
export interface FullImportMap {
  readonly authors: ReadonlyMap<string, string>
  readonly statuses: ReadonlyMap<string, ImportedStatus>
  readonly types: ReadonlyMap<string, string>
  readonly links: ReadonlyMap<string, LinkMeaning | null>
  readonly people: ReadonlyMap<string, z.infer<typeof peopleField> | null>
  readonly folders: NonNullable<ImportMap['folders']>
  readonly mentions: boolean
}

type ImportedStatus = (typeof STATUSES)[number]

const REPLACES: LinkMeaning = { impact: 'replaces', supersedes: true }
const NOT_THE_GROUND = { mentions: false } as const

/** What is known of MADR, adr-tools, log4brains, PEPs and their like. */
const DEFAULTS = {
  statuses: {
    proposed: 'proposed',
    draft: 'proposed',
    incomplete: 'proposed',
    deferred: 'proposed',
    open: 'proposed',
    'in review': 'proposed',
    accepted: 'accepted',
    approved: 'accepted',
    active: 'accepted',
    final: 'accepted',
    provisional: 'accepted',
    decided: 'accepted',
    done: 'accepted',
    implemented: 'accepted',
    rejected: 'rejected',
    declined: 'rejected',
    withdrawn: 'rejected',
    'april fool!': 'rejected',
    deprecated: 'deprecated',
    superseded: 'superseded',
    superceded: 'superseded',
    replaced: 'superseded',
    obsolete: 'deprecated',
  },
  types: { process: 'policy', policy: 'policy' },
  links: {
    replaces: REPLACES,
    supersedes: REPLACES,
    supercedes: REPLACES,
    obsoletes: REPLACES,
    superseded_by: { impact: 'superseded_by', ...NOT_THE_GROUND },
    superceded_by: { impact: 'superseded_by', ...NOT_THE_GROUND },
    replaced_by: { impact: 'superseded_by', ...NOT_THE_GROUND },
    obsoleted_by: { impact: 'superseded_by', ...NOT_THE_GROUND },
    amends: { citation: 'refines', relevance: 'high', impact: 'modifies' },
    updates: { citation: 'refines', relevance: 'high', impact: 'modifies' },
    refines: { citation: 'refines', relevance: 'high' },
    clarifies: { citation: 'refines', relevance: 'high' },
    extends: { citation: 'refines', relevance: 'high' },
    amended_by: { impact: 'amended_by', ...NOT_THE_GROUND },
    updated_by: { impact: 'amended_by', ...NOT_THE_GROUND },
    refined_by: { impact: 'refined_by', ...NOT_THE_GROUND },
    clarified_by: { impact: 'refined_by', ...NOT_THE_GROUND },
    extended_by: { impact: 'refined_by', ...NOT_THE_GROUND },
    requires: { citation: 'requires', relevance: 'high' },
    depends_on: { citation: 'requires', relevance: 'high' },
    based_on: { citation: 'justified_by', relevance: 'high' },
    builds_on: { citation: 'justified_by', relevance: 'high' },
    implements: { citation: 'implements', relevance: 'high' },
    contradicts: { citation: 'contradicts', relevance: 'high' },
    conflicts_with: { citation: 'contradicts', relevance: 'high' },
    required_by: { impact: 'required_by', ...NOT_THE_GROUND },
    implemented_by: { impact: 'implemented_by', ...NOT_THE_GROUND },
    relates_to: { citation: 'informed_by', relevance: 'medium' },
    related_to: { citation: 'informed_by', relevance: 'medium' },
    see_also: { citation: 'informed_by', relevance: 'medium' },
    mentions: { citation: 'informed_by', relevance: 'medium' },
  },
  people: {
    author: 'deciders',
    authors: 'deciders',
    deciders: 'deciders',
    decision_makers: 'deciders',
    bdfl_delegate: 'deciders',
    pep_delegate: 'deciders',
    sponsor: 'consulted',
    consulted: 'consulted',
    informed: 'informed',
  },
} satisfies ImportMap

/**
 * Completes a map with the defaults.
 *
 * @throws ImportError `ERR_IMPORT_MAP` where it is none; the message names the place.
 */
export function completeMap(map: unknown = {}): FullImportMap {
  const given = checkMap(map)
  const citations = CITATION_TYPES.map(
    (type) => [type, { citation: type, relevance: 'high' } as const] as const,
  )
  return {
    authors: new Map(Object.entries(given.authors ?? {})),
    statuses: merged(Object.entries(DEFAULTS.statuses), given.statuses),
    types: merged(Object.entries(DEFAULTS.types), given.types),
    links: merged([...citations, ...Object.entries(DEFAULTS.links)], given.links),
    people: merged(Object.entries(DEFAULTS.people), given.people),
    folders: given.folders ?? {},
    mentions: given.mentions ?? false,
  }
}

/** @throws ImportError `ERR_IMPORT_MAP` */
function checkMap(map: unknown): ImportMap {
  const { success, data, error } = importMap.safeParse(map)
  if (success) return data
  const [issue] = error.issues
  const where = issue?.path.length ? ` at ${issue.path.join('.')}` : ''
  throw new ImportError(
    'ERR_IMPORT_MAP',
    `Expected a map of authors, folders, statuses, types, links and people${where}: ${issue?.message ?? 'it is none'}`,
  )
}

function merged<Value>(
  defaults: readonly (readonly [string, unknown])[],
  given: Readonly<Record<string, Value>> = {},
): Map<string, Value> {
  const entries = [...defaults, ...Object.entries(given)] as [string, Value][]
  return new Map(entries.map(([key, value]) => [wordOf(key), value]))
}
