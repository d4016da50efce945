import { keyOf, parse, type Temporal } from '@bzzz/ucxl-address'
import { versionAddress } from './check-citation.ts'
import { contentIdOf } from './content-id.ts'
import type { Decision } from './decision.ts'
import { walkGraph, type GraphWalk } from './graph-walk.ts'
import { Timelines, type Reference, type Vertex } from './graph-timelines.ts'
import { canonicalBytes } from './canonical.ts'
import { boundsOf, type Bounds } from './bounds.ts'
import type { ChainReader, FoundVersion } from './reader.ts'

/** A version to put into a graph. */
export interface GraphEntry {
  /** From 1. */
  readonly version: number
  /** When it was recorded, in milliseconds since 1970; what the decision says if left out. */
  readonly time?: number
  /** Content id of its bytes; that of its RFC 8785 bytes if left out. */
  readonly contentId?: string
}

/**
 * Decisions in memory, with what cites what both ways. It reads for `why`, `whatWouldFall` and
 * `findPath`, which check every link; `up` and `down` only walk, at once, and check nothing.
 */
export interface DecisionGraph extends ChainReader {
  /** How many versions there are. */
  readonly size: number
  /**
   * Puts a version of a decision in; what was there in its place gives way. Its citations lead to
   * their versions as soon as these are there, whatever the order.
   */
  add(decision: Decision, entry: GraphEntry): void
  /** Puts a version of something else in, that decisions cite. */
  addDocument(key: string, text: string, entry: GraphEntry & { readonly time: number }): void
  /** What a version rests on. @throws {DecisionError} `ERR_CHAIN_LIMIT` */
  up(address: string, bounds?: Bounds): GraphWalk
  /** What rests on a version. @throws {DecisionError} `ERR_CHAIN_LIMIT` */
  down(address: string, bounds?: Bounds): GraphWalk
}

/** An empty graph. What is put in is not copied: it is to be frozen, as what this package gives is. */
export function createDecisionGraph(): DecisionGraph {
  return new MemoryGraph()
}

const encoder = new TextEncoder()

class MemoryGraph implements DecisionGraph {
  readonly #timelines = new Timelines()
  /** By key: who cites any version of it. */
  readonly #citing = new Map<string, Set<Vertex>>()
  readonly #byAddress = new Map<string, Vertex>()
  readonly #byDecisionId = new Map<string, Vertex>()
  readonly #byContentId = new Map<string, Vertex>()
  /** Those whose content id nobody has asked for. */
  readonly #unhashed = new Set<Vertex>()

  get size(): number {
    return this.#byAddress.size
  }

