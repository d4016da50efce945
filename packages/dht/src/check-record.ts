import type { RecordRules, RuleBook } from './dht.ts'
import { DhtError } from './errors.ts'

/** The namespace of a key: `ucxl` of `/ucxl/name`; undefined for a key of another form. */
export function namespaceOf(key: string): string | undefined {
  // By hand: every call of a mock goes through here, and a regular expression is half of its time.
  if (!key.startsWith('/')) return undefined
  const end = key.indexOf('/', 1)
  return end > 1 && end + 1 < key.length ? key.slice(1, end) : undefined
}

/**
 * Checks a value against the rules of its key's namespace: what every implementation does before it
 * sends, stores or believes one.
 *
 * @returns the rules, for choosing among values.
 * @throws `ERR_DHT_INVALID_RECORD`, `ERR_DHT_TOO_LARGE`.
 */
export function checkRecord(rules: RuleBook, key: string, value: Uint8Array): RecordRules {
  const namespace = namespaceOf(key)
  const own =
    namespace !== undefined && Object.hasOwn(rules, namespace) ? rules[namespace] : undefined
  if (!own) {
    throw new DhtError(
      'ERR_DHT_INVALID_RECORD',
      `Expected a key in one of the namespaces ${Object.keys(rules).join(', ')}, such as /ucxl/name; got ${JSON.stringify(key.slice(0, 100))}`,
    )
  }
  if (value.length > own.maxBytes) {
    throw new DhtError(
      'ERR_DHT_TOO_LARGE',
      `Expected at most ${own.maxBytes} bytes, got ${value.length}`,
    )
  }
  try {
    own.validate(key, value)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new DhtError('ERR_DHT_INVALID_RECORD', `The value of ${key} is not valid: ${why}`, {
      cause,
    })
  }
  return own
}

/** What the rules have against a value that came from elsewhere; undefined where they have nothing. */
export function whyInvalid(rules: RuleBook, key: string, value: Uint8Array): string | undefined {
  try {
    checkRecord(rules, key, value)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
