import { readInstant } from './instant.ts'
import type { Temporal } from './types.ts'

export const LATEST: Temporal = Object.freeze({ kind: 'latest' })

export const TEMPORAL_EXPECTED = '*^, *~N, ~~N, ^^N or an ISO 8601 moment'

const TOKEN = /^(\*~|~~|\^\^)([1-9]\d{0,8})?$/
const TEMPORAL_SHAPE = /^(?:\*[\^~]|~~|\^\^|\d{4}-\d\d-\d\d(?:T|$))/

/** True where a first segment, percent-decoded, is to be read as the temporal one. */
export function looksTemporal(segment: string): boolean {
  return TEMPORAL_SHAPE.test(segment)
}

/** Reads a temporal segment, percent-decoded; undefined where it is no valid one. */
export function readTemporal(segment: string): Temporal | undefined {
  if (segment === '*^') return LATEST
  const token = TOKEN.exec(segment)
  if (token === null) {
    const instant = readInstant(segment)
    return instant === undefined ? undefined : Object.freeze({ kind: 'instant', instant })
  }
  const kind = token[1] === '*~' ? 'version' : token[1] === '~~' ? 'back' : 'forward'
  return Object.freeze({ kind, number: Number(token[2] ?? 1) })
}

/** The temporal segment as the canonical form has it. */
export function writeTemporal(temporal: Temporal): string {
  if (temporal.kind === 'latest') return '*^'
  if (temporal.kind === 'instant') return temporal.instant
  const { kind, number } = temporal
  if (kind === 'version') return number === 1 ? '*~' : `*~${number}`
  return `${kind === 'back' ? '~~' : '^^'}${number}`
}
