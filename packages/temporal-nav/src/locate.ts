import { TemporalError } from './errors.ts'
import type { Asked } from './errors.ts'
import { fromInstant, toInstant } from './instant.ts'
import type { CallOptions, TemporalSelector, TimelineIndex, VersionEntry } from './timeline.ts'

/** Where a version is to be found. */
export interface Reading {
  readonly key: string
  readonly selector: TemporalSelector
  /** The version that `~~N` and `^^N` count from; without one, the newest and the first. */
  readonly cursor?: number
}

/**
 * The version that a reading comes to, be it a tombstone. Costs one look-up, or two for `~~N` and
 * `^^N` without a cursor; two or three more to say why there is none.
 *
 * @throws TemporalError `ERR_TEMPORAL_NOT_FOUND`, `_OUT_OF_RANGE`, `_MISSING`, `_INVALID`
 */
export async function locate(
  index: TimelineIndex,
  reading: Reading,
  options: CallOptions,
): Promise<VersionEntry> {
  const { key, selector, cursor } = reading
  const counted = selector.kind === 'back' || selector.kind === 'forward'
  const asked =
    counted && cursor === undefined
      ? await aimFromEnd(index, reading, options)
      : aim(selector, cursor)
  const question = { key, asked }
  return (await ask(index, question, options)) ?? (await explain(index, question, options))
}

async function aimFromEnd(
  index: TimelineIndex,
  { key, selector }: Reading,
  options: CallOptions,
): Promise<Asked> {
  const end =
    selector.kind === 'back' ? await index.latest(key, options) : await index.first(key, options)
  const { cursor: _cursor, ...asked } = aim(selector, (end ?? notFound(key)).version)
  return asked
}

/** Works out which number or time a selector means, where one stands on version `cursor`. */
export function aim(selector: TemporalSelector, cursor = 0): Asked {
  switch (selector.kind) {
    case 'latest':
      return { selector }
    case 'version':
      return { selector, version: assertCount(selector.number) }
    case 'back':
      return { selector, cursor, version: cursor - assertCount(selector.number) }
    case 'forward':
      return { selector, cursor, version: cursor + assertCount(selector.number) }
    case 'instant':
      return { selector, time: fromInstant(selector.instant) }
    default:
      throw new TemporalError('ERR_TEMPORAL_INVALID', {
        message: `Expected a selector such as { kind: 'latest' }, got ${JSON.stringify(selector)}.`,
        details: { received: selector },
      })
  }
}

interface Question {
  readonly key: string
  readonly asked: Asked
}

/** Looks a version up. Not async itself: each promise in between is a third of what a move costs. */
export function ask(
  index: TimelineIndex,
  { key, asked }: Question,
  options: CallOptions,
): Promise<VersionEntry | undefined> {
  if (asked.version !== undefined) return index.at(key, asked.version, options)
  if (asked.time !== undefined) return index.asOf(key, asked.time, options)
  return index.latest(key, options)
}

/** Says why a look-up found nothing; or gives the version, if it was written in the meantime. */
export async function explain(
  index: TimelineIndex,
  { key, asked }: Question,
  options: CallOptions,
): Promise<VersionEntry> {
  const { version = Number.NaN, time = Number.NaN } = asked
  const first = await index.first(key, options)
  const last = await index.latest(key, options)
  if (first === undefined || last === undefined) return notFound(key)
  const outside = version < first.version || version > last.version || time < first.time
  const found = outside ? undefined : await ask(index, { key, asked }, options)
  if (found !== undefined) return found
  throw new TemporalError(outside ? 'ERR_TEMPORAL_OUT_OF_RANGE' : 'ERR_TEMPORAL_MISSING', {
    message: `${describe(asked)} of ${key} is ${outside ? 'outside its timeline' : 'not held here'}: expected one of versions ${first.version} (${toInstant(first.time)}) to ${last.version} (${toInstant(last.time)}), such as *~${last.version}.`,
    details: { key, asked, first, last },
  })
}

function describe(asked: Asked): string {
  const { selector, cursor, version } = asked
  if (selector.kind === 'instant') return `The version as of ${selector.instant}`
  if (selector.kind !== 'back' && selector.kind !== 'forward') return `Version ${String(version)}`
  const from = cursor ?? (selector.kind === 'back' ? 'the newest' : 'the first')
  return `Version ${String(version)} (${selector.number} ${selector.kind} from ${from})`
}

export function notFound(key: string): never {
  throw new TemporalError('ERR_TEMPORAL_NOT_FOUND', {
    message: `Expected the key of a context that was written, such as claude:architect@shop:checkout/plan.md; ${JSON.stringify(key)} has no version here.`,
    details: { key },
  })
}

/** @throws TemporalError `ERR_TEMPORAL_INVALID` unless it is a number of the grammar */
export function assertCount(number: number): number {
  if (Number.isSafeInteger(number) && number >= 1) return number
  throw new TemporalError('ERR_TEMPORAL_INVALID', {
    message: `Expected a whole number from 1, such as 3 in *~3; got ${String(number)}.`,
    details: { received: number },
  })
}
