import { NAME_UNITS } from './scan.ts'
import { LATEST, readTemporal } from './temporal.ts'
import type { Address } from './types.ts'
import { AddressValue } from './value.ts'

const NAME = '([a-z\\d][a-z\\d._-]*)'
const PCHAR = "-\\w.~!$&'()+,;=:@"
const DATE = '\\d{4}-\\d\\d-\\d\\d'
const SEGMENT = `(?!\\.\\.?(?:[/?#]|$))[${PCHAR}]+`

// Takes a number of steps in proportion to the text: no two neighbours match the same character.
const PLAIN = new RegExp(
  `^ucxl://${NAME}:${NAME}@${NAME}(?::|%3A)${NAME}` +
    `(?:/(?:(?:\\*(?:\\^|%5E)|((?:\\*~|~~|\\^\\^)\\d*|${DATE}(?:T[\\d:.Z+-]*)?))(?:/|(?=[?#]|$))` +
    `|(?!~~|${DATE}(?:[T/?#]|$)))` +
    `(${SEGMENT}(?:/${SEGMENT})*/?)?)?` +
    `(?:\\?([${PCHAR}*/?]*))?(?:#([${PCHAR}*/?]*))?$`,
)

/**
 * The fast way for what nearly all addresses look like: canonical, without wildcard in the path and
 * without escapes, or the URI form of such a one with `*^`. Undefined for every other text, address
 * or not: `scan` has the last word.
 */
export function readPlain(text: string): Address | undefined {
  const match = PLAIN.exec(text)
  if (match === null) return undefined
  const [, agent = '', role = '', project = '', task = '', token, path = '', query, fragment] =
    match
  if (agent.length > NAME_UNITS || role.length > NAME_UNITS) return undefined
  if (project.length > NAME_UNITS || task.length > NAME_UNITS) return undefined
  const temporal = token === undefined ? LATEST : readTemporal(token)
  if (temporal === undefined) return undefined
  return new AddressValue(agent, role, project, task, temporal, path, query, fragment)
}
