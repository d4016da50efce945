import type { TemporalSelector, VersionEntry } from './timeline.ts'

/** What was asked of a timeline, as far as it was worked out. */
export interface Asked {
  /** The reading that was asked for. */
  readonly selector: TemporalSelector
  /** The version that the navigator stood on; absent for a stateless reading. */
  readonly cursor?: number
  /** The version number that this comes to; absent for an instant. */
  readonly version?: number
  /** The instant in milliseconds; absent for a number. */
  readonly time?: number
}

/** The codes of {@link TemporalError}, each with the data that its errors carry in `details`. */
export interface TemporalErrorDetails {
  /** The key has no version at all. */
  ERR_TEMPORAL_NOT_FOUND: { readonly key: string }
  /** Before the first version, or past the newest. `first` and `last` are what there is. */
  ERR_TEMPORAL_OUT_OF_RANGE: {
    readonly key: string
    readonly asked: Asked
    readonly first: VersionEntry
    readonly last: VersionEntry
  }
  /** The version is a deletion. `lastAlive` is absent if none before it was alive. */
  ERR_TEMPORAL_GONE: {
    readonly key: string
    readonly tombstone: VersionEntry
    readonly lastAlive?: VersionEntry
  }
  /** Within the timeline, but this index does not hold it. */
  ERR_TEMPORAL_MISSING: {
    readonly key: string
    readonly asked: Asked
    readonly first: VersionEntry
    readonly last: VersionEntry
  }
  /** No version that was recorded by `recordedAt` says what holds at `validAt` (milliseconds). */
  ERR_TEMPORAL_NOT_VALID: {
    readonly key: string
    readonly validAt: number
    readonly recordedAt?: number
  }
  /** A time too far ahead of the reader's clock (both in milliseconds). */
  ERR_TEMPORAL_AHEAD: { readonly time: number; readonly now: number }
  /** Versions, times or keys that do not follow each other as they must. */
  ERR_TEMPORAL_ORDER: {
    readonly key: string
    /** What it would have had to follow. */
    readonly after?: VersionEntry | string
  }
  /** A number, time, instant or selector that is none. */
  ERR_TEMPORAL_INVALID: { readonly received: unknown }
}

/** Every code that this package's errors have. Codes are API, messages are not. */
export type TemporalErrorCode = keyof TemporalErrorDetails

/** What an error is made of. */
export interface TemporalErrorInit<Code extends TemporalErrorCode> {
  readonly message: string
  readonly details: TemporalErrorDetails[Code]
  readonly cause?: unknown
}

const brand: unique symbol = Symbol.for('@bzzz/temporal-nav/error')

/**
 * The one error class of this package. `code` says what happened, `details` carries the data that
 * goes with the code: plain JSON values, so that it can cross a network and be built again.
 */
export class TemporalError<Code extends TemporalErrorCode = TemporalErrorCode> extends Error {
  override readonly name = 'TemporalError'
  readonly [brand] = true
  readonly code: Code
  readonly details: TemporalErrorDetails[Code]

  constructor(code: Code, init: TemporalErrorInit<Code>) {
    super(init.message, 'cause' in init ? { cause: init.cause } : undefined)
    this.code = code
    Object.freeze(init.details)
    this.details = init.details
  }

  /**
   * Whether a value is a TemporalError, of this code if one is given: also where it was thrown by
   * another installed copy of the package.
   */
  static is<Code extends TemporalErrorCode = TemporalErrorCode>(
    value: unknown,
    code?: Code,
  ): value is TemporalError<Code> {
    if (!(value instanceof Error) || !(brand in value)) return false
    return code === undefined || ('code' in value && value.code === code)
  }
}
