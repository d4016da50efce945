import { fromInstant } from '@bzzz/temporal-nav'
import { createAddress, format, parse } from '@bzzz/ucxl-address'

/** A text as a moment: milliseconds since 1970. @throws `ERR_ADDRESS_TEMPORAL`. */
export function momentOf(text: string): number {
  const names = { agent: 'a', role: 'r', project: 'p', task: 't' }
  const { temporal } = createAddress({ ...names, temporal: text, path: '' })
  // What is a temporal segment and no moment reads as one that there is not.
  return fromInstant(temporal.kind === 'instant' ? temporal.instant : text)
}

/** An address, as it stood at a moment where one is given. */
export function addressAt(address: string, at: string | undefined): string {
  const parsed = parse(address)
  return format(at === undefined ? parsed : createAddress({ ...parsed, temporal: at }))
}
