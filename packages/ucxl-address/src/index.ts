/**
 * UCXL addresses: parse, format, match. No dependency; runs in browsers.
 *
 * ```ts
 * import { compilePattern, format, keyOf, parse } from '@bzzz/ucxl-address'
 *
 * const address = parse('ucxl://claude:architect@shop:checkout/~~2/decisions/payment.json')
 * address.project // 'shop'
 * address.temporal // { kind: 'back', number: 2 }
 * keyOf(address) // 'claude:architect@shop:checkout/decisions/payment.json'
 * format(address) // the text again
 *
 * const decisions = compilePattern(parse('ucxl://any:any@shop:any/decisions/**'))
 * decisions.test(address) // true
 * ```
 *
 * @packageDocumentation
 */
export { normalize, parse, safeParse, type SafeParseResult } from './parse.ts'
export { format, isPattern, keyOf, toUri } from './format.ts'
export { parseKey } from './key.ts'
export { createAddress } from './create.ts'
export { resolveRelative } from './relative.ts'
export { compilePattern, matches } from './pattern.ts'
export { compare } from './compare.ts'
export { isAddress } from './value.ts'
export { translateLegacy } from './legacy.ts'
export { AddressError, type AddressErrorCode } from './errors.ts'
export type { Address, AddressParts, CompiledPattern, Temporal } from './types.ts'