  add(decision: Decision, { version, time, contentId }: GraphEntry): void {
    const key = keyOf(parse(decision.ucxl_address))
    this.#put({
      address: versionAddress(key, version),
      key,
      version,
      time: time ?? Date.parse(decision.timestamp),
      decision,
      text: undefined,
      contentId,
      cites: (decision.citations ?? []).map(readReference),
      gone: false,
    })
  }

  addDocument(key: string, text: string, entry: GraphEntry & { readonly time: number }): void {
    const { version, time, contentId } = entry
    const address = versionAddress(key, version)
    const rest = { decision: undefined, cites: [], gone: false }
    this.#put({ address, key, version, time, text, contentId, ...rest })
  }

  up(address: string, bounds: Bounds = {}): GraphWalk {
    return walkGraph(this.#find(address), (vertex) => this.#cited(vertex), boundsOf(bounds))
  }

  down(address: string, bounds: Bounds = {}): GraphWalk {
    const start = this.#find(address)
    const any = parse(address).temporal.kind === 'latest'
    const next = (vertex: Vertex): Vertex[] => this.#citers(vertex, any && vertex === start)
    return walkGraph(start, next, boundsOf(bounds))
  }

  async resolve(address: string): ReturnType<ChainReader['resolve']> {
    const parsed = parse(address)
    const key = keyOf(parsed)
    const vertex = this.#timelines.find(key, parsed.temporal)
    if (vertex !== undefined) return this.#found(vertex)
    const known = this.#timelines.of(key).length > 0
    return { found: false, reason: known ? 'out-of-range' : 'not-found' }
  }

  async read(contentId: string): Promise<Uint8Array | undefined> {
    for (const vertex of this.#unhashed) this.#contentId(vertex)
    const vertex = this.#byContentId.get(contentId)
    return vertex && bytesOf(vertex)
  }

  async citedBy(key: string, version: number | undefined): Promise<readonly string[]> {
    const cited = version === undefined ? undefined : exact(version)
    const vertex = cited && this.#timelines.find(key, cited)
    if (cited !== undefined && vertex === undefined) return []
    const citing = vertex ? this.#citers(vertex, false) : [...(this.#citing.get(key) ?? [])]
    return citing.map(({ address }) => address)
  }

  async locate(decisionId: string): Promise<string | undefined> {
    return this.#byDecisionId.get(decisionId.toLowerCase())?.address
  }

  #put(vertex: Vertex): void {
    const { address, decision, contentId } = vertex
    const before = this.#byAddress.get(address)
    if (before !== undefined) this.#forget(before)
    this.#byAddress.set(address, vertex)
    this.#timelines.put(vertex)
    for (const { key } of vertex.cites) {
      const citing = this.#citing.get(key)
      if (citing === undefined) this.#citing.set(key, new Set([vertex]))
      else citing.add(vertex)
    }
    if (contentId === undefined) this.#unhashed.add(vertex)
    else this.#byContentId.set(contentId, vertex)
    if (decision === undefined) return
    const id = decision.decision_id.toLowerCase()
    // The newest version is what a decision's id means.
    const known = this.#byDecisionId.get(id)
    if (known?.key !== vertex.key || known.version <= vertex.version)
      this.#byDecisionId.set(id, vertex)
  }

  #forget(vertex: Vertex): void {
    vertex.gone = true
    this.#unhashed.delete(vertex)
    for (const { key } of vertex.cites) this.#citing.get(key)?.delete(vertex)
  }

  #find(address: string): Vertex | undefined {
    const parsed = parse(address)
    return this.#timelines.find(keyOf(parsed), parsed.temporal)
  }

  #target(reference: Reference): Vertex | undefined {
    const { key, temporal, target } = reference
    if (target !== undefined && !target.gone) return target
    const found = this.#timelines.find(key, temporal)
    if (reference.citation.version !== undefined) reference.target = found
    return found
  }

  #cited({ cites }: Vertex): Vertex[] {
    const found: Vertex[] = []
    for (const reference of cites) {
      const target = isSupport(reference) ? this.#target(reference) : undefined
      if (target !== undefined) found.push(target)
    }
    return found
  }

  #citers(vertex: Vertex, any: boolean): Vertex[] {
    const found: Vertex[] = []
    for (const citing of this.#citing.get(vertex.key) ?? []) {
      const rests = citing.cites.some(
        (reference) =>
          reference.key === vertex.key &&
          isSupport(reference) &&
          (any || this.#target(reference) === vertex),
      )
      if (rests) found.push(citing)
    }
    return found
  }

  #found(vertex: Vertex): FoundVersion {
    const { key, version, time } = vertex
    return { found: true, key, version, time, contentId: this.#contentId(vertex) }
  }

  #contentId(vertex: Vertex): string {
    const contentId = (vertex.contentId ??= contentIdOf(bytesOf(vertex)))
    if (this.#unhashed.delete(vertex)) this.#byContentId.set(contentId, vertex)
    return contentId
  }
}

function bytesOf({ decision, text }: Vertex): Uint8Array {
  return decision ? canonicalBytes(decision) : encoder.encode(text ?? '')
}

function readReference(citation: Reference['citation']): Reference {
  const { ucxl_address: text, version } = citation
  const address = parse(text)
  const temporal = version === undefined ? address.temporal : exact(version)
  return { citation, key: keyOf(address), temporal, target: undefined }
}

/** Nothing rests on what it contradicts. */
function isSupport({ citation }: Reference): boolean {
  return citation.type !== 'contradicts'
}

function exact(number: number): Temporal {
  return { kind: 'version', number }
}
