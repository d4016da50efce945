import { toInstant } from '@bzzz/temporal-nav'
import { keyOf, parse, toUri } from '@bzzz/ucxl-address'
import { addressOfKey, addressOfVersion } from './addresses.ts'
import type { DecisionRecord } from './format-record.ts'
import { edgesOf } from './row-of.ts'

const CONTEXT = {
  prov: 'http://www.w3.org/ns/prov#',
  xsd: 'http://www.w3.org/2001/XMLSchema#',
  rdfs: 'http://www.w3.org/2000/01/rdf-schema#',
  bzzz: 'urn:bzzz:decision-schema:',
  label: 'rdfs:label',
  generatedAtTime: { '@id': 'prov:generatedAtTime', '@type': 'xsd:dateTime' },
  endedAtTime: { '@id': 'prov:endedAtTime', '@type': 'xsd:dateTime' },
  wasGeneratedBy: { '@id': 'prov:wasGeneratedBy', '@type': '@id' },
  wasAttributedTo: { '@id': 'prov:wasAttributedTo', '@type': '@id' },
  wasAssociatedWith: { '@id': 'prov:wasAssociatedWith', '@type': '@id' },
  wasDerivedFrom: { '@id': 'prov:wasDerivedFrom', '@type': '@id' },
  wasRevisionOf: { '@id': 'prov:wasRevisionOf', '@type': '@id' },
  wasInfluencedBy: { '@id': 'prov:wasInfluencedBy', '@type': '@id' },
  actedOnBehalfOf: { '@id': 'prov:actedOnBehalfOf', '@type': '@id' },
  used: { '@id': 'prov:used', '@type': '@id' },
} as const

type Node = Readonly<Record<string, unknown>>

/**
 * W3C PROV-O as JSON-LD: each version is an entity, deciding it an activity that used what it cites,
 * and whoever signed it an agent. The context stands in the document: nothing is fetched to read it.
 */
export function toProv(records: readonly DecisionRecord[]): object {
  const agents = new Map<string, Node>()
  const things = records.flatMap((record) => [entityOf(record), activityOf(record)])
  for (const { decision, writer } of records) {
    const { agent_id: name, model } = decision
    const type = model === undefined ? 'prov:Agent' : ['prov:Agent', 'prov:SoftwareAgent']
    agents.set(writer, { '@id': writer, '@type': type, label: name })
  }
  return { '@context': CONTEXT, '@graph': [...things, ...agents.values()] }
}

function entityOf(record: DecisionRecord): Node {
  const { decision, address, version, time, contentId, writer } = record
  const cited = citedBy(record, ({ type }) => type !== 'contradicts')
  const key = keyOf(parse(address))
  const before = version > 1 ? [iriOf(addressOfVersion(key, version - 1))] : []
  const replaced = (decision.supersedes ?? []).map(iriOf)
  return {
    '@id': iriOf(address),
    '@type': 'prov:Entity',
    label: decision.title ?? decision.decision_type,
    generatedAtTime: toInstant(time),
    wasGeneratedBy: activityId(record),
    wasAttributedTo: writer,
    ...some('wasDerivedFrom', cited),
    ...some('wasRevisionOf', [...before, ...replaced]),
    ...some(
      'wasInfluencedBy',
      citedBy(record, ({ type }) => type === 'contradicts'),
    ),
    'bzzz:contentId': contentId,
    'bzzz:decisionType': decision.decision_type,
    ...(decision.status === undefined ? {} : { 'bzzz:status': decision.status }),
  }
}

function activityOf(record: DecisionRecord): Node {
  const { decision, writer } = record
  const { timestamp, model, session } = decision
  return {
    '@id': activityId(record),
    '@type': 'prov:Activity',
    label: `decided: ${decision.title ?? decision.decision_type}`,
    endedAtTime: timestamp,
    wasAssociatedWith: writer,
    ...some(
      'used',
      citedBy(record, () => true),
    ),
    ...(model === undefined ? {} : { 'bzzz:model': model }),
    ...(session === undefined ? {} : { 'bzzz:session': session }),
  }
}

/** Of each version there is one: it may be decided again under the same id. */
function activityId({ decision, version }: DecisionRecord): string {
  return `urn:uuid:${decision.decision_id.toLowerCase()}#${version}`
}

function citedBy(
  { decision }: DecisionRecord,
  which: (edge: { readonly type: string }) => boolean,
): string[] {
  const edges = edgesOf(decision).filter((edge) => edge.kind === 'cites' && which(edge))
  const iris = edges.map(({ key, version }) =>
    iriOf(version === undefined ? addressOfKey(key) : addressOfVersion(key, version)),
  )
  return [...new Set(iris)]
}

/** The form that every reader of URIs takes. */
function iriOf(address: string): string {
  return toUri(parse(address))
}

function some(name: string, values: readonly string[]): Node {
  return values.length === 0 ? {} : { [name]: values }
}
