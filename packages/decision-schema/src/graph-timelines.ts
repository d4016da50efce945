import { fromInstant } from '@bzzz/temporal-nav'
import type { Temporal } from '@bzzz/ucxl-address'
import type { Citation, Decision } from './decision.ts'

/** A version in a graph. */
export interface Vertex {
  readonly address: string
  readonly key: string
  readonly version: number
  /** Milliseconds since 1970. */
  readonly time: number
  /** What it is the content of; undefined for what is only cited so far. */
  readonly decision: Decision | undefined
  readonly text: string | undefined
  /** Found out when it is asked for: a hash costs more than all the rest. */
  contentId: string | undefined
  /** What it cites, in its order. */
  readonly cites: readonly Reference[]
  /** True once another stands in its place. */
  gone: boolean
}

/** A citation, read. */
export interface Reference {
  readonly citation: Citation
  readonly key: string
  /** Of a pinned one, its version. */
  readonly temporal: Temporal
  /** Of a pinned one, what it was found to lead to. */
  target: Vertex | undefined
}

/** The versions of each context, in order; there may be gaps. */
export class Timelines {
  readonly #versions = new Map<string, Vertex[]>()

  /** Takes the place of the vertex of the same version, where there is one. */
  put(vertex: Vertex): void {
    const line = this.#versions.get(vertex.key)
    if (line === undefined) {
      this.#versions.set(vertex.key, [vertex])
      return
    }
    const at = line.findLastIndex(({ version }) => version <= vertex.version)
    const same = line[at]?.version === vertex.version
    line.splice(same ? at : at + 1, same ? 1 : 0, vertex)
  }

  of(key: string): readonly Vertex[] {
    return this.#versions.get(key) ?? []
  }

  /** The version that is meant, without a cursor; undefined where there is none. */
  find(key: string, temporal: Temporal): Vertex | undefined {
    const line = this.of(key)
    const [first, last] = [line[0], line.at(-1)]
    if (first === undefined || last === undefined) return undefined
    switch (temporal.kind) {
      case 'latest':
        return last
      case 'version':
        return exactly(line, temporal.number)
      case 'back':
        return exactly(line, last.version - temporal.number)
      case 'forward':
        return exactly(line, first.version + temporal.number)
      case 'instant': {
        const time = fromInstant(temporal.instant)
        return line.findLast((vertex) => vertex.time <= time)
      }
    }
  }
}

function exactly(line: readonly Vertex[], version: number): Vertex | undefined {
  // Most have all their versions, and most are asked for the newest.
  const last = line.at(-1)
  if (last?.version === version) return last
  const guess = line[version - 1]
  return guess?.version === version ? guess : line.find((vertex) => vertex.version === version)
}
