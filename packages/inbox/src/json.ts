import { isPattern, safeParse } from '@bzzz/ucxl-address'
import { z } from 'zod'

/** Bytes of a message or a reply, at most. */
export const MAX_BYTES = 128 * 1024

/** A moment in RFC 3339, with its distance from UTC. */
export const moment = z.iso.datetime({ offset: true, error: 'expected RFC 3339' })

/** The address of one context, in one version or not. */
export const concrete = z.string().max(2048).refine(isConcrete, 'expected a UCXL address')

/** Reads JSON; undefined where it is none, or has too many bytes. */
export function jsonOf(bytes: Uint8Array): unknown {
  if (bytes.length > MAX_BYTES) return undefined
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown
  } catch {
    return undefined
  }
}

/** The first few problems, each with where it is. */
export function problemsOf(error: z.ZodError): string {
  return error.issues
    .slice(0, 5)
    .map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message))
    .join('; ')
}

function isConcrete(text: string): boolean {
  const parsed = safeParse(text)
  return parsed.success && !isPattern(parsed.address)
}
