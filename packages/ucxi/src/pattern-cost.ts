import type { Address } from '@bzzz/ucxl-address'
import { UcxiError } from './errors.ts'

// Matching takes, at worst, steps in proportion to the pattern's stars times the address's length.
const MAX_STARS = 16

/** Gives the pattern back, if matching it cannot cost too much. @throws `ERR_UCXI_REQUEST`. */
export function patternOf(pattern: Address): Address {
  const { agent, role, project, task, path } = pattern
  const stars = `${agent}${role}${project}${task}${path}`.split('*').length - 1
  if (stars <= MAX_STARS) return pattern
  throw new UcxiError(
    'ERR_UCXI_REQUEST',
    `Expected a pattern with at most ${MAX_STARS} stars, such as ucxl://any:any@shop:any/**; got ${stars}`,
  )
}
