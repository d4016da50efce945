import { hash, timingSafeEqual } from 'node:crypto'
import type { AccessLevel, Authorize } from './authorize.ts'

/** From what lets in least: each may do what those before it may. */
const LEVELS: readonly AccessLevel[] = ['read', 'deliver', 'administer']
const LINE = /^(\S+)\s+(\S+)$/
const MIN_TOKEN = 16

/**
 * Lets in who has a token of a list: lines of a level (`read`, `deliver` or `administer`) and a token of
 * at least 16 characters; lines that begin with `#` are remarks. It takes as long for a wrong one as for a
 * right one.
 *
 * @throws Error with the number of the line that is none, and without what stands there
 */
export function readTokens(text: string): Authorize {
  const known = text.split('\n').flatMap((line, place) => {
    const trimmed = line.trim()
    if (trimmed === '' || trimmed.startsWith('#')) return []
    const [, name = '', token = ''] = LINE.exec(trimmed) ?? []
    const level = LEVELS.indexOf(name as AccessLevel)
    if (level >= 0 && token.length >= MIN_TOKEN) return [{ level, hash: hashOf(token) }]
    throw new Error(
      `Line ${place + 1} of the tokens: expected read, deliver or administer, and a token of ${MIN_TOKEN} characters or more`,
    )
  })
  return ({ token = '', wants }) => {
    const given = hashOf(token)
    // All are compared, so that nobody learns from the time which one it might be.
    const levels = known.filter((one) => timingSafeEqual(one.hash, given)).map(({ level }) => level)
    if (levels.length === 0) return 'unknown'
    return Math.max(...levels) >= LEVELS.indexOf(wants) ? 'allowed' : 'denied'
  }
}

function hashOf(token: string): Buffer {
  return hash('sha256', token, 'buffer')
}
