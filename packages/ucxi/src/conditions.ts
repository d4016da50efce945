import type { Conditions } from './ucxi.ts'

/** How a content was encoded for sending is at the end of its ETag. */
const CODING = /-(?:br|gzip)$/

/**
 * The tags of an `If-Match` or `If-None-Match` header, without quotes; true for `*`. A weak tag never
 * matches where a strong comparison is asked for.
 */
function tagsOf(header: string, comparison: 'strong' | 'weak'): readonly string[] | true {
  if (header.trim() === '*') return true
  return header.split(',').flatMap((part) => {
    const tag = part.trim()
    const weak = tag.startsWith('W/')
    if (weak && comparison === 'strong') return []
    return [
      tag
        .slice(weak ? 2 : 0)
        .replaceAll('"', '')
        .replace(CODING, ''),
    ]
  })
}

interface ConditionHeaders {
  readonly 'if-match'?: string | undefined
  readonly 'if-none-match'?: string | undefined
}

/** The conditions of a write. */
export function conditionsOf(headers: ConditionHeaders): Conditions {
  const { 'if-match': ifMatch, 'if-none-match': ifNone } = headers
  return {
    ...(ifMatch === undefined ? {} : { ifMatch: tagsOf(ifMatch, 'strong') }),
    ...(ifNone === undefined ? {} : { ifNone: tagsOf(ifNone, 'weak') }),
  }
}

/** What the conditions of a read come to, for what would be sent. */
export function evaluate(
  headers: ConditionHeaders,
  tag: string,
): 'send' | 'not modified' | 'failed' {
  const { ifMatch, ifNone } = conditionsOf(headers)
  if (ifMatch !== undefined && ifMatch !== true && !ifMatch.includes(tag)) return 'failed'
  if (ifNone === true || ifNone?.includes(tag)) return 'not modified'
  return 'send'
}
