import { SlurpError } from './errors.ts'
import type { SearchMark } from './storage-queries.ts'

// Where a page ended, as a text that clients need not understand.

export function writeCursor(value: SearchMark | string | number): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

export function readMark(cursor: string): SearchMark {
  const value = read(cursor)
  if (typeof value === 'object' && value !== null && 'rank' in value && 'key' in value) {
    const { rank, key } = value
    if (typeof rank === 'number' && typeof key === 'string') return { rank, key }
  }
  throw refused(cursor)
}

export function readKey(cursor: string): string {
  const value = read(cursor)
  if (typeof value === 'string') return value
  throw refused(cursor)
}

export function readNumber(cursor: string): number {
  const value = read(cursor)
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw refused(cursor)
}

function read(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString())
  } catch {
    throw refused(cursor)
  }
}

function refused(cursor: string): SlurpError {
  return new SlurpError(
    'ERR_SLURP_CURSOR',
    `Expected the \`next\` of a page before, got ${JSON.stringify(cursor.slice(0, 60))}`,
  )
}
