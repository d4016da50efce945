import {
  decisionHash,
  LIMITS,
  type Citation,
  type Decision,
  type Impact,
} from '@bzzz/decision-schema'
import { parseKey } from '@bzzz/ucxl-address'
import { toInstant } from '@bzzz/temporal-nav'
import { v5 } from 'uuid'
import { cut } from '../text.ts'
import type { FullImportMap, LinkMeaning } from './import-map.ts'
import { MENTIONS, wordOf, type ParsedRecord, type RecordLink } from './parsed-record.ts'
import { decisionKeyOf, latestOf, versionOf, type TextVersion } from './text-version.ts'

/** What one version of a record became. */
export interface MadeDecision {
  /** Not signed, its citations not pinned. */
  readonly decision: Decision
  /** Links that lead to no record here, as they are written. */
  readonly unresolved: readonly string[]
  /** The status as it is written, where no map knows it. */
  readonly unknownStatus?: string
}

export interface ToDecisionInit {
  readonly parsed: ParsedRecord
  readonly version: TextVersion
  readonly map: FullImportMap
  /** Key of the record that a link names. */
  readonly find: (link: RecordLink) => string | undefined
}

/** Names of imported records (RFC 9562, version 5) are told apart from all others by this. */
const NAMESPACE = '5f1a7d0e-6f0b-4d5b-9c3e-2f6f1f0f9a11'
const DEFAULT_TYPE = 'architecture_choice'
const UNNAMED = 'Untitled record'

/** Makes a decision of what a record says. */
export function toDecision({ parsed, version, map, find }: ToDecisionInit): MadeDecision {
  const { key, path, origin, record } = version
  const { agent, project, task } = parseKey(key)
  const { links, unresolved } = resolveLinks(parsed.links, key, map, find)
  const status = statusOf(parsed.status, map)
  const people = peopleOf(parsed.people, map)
  const { citations, impacts, supersedes } = referencesOf(links)
  const justification = {
    ...(parsed.reasoning ? { reasoning: parsed.reasoning } : {}),
    ...(parsed.criteria ? { criteria: parsed.criteria } : {}),
  }
  const said: Decision = {
    decision_id: v5(`${agent}@${project} ${origin}`, NAMESPACE),
    ucxl_address: latestOf(decisionKeyOf(key)),
    timestamp: toInstant(version.time),
    agent_id: agent,
    decision_type: cut(map.types.get(wordOf(parsed.type ?? '')) ?? DEFAULT_TYPE, LIMITS.word),
    ...(status ? { status } : {}),
    title: cut(parsed.title ?? (nameOf(path) || UNNAMED), LIMITS.line),
    ...(parsed.summary ? { summary: parsed.summary } : {}),
    ...(parsed.options ? { options: parsed.options } : {}),
    ...(parsed.chosen ? { chosen: parsed.chosen } : {}),
    ...(parsed.consequences ? { consequences: parsed.consequences } : {}),
    ...(parsed.confirmation ? { confirmation: parsed.confirmation } : {}),
    ...people,
    ...(supersedes.length > 0 ? { supersedes } : {}),
    context: { project, task },
    ...(Object.keys(justification).length > 0 ? { justification } : {}),
    ...(citations.length > 0 ? { citations } : {}),
    ...(impacts.length > 0 ? { impacts } : {}),
  }
  const { commit, author, authored } = record.provenance ?? {}
  const imported = {
    format: parsed.format,
    record: { ucxl_address: versionOf(key, version.version), content_id: version.content },
    path,
    ...(parsed.status === undefined ? {} : { status: cut(parsed.status, LIMITS.line) }),
    ...(commit === undefined ? {} : { commit }),
    ...(author === undefined ? {} : { author, authored }),
    ...(Object.keys(parsed.fields).length > 0 ? { fields: parsed.fields } : {}),
    hash: saysOf(said),
  }
  const unknown = parsed.status !== undefined && status === undefined ? parsed.status : undefined
  return {
    decision: { ...said, imported },
    unresolved,
    ...(unknown === undefined ? {} : { unknownStatus: unknown }),
  }
}

/** Hash of what a decision says, without where it came from and what pinning adds. */
export function saysOf(decision: Decision): string {
  const { imported: _, citations, ...said } = decision
  const floating = citations?.map(
    ({ version: _v, content_id: _c, decision_hash: _h, ...rest }) => rest,
  )
  return decisionHash({ ...(said as Decision), ...(floating ? { citations: floating } : {}) })
}

