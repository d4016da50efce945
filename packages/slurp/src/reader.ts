import type {
  ChainReader,
  CitationReader,
  FoundVersion,
  NoVersion,
} from '@bzzz/decision-schema/chains'
import { parse, keyOf, type Address } from '@bzzz/ucxl-address'
import type { CallOptions } from '@bzzz/temporal-nav'
import { addressOfKey, addressOfVersion, findVersion } from './addresses.ts'
import type { DecisionStorage, StoredDecision } from './storage.ts'

// More than are looked up side by side.
const KEPT = 64

/**
 * Reads decisions for chains. Of what is not here nobody can say that it is nowhere: it is asked
 * for elsewhere, if there is such a place, else it is unavailable.
 */
export function createReader(
  storage: DecisionStorage,
  elsewhere: CitationReader | undefined,
): ChainReader {
  // What is found is read in the next moment: both come in one look-up.
  const nodes = new Map<string, string>()
  return {
    async resolve(text, options) {
      const found = await findVersion(storage, parse(text), options)
      if (found) {
        nodes.set(found.contentId, found.node)
        const [oldest] = nodes.size > KEPT ? nodes.keys() : []
        if (oldest !== undefined) nodes.delete(oldest)
        return foundOf(found)
      }
      return elsewhere ? elsewhere.resolve(text, options) : unavailable(text)
    },
    async read(contentId, options) {
      const node = nodes.get(contentId)
      if (node !== undefined) {
        options?.signal?.throwIfAborted()
        nodes.delete(contentId)
        return node
      }
      const kept = await storage.byContentId(contentId, options)
      return kept ? kept.node : elsewhere?.read(contentId, options)
    },
    async citedBy(key, version, options) {
      const edges = await storage.incoming(key, {
        kind: 'cites',
        ...(version === undefined ? {} : { version }),
        ...options,
      })
      return edges.map(({ source }) => addressOfVersion(source.key, source.version))
    },
    async locate(decisionId, options) {
      const found = await storage.byDecisionId(decisionId, options)
      return found && addressOfVersion(found.key, found.version)
    },
  }
}

/**
 * The same, for what rests on a document: it is no decision, and its bytes are not here, but those
 * who cite it say which version they mean and what its content is. Where they disagree on that, it
 * is not claimed of any link that it holds or does not.
 */
export function withCited(
  reader: ChainReader,
  storage: DecisionStorage,
  start: string,
): ChainReader {
  const key = keyOf(parse(start))
  let pins: Promise<Map<number, Set<string>>> | undefined
  return {
    ...reader,
    async resolve(text, options) {
      const answer = await reader.resolve(text, options)
      const address = parse(text)
      if (answer.found || answer.reason !== 'unavailable' || keyOf(address) !== key) return answer
      pins ??= pinsOf(storage, key, options)
      return asCited(address, await pins) ?? answer
    },
  }
}

async function pinsOf(
  storage: DecisionStorage,
  key: string,
  options: CallOptions | undefined,
): Promise<Map<number, Set<string>>> {
  const pins = new Map<number, Set<string>>()
  for (const { edge } of await storage.incoming(key, { kind: 'cites', ...options })) {
    const { version = 1, contentId } = edge
    const known = pins.get(version) ?? new Set()
    pins.set(version, contentId === undefined ? known : known.add(contentId))
  }
  return pins
}

function asCited(address: Address, pins: Map<number, Set<string>>): FoundVersion | undefined {
  const { temporal } = address
  // To begin with, any version stands for the context; a link leads to one in particular.
  const isAny = temporal.kind === 'latest'
  const version = isAny
    ? [...pins.keys()].reduce((most, one) => Math.max(most, one), 0)
    : temporal.kind === 'version'
      ? temporal.number
      : 0
  const ids = pins.get(version)
  if (!ids || (ids.size > 1 && !isAny)) return undefined
  const [contentId = ''] = ids
  return { found: true, key: keyOf(address), version, contentId, time: 0 }
}

function foundOf({ key, version, contentId, time }: StoredDecision): FoundVersion {
  return { found: true, key, version, contentId, time }
}

function unavailable(text: string): NoVersion {
  const message = `No version of ${addressOfKey(keyOf(parse(text)))} that this means came here.`
  return { found: false, reason: 'unavailable', message }
}
