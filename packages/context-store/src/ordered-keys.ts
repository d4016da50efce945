import type { Facet, NamePart } from './backend.ts'

/** The place of the first key that is not before this one. */
export function lowerBound(keys: readonly string[], key: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((keys[middle] ?? '') < key) low = middle + 1
    else high = middle
  }
  return low
}

const NAMES = /^([^:]+):([^@]+)@([^:]+):([^/]+)\//

/** The four names of a key. */
export function namesOf(key: string): Record<NamePart, string> {
  const [, agent = '', role = '', project = '', task = ''] = NAMES.exec(key) ?? []
  return { agent, role, project, task }
}

/** True for a key that has this name, and for every key where none is asked for. */
export function hasFacet(key: string, facet: Facet | undefined): boolean {
  return facet === undefined || namesOf(key)[facet.part] === facet.name
}
