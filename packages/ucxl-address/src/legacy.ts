import { fail } from './errors.ts'
import { normalizeEscapes } from './escapes.ts'
import { parse, safeParse } from './parse.ts'
import { looksTemporal, TEMPORAL_EXPECTED } from './temporal.ts'
import type { Address } from './types.ts'

/**
 * The address that a text in one of the two older forms means today:
 *
 * - `ucxl://agent:role@project:task/path*temporal/`, with `^` for latest, `~` for earliest and
 *   `@TIMESTAMP` for a moment in ISO 8601; the last `/` may be missing;
 * - `bzzz://agent:role@project:task/path`, where an empty part means `any`.
 *
 * It takes what `parse` refuses with `ERR_ADDRESS_LEGACY`; what `parse` takes comes back the same.
 *
 * @throws {AddressError} as `parse`; of a text in an older form, `input` and `offset` speak of its
 *   translation.
 * @throws {TypeError} where `text` is no string.
 */
export function translateLegacy(text: string): Address {
  const result = safeParse(text)
  if (result.success) return result.address
  if (result.error.code !== 'ERR_ADDRESS_LEGACY') throw result.error
  const { offset } = result.error
  const [, names = '', path = '', tail = ''] =
    /^([^/?#]*)\/?([^?#]*)(.*)$/s.exec(text.slice(7)) ?? []
  if (offset === 0) {
    const filled = names.replaceAll(/(?<=^|[:@])(?=[:@]|$)/g, 'any')
    return parse(`ucxl://${filled}/*^/${path}${tail}`)
  }
  // Where the parser found the mark.
  const before = `ucxl://${names}/`
  const star = offset - before.length
  const mark = normalizeEscapes(path.slice(star)).replace(/\/$/, '')
  const token = mark.replace('*@', '')
  const translated = `${before}${token}/${path.slice(0, star)}${tail}`
  if (!looksTemporal(token)) fail(translated, 'TEMPORAL', before.length, TEMPORAL_EXPECTED)
  return parse(translated)
}
