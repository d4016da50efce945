import fc from 'fast-check'
import { createMemoryIndex, TemporalError, toInstant } from '../src/index.ts'
import type { MemoryIndex, TemporalSelector, VersionEntry } from '../src/index.ts'
import { START } from './fixtures.ts'

/** A timeline as a plain array, searched by walking along it: slow, and plainly right. */
export type Model = readonly VersionEntry[]

/** What a reading comes to: the version's number, or the error's code. */
export type Outcome = number | string

const validity = fc.record(
  { validFrom: fc.integer({ min: 0, max: 50 }), length: fc.integer({ min: 1, max: 50 }) },
  { requiredKeys: [] },
)

/** Timelines of up to 40 versions: with gaps of a millisecond or more, tombstones and validities. */
export const timelines: fc.Arbitrary<Model> = fc
  .array(
    fc.record({
      gap: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 100 })),
      content: fc.option(fc.constantFrom('a', 'b', 'c'), { freq: 3 }),
      validity,
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((steps) => {
    let time = START
    return steps.map(({ gap, content, validity: { validFrom, length } }, i) => {
      time += gap
      return {
        version: i + 1,
        time,
        content,
        ...(validFrom !== undefined && { validFrom }),
        ...(length !== undefined && { validTo: (validFrom ?? 0) + length }),
      }
    })
  })

/** A time that is near the versions of a timeline, and on one of them now and then. */
export function timesOf(model: Model): fc.Arbitrary<number> {
  const last = model.at(-1)?.time ?? START
  return fc.oneof(
    fc.constantFrom(...model.map(({ time }) => time)),
    fc.integer({ min: START - 5, max: last + 5 }),
  )
}

export function selectorsOf(model: Model): fc.Arbitrary<TemporalSelector> {
  const number = fc.oneof(
    fc.integer({ min: 1, max: model.length + 3 }),
    fc.integer({ min: 1, max: 999_999_999 }),
  )
  return fc.oneof(
    fc.constant<TemporalSelector>({ kind: 'latest' }),
    number.map((n): TemporalSelector => ({ kind: 'version', number: n })),
    number.map((n): TemporalSelector => ({ kind: 'back', number: n })),
    number.map((n): TemporalSelector => ({ kind: 'forward', number: n })),
    timesOf(model).map((time): TemporalSelector => ({ kind: 'instant', instant: toInstant(time) })),
  )
}

/** Where a selector points, by the table of the specification; undefined outside the timeline. */
export function point(
  model: Model,
  selector: TemporalSelector,
  cursor?: number,
): VersionEntry | undefined {
  const find = (version: number): VersionEntry | undefined =>
    model.find((entry) => entry.version === version)
  switch (selector.kind) {
    case 'latest':
      return find(model.length)
    case 'version':
      return find(selector.number)
    case 'back':
      return find((cursor ?? model.length) - selector.number)
    case 'forward':
      return find((cursor ?? 1) + selector.number)
    case 'instant':
      return asOf(model, Date.parse(selector.instant))
    default:
      throw new TypeError('no such selector')
  }
}

export function asOf(model: Model, time: number): VersionEntry | undefined {
  let found: VersionEntry | undefined
  for (const entry of model) if (entry.time <= time) found = entry
  return found
}

export function lastAlive(model: Model, version: number): VersionEntry | undefined {
  let found: VersionEntry | undefined
  for (const entry of model) if (entry.version < version && entry.content !== null) found = entry
  return found
}

export function fill(index: MemoryIndex, key: string, model: Model): void {
  for (const entry of model) index.append(key, entry)
}

export function indexOfModel(key: string, model: Model): MemoryIndex {
  const index = createMemoryIndex()
  fill(index, key, model)
  return index
}

export async function outcome(work: Promise<VersionEntry>): Promise<Outcome> {
  try {
    return (await work).version
  } catch (error) {
    if (TemporalError.is(error)) return error.code
    throw error
  }
}