/** A link with the address that it leads to, and what it becomes. */
interface ResolvedLink {
  readonly meaning: LinkMeaning
  readonly address: string
  readonly link: RecordLink
}

function resolveLinks(
  links: readonly RecordLink[],
  own: string,
  map: FullImportMap,
  find: (link: RecordLink) => string | undefined,
): { links: ResolvedLink[]; unresolved: string[] } {
  const resolved: ResolvedLink[] = []
  const unresolved = new Set<string>()
  for (const link of links) {
    const meaning = map.links.get(link.word)
    if (!meaning) continue
    const key = 'address' in link.target ? undefined : find(link)
    if (key === own) continue
    const address =
      'address' in link.target ? link.target.address : key && latestOf(decisionKeyOf(key))
    if (address) resolved.push({ meaning, address, link })
    else unresolved.add(link.text)
  }
  // What took the place of this is no ground of it, wherever else the text mentions it.
  const later = new Set(
    resolved.filter(({ meaning }) => meaning.mentions === false).map(({ address }) => address),
  )
  return {
    links: resolved.filter(({ address, link }) => link.word !== MENTIONS || !later.has(address)),
    unresolved: [...unresolved],
  }
}

/** What a decision cites, does and takes the place of: each thing once, a mention only by itself. */
function referencesOf(links: readonly ResolvedLink[]): {
  citations: Citation[]
  impacts: Impact[]
  supersedes: string[]
} {
  const citations = new Map<string, Citation>()
  const impacts = new Map<string, Impact>()
  const supersedes = new Set<string>()
  const named = new Set<string>()
  const mentionsLast = links.toSorted((a, b) => rank(a) - rank(b))
  for (const { meaning, address, link } of mentionsLast) {
    const { target, word, text } = link
    const excerpt = 'address' in target ? { version: target.version, excerpt: target.excerpt } : {}
    if (meaning.citation && !(word === MENTIONS && named.has(address))) {
      named.add(address)
      citations.set(`${meaning.citation} ${address}`, {
        type: meaning.citation,
        ucxl_address: address,
        ...(meaning.relevance ? { relevance: meaning.relevance } : {}),
        ...(excerpt.version === undefined ? {} : { version: excerpt.version }),
        ...(excerpt.excerpt === undefined ? {} : { excerpt: excerpt.excerpt }),
      })
    }
    if (meaning.impact) {
      const reason = cut(text, LIMITS.paragraph)
      impacts.set(`${meaning.impact} ${address}`, {
        type: meaning.impact,
        ucxl_address: address,
        reason,
      })
    }
    if (meaning.supersedes) supersedes.add(address)
  }
  return {
    citations: [...citations.values()].slice(0, LIMITS.references),
    impacts: [...impacts.values()].slice(0, LIMITS.references),
    supersedes: [...supersedes].slice(0, LIMITS.items),
  }
}

function rank({ link }: ResolvedLink): number {
  return link.word === MENTIONS ? 1 : 0
}

/** `Accepted`, `superseded by [ADR-5](0005-x.md)`, `Accepted on 2020-01-01`: the longest word known. */
function statusOf(text: string | undefined, map: FullImportMap): Decision['status'] {
  const words = (text ?? '')
    .slice(0, LIMITS.line)
    .replaceAll(/["'*_{}]/g, ' ')
    .trim()
    .split(/\s+/)
  for (let count = Math.min(words.length, 4); count > 0; count--) {
    const status = map.statuses.get(
      wordOf(
        words
          .slice(0, count)
          .join(' ')
          .replaceAll(/[,.;:]+$/g, ''),
      ),
    )
    if (status) return status
  }
  return undefined
}

type People = { [Field in 'deciders' | 'consulted' | 'informed']?: string[] }

function peopleOf(people: ParsedRecord['people'], map: FullImportMap): People {
  const found: People = {}
  for (const [field, names] of people) {
    const place = map.people.get(field)
    if (!place) continue
    const mapped = names.map((name) => cut(map.authors.get(name) ?? name, LIMITS.name))
    const all = [...new Set([...(found[place] ?? []), ...mapped])].slice(0, LIMITS.items)
    if (all.length > 0) found[place] = all
  }
  return found
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '')
}
