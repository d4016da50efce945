import { UcxiError } from './errors.ts'

/** Reads JSON that came from outside. @throws `ERR_UCXI_REQUEST` for what is none, or nested too deep. */
export function parseJson(text: string, maxDepth: number): unknown {
  assertShallow(text, maxDepth)
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw new UcxiError(
      'ERR_UCXI_REQUEST',
      'Expected a body in JSON, such as {"address": "ucxl://…"}',
    )
  }
}

/** Counts brackets before anything is built of them. */
function assertShallow(text: string, maxDepth: number): void {
  let depth = 0
  let quoted = false
  for (let place = 0; place < text.length; place++) {
    const unit = text.charCodeAt(place)
    if (unit === 0x22) quoted = !quoted
    else if (quoted) {
      if (unit === 0x5c) place++
    } else if (unit === 0x5b || unit === 0x7b) {
      if (++depth > maxDepth) {
        throw new UcxiError('ERR_UCXI_REQUEST', `Expected JSON nested at most ${maxDepth} deep`)
      }
    } else if (unit === 0x5d || unit === 0x7d) depth--
  }
}
